import Console
import Domain
import EmbeddedCatalogue
import Foundation
import Testing

@Suite struct ReprocessedTests {
    @Test func `a reprocessed product is assessed again as version 2 and supersedes the old one`() async throws {
        try await withStation { station in
            try station.configure()
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)
            let pair = "20250613_20250707"
            try station.publish(pair, .quiet)
            try await station.settle(pair, daemon)
            #expect(try await station.accounts(pair).map(\.outcome) == ["scored"])
            #expect(try station.hook.receipts().isEmpty)

            try station.publish(pair, .uplift)
            // An index shows whole minutes.
            try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: 3600)], ofItemAtPath: station.manifest(pair).path)
            try await station.until("version 2 is listed", daemon) { try await station.accounts(pair).count == 2 }
            try await station.settle(pair, daemon)

            let explained = try await station.fringewatch("explain", pair, "--json")
            #expect(explained.status == 0)
            let accounts = try explained.decoded([ExplanationReport].self, ConsoleJSON.decoder())
            #expect(accounts.map(\.versionNumber) == [2, 1] && accounts.map(\.outcome) == ["scored", "superseded"])
            #expect(accounts[1].steps.map(\.reason) == [.belowThreshold] && accounts[0].steps.map(\.reason) == [.firstFlag])
            #expect(try station.hook.receipts().count == 1)
        }
    }
}
