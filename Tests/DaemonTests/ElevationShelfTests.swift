import Catalogue
import Domain
import EmbeddedCatalogue
import Foundation
import Ledger
import Raster
import Synthesis
import Testing

@testable import Daemon

@Suite("Elevation") struct ElevationShelfTests {
    private static let path = "\(Stage.frame).geo.hgt.tif"

    private func ask(_ shelf: ElevationShelf, _ stage: Stage) async throws -> RasterGrid? {
        let runtime = await stage.watch.runtime
        try await stage.fetcher(runtime, true).prepare(now: Date())
        let summit = try #require(await stage.watch.volcanoes(in: Stage.frame).first { $0.number == Stage.alcedo }).summit
        return await shelf.crop(of: Stage.frame, around: summit, from: try #require(runtime.catalogues["demo"]), runtime)
    }

    private func publish(on stage: Stage) throws {
        let folder = stage.folder.appendingPathComponent("metadata")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try LiCSARWriter(SyntheticRegion.demonstration()).writeMetadata(into: folder)
        try stage.server.folder.publish(elevation: folder.appendingPathComponent(Self.path), of: Stage.frame)
    }

    private func statuses(_ stage: Stage) -> [Int] { stage.server.requests.filter { $0.path.hasSuffix(Self.path) }.map(\.status) }

    private func file(_ stage: Stage) -> URL { stage.folder.appendingPathComponent("state/elevation/\(Stage.frame).tif") }

    @Test func `an alert says whether the phase follows the elevation, which is fetched once for a frame`() async throws {
        let stage = try await Stage()
        try publish(on: stage)
        try await stage.listBaseline(stage.poller())
        for pair in [Scenes.news, Scenes.later] { try stage.publish(pair, as: .flagged) }
        _ = await stage.poller().poll(stage.demo)
        for pair in [Scenes.news, Scenes.later] { _ = try await stage.work(on: pair) }
        let alert = try #require(try await stage.ledger.reader.alerts().last)
        let evidence = try #require(alert.evidence.first { $0.test == .phaseElevation })
        #expect(try #require(evidence.figures["relief"]) > 500, "Alcedo is 1,100 m high")
        #expect(statuses(stage) == [200])
        let crop = try #require(try await ask(stage.elevations(), stage))
        #expect(crop.width == 500 && statuses(stage) == [200], "the next start of the daemon finds it")
    }

    @Test func `a frame without elevation is asked for once, and the alert goes without`() async throws {
        let stage = try await Stage()
        try await stage.listBaseline(stage.poller())
        try stage.publish(Scenes.news, as: .flagged)
        _ = await stage.poller().poll(stage.demo)
        _ = try await stage.work(on: Scenes.news)
        let alert = try #require(try await stage.ledger.reader.alerts().first)
        #expect(!alert.evidence.isEmpty && !alert.evidence.contains { $0.test == .phaseElevation })
        #expect(stage.lines.contains("the catalogue has no elevation"))
        let shelf = stage.elevations()
        for _ in 0..<2 { #expect(try await ask(shelf, stage) == nil) }
        #expect(statuses(stage) == [404, 404], "once by the daemon, once by this one")
    }

    @Test func `an alert does not wait for a slow download, which the next one goes on with`() async throws {
        let stage = try await Stage()
        try publish(on: stage)
        stage.server.fail(.slow(2000), where: Self.path)
        // Beside other tests the first bytes may take longer than the first patience.
        var attempts = 0
        for patience in [6, 18, 54] where try !hasPart(stage) {
            attempts += 1
            let asked = ContinuousClock.now
            #expect(try await ask(stage.elevations(patience: .seconds(patience)), stage) == nil)
            #expect(.now - asked < .seconds(5 * patience) && stage.lines.contains("did not come in time"))
        }
        stage.server.recover()
        #expect(try await ask(stage.elevations(), stage) != nil)
        #expect(statuses(stage) == Array(repeating: 200, count: attempts) + [206])
    }

    /// Whether some of a file has come.
    private func hasPart(_ stage: Stage) throws -> Bool {
        try FileManager.default.subpathsOfDirectory(atPath: stage.folder.path).contains { path in
            guard path.hasSuffix(".part") else { return false }
            let size = try FileManager.default.attributesOfItem(atPath: stage.folder.appendingPathComponent(path).path)[.size] as? Int
            return (size ?? 0) > 0
        }
    }

    @Test func `what is no elevation is told, left out and asked for again later`() async throws {
        let stage = try await Stage()
        let page = stage.folder.appendingPathComponent("page.tif")
        try Data("<html>moved</html>".utf8).write(to: page)
        try stage.server.folder.publish(elevation: page, of: Stage.frame)
        let shelf = stage.elevations()
        for _ in 0..<2 { #expect(try await ask(shelf, stage) == nil) }
        #expect(stage.lines.contains("warning a frame's elevation cannot be used") && statuses(stage) == [200])
        // One that was damaged on this disk is removed, so that it comes anew.
        try FileManager.default.createDirectory(at: file(stage).deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.moveItem(at: page, to: file(stage))
        #expect(try await ask(stage.elevations(), stage) == nil)
        #expect(!FileManager.default.fileExists(atPath: file(stage).path))
        try publish(on: stage)
        #expect(try await ask(stage.elevations(), stage) != nil)
    }

    @Test func `the files that were fetched first make room`() async throws {
        let stage = try await Stage()
        try publish(on: stage)
        let old = file(stage).deletingLastPathComponent().appendingPathComponent("old.tif")
        try FileManager.default.createDirectory(at: old.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(count: 1000).write(to: old)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -86_400)], ofItemAtPath: old.path)
        #expect(try await ask(stage.elevations(limit: 1000), stage) != nil)
        #expect(!FileManager.default.fileExists(atPath: old.path) && FileManager.default.fileExists(atPath: file(stage).path))
    }

    @Test func `a drop folder may have it beside the pairs`() async throws {
        let stage = try await Stage()
        let metadata = stage.drop.appendingPathComponent("\(Stage.frame)/metadata")
        let runtime = await stage.watch.runtime
        try await stage.fetcher(runtime, true).prepare(now: Date())
        let drop = try #require(runtime.catalogues["drop"])
        #expect(try await drop.elevation(of: Stage.frame) == nil)
        try FileManager.default.createDirectory(at: metadata, withIntermediateDirectories: true)
        try LiCSARWriter(SyntheticRegion.demonstration()).writeMetadata(into: metadata)
        let summit = try #require(await stage.watch.volcanoes(in: Stage.frame).first { $0.number == Stage.alcedo }).summit
        let crop = try #require(await stage.elevations().crop(of: Stage.frame, around: summit, from: drop, runtime))
        #expect(try #require(crop.values.filter { !$0.isNaN }.max()) > 800)
    }
}
