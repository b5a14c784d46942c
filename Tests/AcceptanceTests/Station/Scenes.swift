import Domain
import Foundation
import LoopbackServers
import Raster
import Synthesis

/// Interferograms of Alcedo that the tests publish under whatever dates they need. Made once a run; small, for the sake of time.
struct Scenes: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        /// Four fringes round the summit.
        case uplift
        /// The same ground, still.
        case quiet
    }

    let folder: URL
    /// Sierra Negra in so few pixels that it cannot be assessed.
    var speck: URL { folder.appending(path: "speck.tif") }

    func phase(_ kind: Kind) -> URL { folder.appending(path: "\(kind.rawValue).geo.diff_pha.tif") }
    func coherence(_ kind: Kind) -> URL { folder.appending(path: "\(kind.rawValue).geo.cc.tif") }

    static func shared() throws -> Scenes { try made.get() }

    static let alcedo = Place(number: 353040, latitude: -0.43, longitude: -91.12)
    static let sierraNegra = Place(number: 353050, latitude: -0.83, longitude: -91.17)

    struct Place: Sendable {
        let number: Int
        let latitude: Double
        let longitude: Double

        /// A square round the summit.
        func square(pixels: Int) -> GridGeometry {
            let half = Double(pixels) * 0.0005
            return GridGeometry(
                width: pixels, height: pixels, west: longitude - half, north: latitude + half, pixelWidth: 0.001, pixelHeight: 0.001)
        }

        var polygon: FramePolygon? {
            let corners = [(0.1, -0.1), (0.1, 0.1), (-0.1, 0.1), (-0.1, -0.1)]
            return FramePolygon(points: corners.compactMap { GeoPoint(latitude: latitude + $0.0, longitude: longitude + $0.1) })
        }
    }

    private static let made = Result {
        let scenes = Scenes(folder: try temporaryFolder("scenes"))
        let ground = try region()
        for (kind, dates) in [(Kind.uplift, "20250613_20250707"), (.quiet, "20250501_20250525")] {
            let scene = ground.interferogram(try pair(dates))
            try GeoTIFF.write(scene.coherence, to: scenes.coherence(kind), as: .uint8Deflate)
            try GeoTIFF.write(scene.phase, to: scenes.phase(kind), as: .float32Deflate)
        }
        let geometry = sierraNegra.square(pixels: 64)
        var noise = [Float](repeating: 0, count: 64 * 64)
        for i in noise.indices {
            let thousandths = (i &* 2_654_435_761 >> 8) % 6000
            noise[i] = Float(thousandths) / 1000 - 3
        }
        try GeoTIFF.write(RasterGrid(geometry: geometry, values: noise), to: scenes.speck, as: .float32Deflate)
        return scenes
    }

    private static func region() throws -> SyntheticRegion {
        guard let summit = GeoPoint(latitude: alcedo.latitude, longitude: alcedo.longitude), let begins = AcquisitionDate("20250601") else {
            throw Program.Trouble(description: "the scenes' place or day is wrong")
        }
        let volcano = SyntheticVolcano(summit: summit, height: 1290, radius: 13_500, calderaRadius: 3400, calderaDepth: 240)
        let geometry = alcedo.square(pixels: 320)
        return SyntheticRegion(
            frame: SyntheticRegion.demonstrationFrame, lineOfSight: LineOfSight(incidence: 33.8573, heading: -168.0465), acquisitions: [begins],
            terrain: SyntheticTerrain(geometry: geometry, volcanoes: [volcano], seed: 1),
            unrest: [Unrest(place: summit, yearly: MogiSource(depth: 4500, uplift: 1.9), begins: begins)],
            atmosphere: AtmosphereModel(turbulence: 0.002, stratification: 4e-6), seed: 1)
    }
}

func pair(_ text: String) throws -> AcquisitionPair {
    guard let pair = AcquisitionPair(text) else { throw Program.Trouble(description: "\(text) is not a pair") }
    return pair
}

/// Pairs of neighbouring acquisitions, twelve days apart.
func pairs(from first: String, count: Int, step: Int = 12) throws -> [AcquisitionPair] {
    guard let first = AcquisitionDate(first) else { throw Program.Trouble(description: "\(first) is not a day") }
    return (0..<count).compactMap { index in
        let day = first.dayNumber + step * index
        return AcquisitionPair(AcquisitionDate(dayNumber: day), AcquisitionDate(dayNumber: day + step))
    }
}
