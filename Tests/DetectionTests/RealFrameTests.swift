import Detection
import Domain
import Foundation
import Raster
import Testing

/// The real frame 106A_09048_000909 (western Galapagos, January to March 2024), where it is at hand.
private enum Frame {
    static let interferograms: URL? = {
        let data =
            ProcessInfo.processInfo.environment["FRINGEWATCH_TEST_DATA"].map { URL(filePath: $0) }
            ?? Starter.repository.deletingLastPathComponent().appending(path: "shared/data")
        let folder = data.appending(path: "licsar/106A_09048_000909/interferograms")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    /// GVP's coordinates.
    static let summits: [(name: String, latitude: Double, longitude: Double)] = [
        ("Fernandina", -0.37, -91.55), ("Ecuador", -0.02, -91.546), ("Wolf", 0.02, -91.35), ("Darwin", -0.18, -91.28),
        ("Alcedo", -0.43, -91.12), ("Sierra Negra", -0.83, -91.17), ("Cerro Azul", -0.92, -91.408),
    ]

    static func crop(_ pair: String, _ volcano: String) throws -> VolcanoCrop {
        let place = try #require(summits.first { $0.name == volcano })
        let summit = try #require(GeoPoint(latitude: place.latitude, longitude: place.longitude))
        let folder = try #require(interferograms).appending(path: pair)
        return VolcanoCrop(
            phase: try GeoTIFFFile(folder.appending(path: "\(pair).geo.diff_pha.tif")).crop(
                as: .wrappedPhase, around: summit),
            coherence: try GeoTIFFFile(folder.appending(path: "\(pair).geo.cc.tif")).crop(
                as: .coherence, around: summit),
            summit: summit)
    }

    static func finding(_ pair: String, _ volcano: String, _ settings: DetectionSettings = DetectionSettings()) throws -> Finding {
        let detector = VolcanoDetector(model: try Starter.model.get(), settings: settings, threads: 2)
        let result = try detector.assess([crop(pair, volcano)])[0]
        guard case .scored(let finding) = result.result else { throw NotScored(result: result.result) }
        return finding
    }

    struct NotScored: Error { let result: Assessment.Result }
}

/// P_max as the model's own README gives it for half-overlapping patches, each in one view; it moves by about 0.1 with one pixel of the
/// crop.
private let published: [(pair: String, volcano: String, pMax: Double)] = [
    ("20240106_20240211", "Sierra Negra", 0.99), ("20240118_20240211", "Sierra Negra", 0.97),
    ("20240211_20240306", "Fernandina", 0.72),
    ("20240211_20240318", "Fernandina", 0.68), ("20240211_20240223", "Cerro Azul", 0.97),
    ("20240118_20240130", "Alcedo", 0.80),
    ("20240211_20240306", "Wolf", 0.84),
]

@Suite(.enabled(if: Frame.interferograms != nil, "the real frame is not here")) struct RealFrameTests {
    @Test(arguments: published.indices)
    func `the real frame scores as published with the model`(_ index: Int) throws {
        let (pair, volcano, pMax) = published[index]
        var settings = DetectionSettings()
        settings.viewsFrom = .infinity
        let finding = try Frame.finding(pair, volcano, settings)
        #expect(abs(finding.pMax.value - pMax) < 0.15, "\(pair) \(volcano): \(finding.pMax.value)")
    }

    /// It inflates by 1.1 to 1.8 cm per 12 days towards the satellite, round -0.815, -91.135.
    @Test(arguments: [("20240106_20240211", 3.0), ("20240118_20240211", 2)])
    func `Sierra Negra's uplift comes out in place, sign and size`(pair: String, steps: Double) throws {
        let finding = try Frame.finding(pair, "Sierra Negra")
        let caldera = try #require(GeoPoint(latitude: -0.815, longitude: -91.135))
        #expect(finding.place.distance(to: caldera) < 3000)
        let motion = try #require(finding.motion)
        #expect((1.1 * steps...1.8 * steps).contains(motion.centimetres), "\(motion.centimetres) cm")
    }

    /// 70 crops take half a minute: only when asked for, by FRINGEWATCH_PRINT_FRAME=1. Prints the table of all scores.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["FRINGEWATCH_PRINT_FRAME"] != nil))
    func `every volcano in every pair is assessable`() throws {
        let pairs = try FileManager.default.contentsOfDirectory(atPath: #require(Frame.interferograms).path).sorted()
        for (volcano, _, _) in Frame.summits {
            for pair in pairs {
                switch try Starter.detector().assess([Frame.crop(pair, volcano)])[0].result {
                case .notAssessable(let why): Issue.record("\(volcano) \(pair): \(why.explanation)")
                case .scored(let f):
                    let motion =
                        f.motion.map { String(format: "%.2f fringes %+.1f cm", $0.fringes, $0.centimetres) } ?? "-"
                    print(
                        volcano.padding(toLength: 13, withPad: " ", startingAt: 0), pair,
                        String(
                            format: "P %.2f place %.3f %.3f dist %.1f km A50 %.0f A80 %.0f valid %.2f coh %.2f",
                            f.pMax.value,
                            f.place.latitude, f.place.longitude, f.distance / 1000, f.areaAbove50, f.areaAbove80,
                            f.quality.validShare,
                            f.quality.meanCoherence ?? .nan), motion, f.patches)
                }
            }
        }
    }
}
