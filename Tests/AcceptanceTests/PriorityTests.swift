import Console
import Domain
import EmbeddedCatalogue
import Foundation
import Testing

@Suite(.serialized) struct PriorityTests {
    private let busyFrame = "106A_09048_000909"

    @Test func `a priority volcano's alert leaves before a backlog of a thousand`() async throws {
        try await withStation { station in
            let busy = try #require(FrameID(busyFrame))
            try station.configure(watch: "{volcanoes: [353040, 353050], frames: [\(Station.frame), \(busy)]}")
            try Data("- {volcano: Alcedo, reason: \"uplift expected\"}\n".utf8).write(to: station.priorityList)
            try station.catalogue.folder.publish(try #require(Scenes.alcedo.polygon), of: Station.frame)
            try station.catalogue.folder.publish(try #require(Scenes.sierraNegra.polygon), of: busy)
            try station.publish("20250101_20250113", .quiet)
            try station.publish("20200101_20200113", .quiet, frame: busy)
            let daemon = try await station.start(baseline: 2)

            // Slow, but not so slow that the daemon gives the server up.
            station.catalogue.fail(.slow(1500), where: "LiCSAR_products.public/106/")
            let backlog = try (0..<10).flatMap { try pairs(from: "2021\($0 < 9 ? "0" : "")\($0 + 1)01", count: 100, step: 6 + $0) }
            for pair in backlog {
                try station.catalogue.folder.publish(InterferogramID(frame: busy, pair: pair), phase: station.scenes.speck, coherence: nil)
            }
            #expect(Set(backlog).count == 1000)
            try await station.until("a thousand wait", daemon) {
                let status = try await station.status()
                return status.waiting >= 980 && status.waiting + status.outcomes.values.reduce(0, +) == 1002
            }
            let published = ContinuousClock.now
            try station.publish("20250613_20250707", .uplift)
            try await station.until("its alert is delivered", daemon) { try station.hook.receipts().count == 1 }
            print("with a thousand waiting, the priority volcano's alert took \(ContinuousClock.now - published) from publication")
            #expect(try await station.status().waiting > 900)
            try await station.settle("20250613_20250707", daemon)
            let alert = try #require(try await station.alerts().first)
            #expect(alert.volcano.name == "Alcedo" && alert.priority == "uplift expected")

            daemon.signal(SIGKILL)
            _ = try await daemon.exit(within: 10)
            let ledger = try await LedgerCopy.read(station)
            let prior = try #require(ledger.interferograms.first { $0.pair == "20250613_20250707" })
            let others = ledger.interferograms.filter { $0.pair != prior.pair && $0.outcome != "baseline" }
            #expect(others.count == 1000 && others.allSatisfy { $0.seen <= prior.seen }, "it came last")
            let finished = try #require(prior.finished)
            #expect(others.count { $0.finished.map { $0 > finished } ?? true } > 900, "and was done before nearly all")
        }
    }

    @Test func `the priority list counts within seconds of an edit, and a broken edit keeps the one before`() async throws {
        try await withStation { station in
            try station.configure()
            try Data("# Kept by hand.\n".utf8).write(to: station.priorityList)
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)
            #expect(try await station.status().priorityVolcanoes == 0)
            let config = station.configuration.path

            let added = try await station.fringewatch("priority", "add", "Alcedo", "--reason", "swarm since May", "--config", config)
            #expect(added.status == 0, "\(added.errors)")
            try await station.until("the list counts", daemon, within: 10) { try await station.status().priorityVolcanoes == 1 }
            let text = try String(contentsOf: station.priorityList, encoding: .utf8)
            #expect(text.contains("# Kept by hand.") && text.contains("swarm since May"))

            let wrong = try await station.fringewatch("priority", "add", "Alcedoo", "--reason", "x", "--config", config)
            #expect(wrong.status == 1 && wrong.errors.contains("did you mean") && wrong.errors.contains("353040"))

            try Data("- volcano: Alcedoo\n  reason: typo\n".utf8).write(to: station.priorityList)
            try await station.until("the mistake shows", daemon, within: 10) { try await station.status().health == .degraded }
            let status = try await station.fringewatch("status", "--json")
            #expect(status.status == 2)
            let report = try status.decoded(StatusReport.self, ConsoleJSON.decoder())
            #expect(report.priorityVolcanoes == 1)
            #expect(report.problems.contains { $0.contains("the priority list is wrong") && $0.contains("priority-volcanoes.yaml:1") })
            #expect(try await station.fringewatch("priority", "check", "--config", config).status == 78)

            try Data(text.utf8).write(to: station.priorityList)
            try await station.until("all is well again", daemon, within: 10) { try await station.status().health == .ok }
            #expect(try await station.fringewatch("status").status == 0)
            #expect(try await station.fringewatch("priority", "remove", "353040", "--config", config).status == 0)
            try await station.until("the removal counts", daemon, within: 10) { try await station.status().priorityVolcanoes == 0 }
        }
    }
}
