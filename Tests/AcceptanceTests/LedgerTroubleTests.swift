import Console
import Domain
import EmbeddedCatalogue
import Foundation
import Testing

@Suite(.serialized) struct LedgerTroubleTests {
    @Test func `a second daemon on the same state directory says who has it and ends with 75`() async throws {
        try await withStation { station in
            try station.configure()
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)
            let other = station.folder.appending(path: "other.yaml")
            let text = try String(contentsOf: station.configuration, encoding: .utf8)
            try Data(text.replacingOccurrences(of: station.runtime.path, with: station.runtime.path + "2").utf8).write(to: other)
            let second = try await station.fringewatch("run", "--config", other.path)
            #expect(second.status == 75)
            #expect(second.errors.contains("\(daemon.identifier)") && second.errors.contains("ledger.sqlite"), "\(second.errors)")
            #expect(try await station.status().outcomes == ["baseline": 1], "the first goes on")
        }
    }

    @Test func `P11 a corrupt ledger is moved aside, the daemon runs, and status says so`() async throws {
        try await withStation { station in
            try station.configure()
            try station.publish("20250101_20250113", .quiet)
            var daemon = try await station.start(baseline: 1)
            daemon.signal(SIGTERM)
            #expect(try await daemon.exit(within: 10) == 0)
            let ledger = station.state.appending(path: "ledger.sqlite")
            let size = try Data(contentsOf: ledger).count
            let handle = try FileHandle(forWritingTo: ledger)
            try handle.seek(toOffset: 4096)
            try handle.write(contentsOf: Data(repeating: 0xA5, count: size - 4096))
            try handle.close()
            let damaged = try Data(contentsOf: ledger)

            daemon = try await station.start(baseline: 1)
            let status = try await station.fringewatch("status")
            #expect(status.status == 2 && status.output.contains("was damaged and moved to"))
            let aside = try FileManager.default.contentsOfDirectory(atPath: station.state.path).filter { $0.hasPrefix("ledger.sqlite.corrupt-") }
            let kept = try #require(aside.first { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") })
            #expect(try Data(contentsOf: station.state.appending(path: kept)) == damaged, "never overwritten")
            try station.publish("20250613_20250707", .uplift)
            try await station.settle("20250613_20250707", daemon)
            #expect(try station.hook.receipts().count == 1)
        }
    }
}
