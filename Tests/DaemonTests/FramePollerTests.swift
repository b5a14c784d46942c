import Configuration
import Console
import Domain
import EmbeddedCatalogue
import Foundation

import Testing

@testable import Daemon
@testable import Ledger

@Suite("Frame poller") struct FramePollerTests {
    @Test func `P13 the first listing is the archive, what comes later is new`() async throws {
        let stage = try await Stage()
        let poller = stage.poller()
        try await stage.listBaseline(poller)
        #expect(try await stage.ledger.reader.counts().outcomes == [.baseline: 1])
        try stage.publish(Scenes.news, as: .nothing)
        #expect(await poller.poll(stage.demo) == nil)
        #expect(try await stage.ledger.reader.nextJobs(limit: 5, at: Date()).map(\.interferogram.pair) == [Scenes.news])
    }

    @Test func `a reprocessed interferogram waits again as its second version`() async throws {
        let stage = try await Stage()
        let poller = stage.poller()
        try await stage.listBaseline(poller)
        try stage.publish(Scenes.news, as: .nothing)
        _ = await poller.poll(stage.demo)
        let manifest = stage.folder.appendingPathComponent("catalogue/LiCSAR_products/128/\(Stage.frame)/interferograms/\(Scenes.news)")
        try FileManager.default.setAttributes([.modificationDate: Date().addingTimeInterval(600)], ofItemAtPath: manifest.path)
        _ = await poller.poll(stage.demo)
        #expect(try await stage.version(of: Scenes.news)?.number == 2)
        #expect(stage.lines.contains("a reprocessed interferogram is listed"))
    }

    @Test func `P14 an empty listing is degraded in status, loses nothing and recovers`() async throws {
        let stage = try await Stage()
        let poller = stage.poller()
        try await stage.listBaseline(poller)
        stage.server.fail(.emptyListing, where: "interferograms")
        _ = await poller.poll(stage.demo)
        #expect(try await stage.console().status().problems.contains { $0.contains("1 of 1 frames degraded") })
        #expect(try await stage.ledger.reader.counts().outcomes == [.baseline: 1])
        stage.server.recover()
        _ = await poller.poll(stage.demo)
        #expect(try await stage.console().status().health == .ok)
    }

    @Test func `a frame that was never in a catalogue is no trouble, but a catalogue without any pair is`() async throws {
        let stage = try await Stage()
        #expect(await stage.poller().poll(stage.demo) == nil)
        let polling = try await stage.ledger.reader.polling()
        #expect(polling.first?.lastError == nil && polling.first?.degraded == nil)
        #expect(try await stage.console().status().problems.contains { $0.contains("check the catalogue's address") })
    }

    @Test func `a frame whose listing vanishes is degraded at once`() async throws {
        let stage = try await Stage()
        let poller = stage.poller()
        try await stage.listBaseline(poller)
        stage.server.fail(.status(404), where: "interferograms")
        #expect(await poller.poll(stage.demo) == .seconds(60))
        #expect(try await stage.ledger.reader.polling().first?.degraded?.contains("404") == true)
    }

    @Test func `failures are tried again after growing pauses, and the end of the trouble is seen`() async throws {
        let stage = try await Stage()
        let poller = stage.poller()
        try await stage.listBaseline(poller)
        stage.server.fail(.status(500), where: "interferograms")
        var waits: [Duration?] = []
        for _ in 0..<8 { waits.append(await poller.poll(stage.demo)) }
        #expect(waits == [60, 120, 240, 480, 960, 1920, 3600, 3600].map { .seconds($0) })
        #expect(try await stage.ledger.reader.polling().first?.degraded?.contains("500") == true)
        stage.server.recover()
        // The page is the same as before the trouble; that must not hide that the trouble is over.
        #expect(await poller.poll(stage.demo) == nil)
        let polling = try #require(try await stage.ledger.reader.polling().first)
        #expect(polling.degraded == nil && polling.lastError == nil)
    }

    @Test func `a priority frame is tried again no later than its interval`() async throws {
        let stage = try await Stage(priorities: "- {volcano: 353040, reason: uplift}\n")
        let poller = stage.poller()
        try await stage.listBaseline(poller)
        stage.server.fail(.status(500), where: "interferograms")
        var waits: [Duration?] = []
        for _ in 0..<5 { waits.append(await poller.poll(stage.demo)) }
        #expect(waits == [60, 120, 240, 300, 300].map { .seconds($0) })
    }

    @Test(arguments: [(120, 120), (90_000, 3600)]) func `a server's Retry-After is heeded, up to an hour`(asked: Int, waits: Int) async throws {
        let stage = try await Stage()
        let poller = stage.poller()
        try await stage.listBaseline(poller)
        stage.server.fail(.status(503, retryAfter: asked), where: "interferograms")
        #expect(await poller.poll(stage.demo) == .seconds(waits))
    }

    @Test func `one failure of one frame among others is not worth a degraded status`() {
        func polling(_ number: Int, error: String?) -> FramePolling {
            FramePolling.sample(frame: FrameID("00\(number)A_05000_131313")!, lastError: error, lastSuccess: Date(timeIntervalSince1970: 0))
        }
        func problems(_ errors: [String?]) -> [String] {
            PollingHealth(
                catalogue: "demo", polling: errors.enumerated().map { polling($0.offset + 1, error: $0.element) }, intervals: [:],
                started: Date(timeIntervalSince1970: 0), now: Date(timeIntervalSince1970: 60)
            ).problems
        }
        #expect(problems([nil, "timeout"]) == [])
        #expect(problems(["timeout", "timeout"]) == ["demo: no frame could be listed at the last attempt: timeout"])
    }

    @Test func `P14 frames that are silent for three intervals are reported`() {
        let frame = FrameID("001A_05000_131313")!
        func problems(after seconds: Double) -> [String] {
            PollingHealth(
                catalogue: "demo", polling: [.sample(frame: frame, lastError: nil, lastSuccess: Date(timeIntervalSince1970: 0))],
                intervals: [PollTarget(frame: frame, catalogue: "demo"): .seconds(300)], started: Date(timeIntervalSince1970: -1e6),
                now: Date(timeIntervalSince1970: seconds)
            ).problems
        }
        #expect(problems(after: 1499) == [])
        #expect(problems(after: 1501).first?.contains("not listed for too long") == true)
    }

    @Test func `a polygon that cannot be read does not keep the listing away`() async throws {
        let stage = try await Stage()
        let metadata = stage.folder.appendingPathComponent("catalogue/LiCSAR_products/128/\(Stage.frame)/metadata")
        try FileManager.default.createDirectory(at: metadata, withIntermediateDirectories: true)
        try Data("no numbers here\n".utf8).write(to: metadata.appendingPathComponent("\(Stage.frame)-poly.txt"))
        try await stage.listBaseline(stage.poller())
        #expect(try await stage.ledger.reader.counts().outcomes == [.baseline: 1])
    }

    @Test func `an unchanged drop folder is not written to the ledger at every look`() async throws {
        let stage = try await Stage()
        try FileManager.default.createDirectory(at: stage.drop.appendingPathComponent(Stage.frame.name), withIntermediateDirectories: true)
        let poller = stage.poller()
        _ = await poller.poll(stage.dropped)
        let first = try await stage.ledger.reader.polling().first?.lastSuccess
        try await Task.sleep(for: .milliseconds(20))
        _ = await poller.poll(stage.dropped)
        #expect(first != nil)
        #expect(try await stage.ledger.reader.polling().first?.lastSuccess == first)
    }
}

extension FramePolling {
    static func sample(frame: FrameID, lastError: String?, lastSuccess: Date) -> FramePolling {
        FramePolling(
            frame: frame, catalogue: "demo", firstListed: lastSuccess, lastSuccess: lastSuccess, lastError: lastError, lastErrorAt: nil,
            failures: 0, degraded: nil, pairs: 1)
    }
}
