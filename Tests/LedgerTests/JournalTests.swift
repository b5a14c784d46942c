import Domain
import Foundation
import Testing

@testable import Ledger

struct JournalTests {
    private let place: Workplace
    private let ledger: LedgerDatabase

    init() async throws {
        place = try Workplace()
        ledger = try await place.open()
    }

    @Test func `events come back newest first and by kind`() async throws {
        try await ledger.recordEvent(.started, "version 1", at: epoch)
        try await ledger.recordEvent(.degraded, "the listing is empty", at: after(1))
        #expect(try await ledger.reader.events().map(\.message) == ["the listing is empty", "version 1"])
        #expect(try await ledger.reader.events(kind: .started).map(\.at) == [epoch])
        #expect(try await ledger.reader.events(limit: 1).count == 1)
    }

    @Test func `every change of the priority list is kept with its content, the same content once`() async throws {
        #expect(
            try await ledger.recordPriorityChange(contentHash: "1", content: "- 353050\n", summary: "added Sierra Negra", at: epoch)
        )
        #expect(try await !ledger.recordPriorityChange(contentHash: "1", content: "- 353050\n", summary: "again", at: after(1)))
        #expect(
            try await ledger.recordPriorityChange(contentHash: "2", content: "[]\n", summary: "removed Sierra Negra", at: after(2)))
        let changes = try await ledger.reader.priorityChanges()
        #expect(changes.map(\.summary) == ["removed Sierra Negra", "added Sierra Negra"])
        #expect(changes.last?.content == "- 353050\n")
    }

    @Test func `an account gathers everything of an interferogram and nothing of another`() async throws {
        #expect(try await ledger.reader.account(of: interferogram(0, 12)) == nil)
        try await ledger.queue([interferogram(0, 12), interferogram(12, 24), interferogram(0, 12, frame: frameB)])
        try await ledger.complete(interferogram(0, 12))
        let account = try #require(try await ledger.reader.account(of: interferogram(12, 24)))
        #expect(account.alerts.isEmpty && account.deliveries.isEmpty && account.versions[0].assessments.isEmpty)
        #expect(account.versions[0].source == "https://catalogue.example/106A_09048_000909/20240113_20240125")
        #expect(try await ledger.reader.frames(with: interferogram(0, 12).pair) == [frameA, frameB])
        #expect(try await Set(ledger.reader.recentAccounts(limit: 9).map(\.interferogram)).count == 3)
        #expect(try await ledger.reader.recentAccounts(limit: 1).count == 1)
    }

    @Test func `a value that this version cannot read is an error and not a default`() async throws {
        try await ledger.queue([interferogram(0, 12)])
        try await ledger.execute("UPDATE interferogram SET product = '{' WHERE outcome IS NULL")
        let error = await #expect(throws: LedgerError.self) { _ = try await ledger.reader.nextJobs(limit: 1, at: epoch) }
        guard case .unreadable = error else { return #expect(error == .unreadable("")) }
    }

    @Test func `the tables refuse values of another type and references to nothing`() async throws {
        for sql in [
            "INSERT INTO frame (name, priority) VALUES ('x', 'high')",
            "INSERT INTO polling (frame, catalogue) VALUES ('unknown', 'jasmin')",
            "INSERT INTO delivery (id, alert, receiver, address, created, attempts, state) VALUES ('d', 'a', 'r', 'x', 0, 0, 'lost')",
        ] {
            await #expect(throws: LedgerError.self, "\(sql)") { try await ledger.execute(sql) }
        }
    }

    @Test(arguments: [
        (LedgerError.locked(path: "/l", holder: 7), "process 7", true), (.diskFull(path: "/l"), "Free some space", true),
        (.corrupt(path: "/l", detail: "d", movedTo: "/m"), "/m", false),
        (.corrupt(path: "/l", detail: "d", movedTo: nil), "Restart", false),
        (.newerSchema(path: "/l"), "newer version", false),
        (.notALedger(path: "/l"), "another program", false), (.io(path: "/l", detail: "d"), "belong to", true),
    ])
    func `an error names the file and says what to do`(error: LedgerError, advice: String, isTemporary: Bool) {
        #expect(error.description.contains(advice))
        #expect(error.description.contains("/l"))
        #expect(error.isTemporary == isTemporary)
    }
}
