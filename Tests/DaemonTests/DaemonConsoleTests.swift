import Configuration
import Console
import Domain
import Foundation
import Ledger
import Testing

@testable import Daemon

@Suite("Daemon's console") struct DaemonConsoleTests {
    @Test func `a fresh daemon says what it watches and that it is well`() async throws {
        let stage = try await Stage()
        let status = try await stage.console().status()
        #expect(status.health == .ok && status.problems == [])
        #expect(status.watchedVolcanoes == 2 && status.watchedFrames == 1)
        #expect(status.catalogues.map(\.name) == ["demo", "drop"])
        #expect(status.newestAcquisition == nil)
    }

    @Test func `what is wrong is listed, one by one`() async throws {
        let stage = try await Stage(watched: "{all: false}", more: "receivers: []", priorities: "- nonsense\n")
        try FileManager.default.removeItem(at: stage.drop)
        try await stage.watch.lookForFrames(now: Date())
        try await stage.ledger.disableReceiver(ReceiverName("gone")!, reason: "410", at: Date())
        let problems = try await stage.console().status().problems.joined(separator: "\n")
        for words in ["the priority list is wrong", "no volcano is watched", "drop: ", "receiver gone is disabled: 410"] {
            #expect(problems.contains(words))
        }
    }

    @Test func `a test alert is stored for everybody, an unknown receiver is refused with the known ones`() async throws {
        let stage = try await Stage()
        let console = stage.console()
        let report = try await console.sendTestAlert(to: [])
        #expect(report.deliveries.count == 1)
        #expect(try await console.alerts(AlertQuery()).first?.kind == .test)
        let refusal = await #expect(throws: ConsoleRefusal.self) { try await console.sendTestAlert(to: [ReceiverName("nobody")!]) }
        #expect(refusal?.description.contains("mailbox") == true)
    }

    @Test func `a test alert without any receiver is refused`() async throws {
        let stage = try await Stage(more: "receivers: []")
        await #expect(throws: ConsoleRefusal.self) { try await stage.console().sendTestAlert(to: []) }
    }

    @Test func `a retry enables the receiver that was disabled, a refused one does not`() async throws {
        let stage = try await Stage()
        let console = stage.console()
        let id = try #require(try await console.sendTestAlert(to: []).deliveries.first)
        var sent = try #require(try await stage.ledger.leaseDeliveries(limit: 1, lease: 60, at: Date()).first)
        sent.state = .failed(at: Date(), reason: "410 Gone")
        try await stage.ledger.recordAttempt(sent, result: "410", at: Date())
        try await stage.ledger.disableReceiver(sent.receiver, reason: "410", at: Date())
        #expect(try await console.status().problems.count == 2)
        _ = try await console.retryDelivery(id)
        #expect(try await stage.ledger.reader.disabledReceivers().isEmpty)
        sent.state = .delivered(at: Date(), receipt: "ok")
        try await stage.ledger.recordAttempt(sent, result: "ok", at: Date())
        try await stage.ledger.disableReceiver(sent.receiver, reason: "410", at: Date())
        await #expect(throws: ConsoleRefusal.self) { try await console.retryDelivery(id) }
        #expect(try await !stage.ledger.reader.disabledReceivers().isEmpty)
    }

    @Test func `orders about an unknown delivery are refused as not found`() async throws {
        let stage = try await Stage()
        let console = stage.console()
        let refusal = await #expect(throws: ConsoleRefusal.self) { try await console.dropDelivery("nothing") }
        #expect(refusal?.kind == .notFound)
    }

    @Test func `deliveries that keep failing are a problem`() async throws {
        let stage = try await Stage()
        let console = stage.console()
        _ = try await console.sendTestAlert(to: [])
        var sent = try #require(try await stage.ledger.leaseDeliveries(limit: 1, lease: 60, at: Date()).first)
        sent.attempts = 3
        sent.lastError = "connection refused"
        sent.state = .waiting(until: Date().addingTimeInterval(600))
        try await stage.ledger.recordAttempt(sent, result: "connection refused", at: Date())
        #expect(try await console.status().problems.contains { $0.contains("connection refused") })
    }

    @Test func `explain tells of what waits, by pair alone too, and a thousand accounts come in a moment`() async throws {
        let stage = try await Stage()
        let start = AcquisitionDate("20200101")!.dayNumber
        let pairs = (0..<1000).map { AcquisitionPair(AcquisitionDate(dayNumber: start + $0), AcquisitionDate(dayNumber: start + $0 + 12))! }
        _ = try await stage.ledger.recordListing(
            pairs.map { Listed(interferogram: InterferogramID(frame: Stage.frame, pair: $0), source: "https://x/\($0)", version: ProductVersion()) },
            of: Stage.frame, in: "demo", first: .queue, at: Date())
        let console = stage.console()
        let explained = try await console.explain(frame: nil, pair: pairs[3])
        #expect(explained.map(\.interferogram) == [InterferogramID(frame: Stage.frame, pair: pairs[3])])
        #expect(explained.first?.outcome == nil)
        #expect(try await console.explain(frame: FrameID("001A_05000_131313")!, pair: pairs[3]).isEmpty)
        var count = 0
        let time = try await ContinuousClock().measure { count = try await console.interferograms(limit: 1000).count }
        #expect(count == 1000)
        #expect(time < .seconds(60))
        print("a thousand accounts took \(time)")
    }
}
