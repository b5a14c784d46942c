import Foundation
import Testing

@testable import Ledger

struct OpeningTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    @Test func `a ledger is made with its directory, syncs every commit and keeps what is written`() async throws {
        let path = place.directory.appending(path: "state/deep/ledger.sqlite").path
        let first = try await LedgerDatabase.open(at: path, now: epoch)
        #expect(first.movedAside == nil)
        #expect(try await first.pragma("synchronous") == 2)
        #expect(try await first.pragma("foreign_keys") == 1)
        try await first.queue([interferogram(0, 12)])
        try first.close()
    }

    @Test func `what was written is there after reopening`() async throws {
        try await scoped { try await $0.queue([interferogram(0, 12)]) }
        let again = try await place.open()
        #expect(try await again.reader.nextJobs(limit: 5, at: epoch).map(\.interferogram) == [interferogram(0, 12)])
    }

    @Test func `a second daemon is refused with the first one's number`() async throws {
        let first = try await place.open()
        let error = await #expect(throws: LedgerError.self) { _ = try await place.open() }
        #expect(error == .locked(path: place.path, holder: Int(ProcessInfo.processInfo.processIdentifier)))
        #expect(error?.description.contains("Only one daemon") == true)
        withExtendedLifetime(first) {}
    }

    @Test func `a ledger that is closed may be opened again, whoever still holds the first`() async throws {
        let first = try await place.open()
        try first.close()
        try await scoped { _ in }
        withExtendedLifetime(first) {}
    }

    @Test(arguments: [
        ("text", Data("this is no database, but somebody put it here\n".utf8)),
        ("zeros", Data(count: 8192)),
    ])
    func `P11 a file that is no database is moved aside byte for byte and a new ledger is started`(name: String, bytes: Data)
        async throws
    {
        try bytes.write(to: URL(filePath: place.path))
        let ledger = try await place.open()
        let moved = try #require(ledger.movedAside)
        #expect(moved.path == place.path + ".corrupt-20231114T221320Z")
        #expect(try Data(contentsOf: URL(filePath: moved.path)) == bytes)
        let events = try await ledger.reader.events(kind: .ledgerMovedAside)
        #expect(events.count == 1)
        #expect(events.first?.message.contains(moved.path) == true)
        try await ledger.queue([interferogram(0, 12)])
    }

    @Test func `P11 damage within a ledger is found and a second one does not overwrite the first one moved aside`() async throws {
        for round in 1...2 {
            try await scoped { try await $0.queue((0..<200).map { interferogram($0, $0 + 12) }) }
            var bytes = try Data(contentsOf: URL(filePath: place.path))
            // The header stays good: only looking through the pages finds this.
            for index in 8192..<min(bytes.count, 60_000) { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
            try bytes.write(to: URL(filePath: place.path))
            let ledger = try await place.open()
            let moved = try #require(ledger.movedAside)
            #expect(moved.path.hasSuffix(round == 1 ? "Z" : "Z-2"))
            #expect(try Data(contentsOf: URL(filePath: moved.path)) == bytes)
            #expect(try await ledger.reader.nextJobs(limit: 1, at: epoch).isEmpty)
            try ledger.close()
            try FileManager.default.removeItem(atPath: place.path)
        }
    }

    @Test(arguments: [true, false])
    func `P11 a log whose ledger is empty or gone is kept`(fileIsThere: Bool) async throws {
        if fileIsThere { try Data().write(to: URL(filePath: place.path)) }
        let log = Data("frames of a lost ledger".utf8)
        try log.write(to: URL(filePath: place.path + "-wal"))
        let ledger = try await place.open()
        let moved = try #require(ledger.movedAside)
        #expect(try Data(contentsOf: URL(filePath: moved.path + "-wal")) == log)
    }

    @Test func `a ledger of a newer version is refused and left as it is`() async throws {
        try await scoped { try await $0.execute("INSERT INTO grdb_migrations VALUES ('9 from the future')") }
        await #expect(throws: LedgerError.newerSchema(path: place.path)) { _ = try await place.open() }
        #expect(try place.files.allSatisfy { !$0.contains("corrupt") })
    }

    @Test func `another program's database is refused and left as it is`() async throws {
        try await scoped { try await $0.execute("PRAGMA application_id = 7") }
        let before = try Data(contentsOf: URL(filePath: place.path))
        await #expect(throws: LedgerError.notALedger(path: place.path)) { _ = try await place.open() }
        #expect(try Data(contentsOf: URL(filePath: place.path)) == before)
    }

    @Test func `a path that cannot be a file is an error that names it`() async throws {
        let path = place.directory.path + "/folder"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let error = await #expect(throws: LedgerError.self) { _ = try await LedgerDatabase.open(at: path, now: epoch) }
        #expect(error?.isTemporary == true)
        #expect(error?.description.contains(path) == true)
    }

    /// Opens the ledger, works and lets it go, lock included.
    private func scoped(_ work: (LedgerDatabase) async throws -> Void) async throws {
        let ledger = try await place.open()
        try await work(ledger)
        try ledger.close()
    }
}
