import Console
import Domain
import EmbeddedCatalogue
import Foundation
import Testing

/// What a start, a restart, a reload and an end do, and what they do not.
@Suite(.serialized) struct StartTests {
    @Test func `P8 P13 a start on a full archive, a restart and a reload send nothing; a new interferogram does`() async throws {
        try await withStation { station in
            try station.configure()
            let archive = try pairs(from: "20230101", count: 60)
            for pair in archive { try station.publish(pair.description, .uplift) }
            var daemon = try await station.start(baseline: 60)
            #expect(try await station.status().deliveries.isEmpty)

            try station.publish("20250613_20250707", .uplift)
            try await station.settle("20250613_20250707", daemon)
            #expect(try station.hook.receipts().count == 1)
            #expect(try station.filed().count == 1)
            #expect(station.catalogue.requests.count { $0.path.hasSuffix(".diff_pha.tif") } == 1)

            daemon.signal(SIGTERM)
            #expect(try await daemon.exit(within: 10) == 0)
            try await quietly(station, try station.start()) { _ in }
            try await quietly(station, try station.start()) { $0.signal(SIGHUP) }
            daemon = try station.start()
            try await station.until("it answers again", daemon) { try await station.status().outcomes["baseline"] == 60 }
            #expect(try await station.status().outcomes == ["baseline": 60, "scored": 1])
            #expect(try await station.deliveries().count == 2)
        }
    }

    /// Polls twice after what is done to the daemon, ends it, and finds nothing sent.
    private func quietly(_ station: Station, _ daemon: ChildProcess, _ act: (ChildProcess) -> Void) async throws {
        let fresh = { try await station.status().started > Date(timeIntervalSinceNow: -60) }
        try await station.until("the daemon answers", daemon) { try await fresh() }
        act(daemon)
        let polls = station.polls()
        try await station.until("it has polled twice", daemon) { station.polls() >= polls + 2 }
        daemon.signal(SIGTERM)
        #expect(try await daemon.exit(within: 10) == 0)
        #expect(try station.hook.receipts().count == 1)
        #expect(try station.filed().count == 1)
    }

    @Test func `P7 a reload with a mistake keeps the configuration in force and says so; a right one counts`() async throws {
        try await withStation { station in
            try station.configure()
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)
            let good = try String(contentsOf: station.configuration, encoding: .utf8)
            try Data((good + "alerting: {notfy: 0.5, alert: 7}\n").utf8).write(to: station.configuration)
            daemon.signal(SIGHUP)
            try await station.until("the refusal is logged", daemon) { try station.written().contains("is refused") }
            #expect(try station.written().contains("notfy"))
            #expect(try await station.status().watchedVolcanoes == 1)

            try Data(good.replacingOccurrences(of: "[353040]", with: "[353040, 353050]").utf8).write(to: station.configuration)
            daemon.signal(SIGHUP)
            try await station.until("the new configuration counts", daemon) { try await station.status().watchedVolcanoes == 2 }
        }
    }

    @Test func `SIGTERM ends the daemon within five seconds during a slow download, which is resumed by the next start`() async throws {
        try await withStation { station in
            try station.configure()
            try station.publish("20250101_20250113", .quiet)
            var daemon = try await station.start(baseline: 1)
            station.catalogue.fail(.slow(20_000), where: "20250613_20250707.geo.diff_pha.tif")
            try station.publish("20250613_20250707", .uplift)
            try await station.until("a part of the phase is there", daemon) { try station.hasPartOfPhase() }
            daemon.signal(SIGTERM)
            let told = ContinuousClock.now
            #expect(try await daemon.exit(within: 30) == 0)
            #expect(ContinuousClock.now - told < .seconds(5))
            #expect(try station.hook.receipts().isEmpty)

            station.catalogue.recover()
            daemon = try station.start()
            try await station.settle("20250613_20250707", daemon)
            #expect(try station.hook.receipts().count == 1)
            let answers = station.catalogue.requests.filter { $0.path.hasSuffix("20250613_20250707.geo.diff_pha.tif") }.map(\.status)
            #expect(answers == [200, 206])
        }
    }
}
