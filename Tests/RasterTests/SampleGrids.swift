import Domain
import Foundation

@testable import Raster

/// A folder of its own for each test, removed with the value.
final class Folder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "fringewatch-raster-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String = "20240106_20240118.geo.diff_pha.tif", _ content: Data? = nil) throws -> URL {
        let file = url.appending(path: name)
        try content?.write(to: file)
        return file
    }
}

/// SplitMix64: the same numbers in every run.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension GridGeometry {
    /// The north-west corner of the Galapagos frame that LiCSAR calls 106A_09048_000909.
    static func galapagos(width: Int = 60, height: Int = 40) -> GridGeometry {
        GridGeometry(width: width, height: height, west: -92.4255, north: 0.4871667, pixelWidth: 0.001, pixelHeight: 0.001)
    }

    /// Equal to far less than a pixel.
    func isClose(to other: GridGeometry) -> Bool {
        width == other.width && height == other.height && abs(west - other.west) < 1e-9 && abs(north - other.north) < 1e-9
            && abs(pixelWidth - other.pixelWidth) < 1e-12 && abs(pixelHeight - other.pixelHeight) < 1e-12
    }
}

extension RasterGrid {
    /// A phase ramp with a hole in its corner.
    static func ramp(_ geometry: GridGeometry = .galapagos()) -> RasterGrid {
        RasterGrid(
            geometry: geometry,
            values: (0..<geometry.width * geometry.height).map { i in
                let (y, x) = (i / geometry.width, i % geometry.width)
                return y < 5 && x < 7 ? .nan : Float(((Double(x) * 0.11 + Double(y) * 0.07).truncatingRemainder(dividingBy: 6)) - 3.053)
            })
    }

    /// The same numbers, NaN beside NaN.
    func hasSameValues(as other: RasterGrid, within tolerance: Float = 0) -> Bool {
        values.count == other.values.count
            && zip(values, other.values).allSatisfy { $0.isNaN && $1.isNaN || abs($0 - $1) <= tolerance }
    }
}

/// Runs what must fail and hands over why.
func problem(_ body: () throws -> Void) -> RasterError.Problem? {
    do {
        try body()
        return nil
    } catch {
        return (error as? RasterError)?.problem
    }
}
