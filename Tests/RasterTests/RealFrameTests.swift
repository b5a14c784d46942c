import Domain
import Foundation
import Testing

@testable import Raster

/// The real frame is not part of the repository; without it these tests are skipped.
private let frame: URL? = {
    let data =
        ProcessInfo.processInfo.environment["FRINGEWATCH_TEST_DATA"].map { URL(filePath: $0) }
        ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared/data").standardized
    let frame = data.appending(path: "licsar/106A_09048_000909")
    return FileManager.default.fileExists(atPath: frame.path) ? frame : nil
}()

@Suite(.enabled(if: frame != nil)) struct RealFrameTests {
    private func file(_ path: String) throws -> GeoTIFFFile { try GeoTIFFFile(#require(frame).appending(path: path)) }

    @Test func `a pair registered by Area, one by Point, and a south-up raster lie on one grid`() throws {
        let area = try file("interferograms/20240106_20240118/20240106_20240118.geo.diff_pha.tif").geometry
        let point = try file("interferograms/20240211_20240318/20240211_20240318.geo.diff_pha.tif").geometry
        let southUp = try file("metadata/106A_09048_000909.geo.meancoh.84.tif").geometry
        let tiles = try file("metadata/106A_09048_000909.geo.landmask.tif").geometry
        #expect(area.isClose(to: point) && area.isClose(to: tiles))
        #expect(area.width == southUp.width && area.height == southUp.height)
        #expect(abs(area.north - southUp.north) < 1e-4 && abs(area.west - southUp.west) < 1e-9)
    }

    @Test func `every pair has phase and coherence where the land is`() throws {
        let sierraNegra = try #require(GeoPoint(latitude: -0.83, longitude: -91.17))
        let land = try file("metadata/106A_09048_000909.geo.landmask.tif").crop(as: .elevation, around: sierraNegra)
        let pairs = try FileManager.default.contentsOfDirectory(atPath: #require(frame).appending(path: "interferograms").path)
        #expect(pairs.count == 10)
        for pair in pairs {
            let phase = try file("interferograms/\(pair)/\(pair).geo.diff_pha.tif").crop(as: .wrappedPhase, around: sierraNegra)
            let coherence = try file("interferograms/\(pair)/\(pair).geo.cc.tif").crop(as: .coherence, around: sierraNegra)
            #expect(phase.geometry == coherence.geometry)
            // LiCSAR masks the sea with a margin: nearly all land has phase, but not the other way round.
            let landPixels = land.values.count { $0 == 1 }
            let withPhase = zip(phase.values, land.values).count { !$0.isNaN && $1 == 1 }
            #expect(landPixels > 170_000 && Double(withPhase) > 0.999 * Double(landPixels), "\(pair): \(withPhase) of \(landPixels)")
            let mean = try #require(coherence.statistics(whereValidIn: phase).mean)
            #expect((0.3...0.95).contains(mean), "mean coherence \(mean) in \(pair)")
        }
    }
}
