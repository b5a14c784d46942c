import Domain
import Foundation
import Testing

@testable import Ledger

struct QueueTests {
    private let place: Workplace
    private let ledger: LedgerDatabase

    init() async throws {
        place = try Workplace()
        ledger = try await place.open()
    }

    private func next(_ limit: Int = 100, at now: Date = epoch, except: Set<InterferogramID> = []) async throws -> [InterferogramID] {
        try await ledger.reader.nextJobs(limit: limit, at: now, except: except).map(\.interferogram)
    }

    @Test func `later acquisitions come first, then later earlier ones`() async throws {
        try await ledger.queue([interferogram(0, 12), interferogram(0, 36), interferogram(12, 36), interferogram(12, 24)])
        #expect(try await next() == [interferogram(12, 36), interferogram(0, 36), interferogram(12, 24), interferogram(0, 12)])
        #expect(try await next(1) == [interferogram(12, 36)])
        #expect(try await next(1, except: [interferogram(12, 36)]) == [interferogram(0, 36)])
    }

    @Test func `with 1,000 waiting, an older interferogram of a priority frame comes first`() async throws {
        try await ledger.setFramePriority([frameB: 2])
        try await ledger.queue((0..<1000).map { interferogram($0, $0 + 12) })
        try await ledger.queue([interferogram(-12, 0, frame: frameB)])
        #expect(try await next(2) == [interferogram(-12, 0, frame: frameB), interferogram(999, 1011)])
        #expect(try await ledger.reader.nextJobs(limit: 1, at: epoch).first?.priority == 2)
    }

    @Test func `a change of priorities moves what is already waiting, and what is not named falls back`() async throws {
        try await ledger.queue([interferogram(0, 12), interferogram(-24, -6, frame: frameB)])
        #expect(try await next().map(\.frame) == [frameA, frameB])
        try await ledger.setFramePriority([frameB: 1])
        #expect(try await next().map(\.frame) == [frameB, frameA])
        try await ledger.setFramePriority([:])
        #expect(try await next().map(\.frame) == [frameA, frameB])
    }

    @Test func `a retry waits for its time and every failed attempt is kept`() async throws {
        try await ledger.queue([interferogram(0, 12)])
        let job = try #require(try await ledger.reader.nextJobs(limit: 1, at: epoch).first)
        #expect(job.attempts == 0 && job.version == 1 && job.seen == epoch)
        try await ledger.recordRetry(interferogram(0, 12), version: 1, error: "503", notBefore: after(60), at: epoch)
        #expect(try await next(at: after(59)).isEmpty)
        #expect(try await ledger.reader.nextJobDue() == after(60))
        let again = try #require(try await ledger.reader.nextJobs(limit: 1, at: after(60)).first)
        #expect(again.attempts == 1 && again.lastError == "503")
        #expect(try await ledger.reader.counts().retrying == 1)
        _ = try await ledger.recordOutcome(.rejected("gone: 404"), of: interferogram(0, 12), version: 1, at: after(61))
        let account = try #require(try await ledger.reader.account(of: interferogram(0, 12)))
        #expect(account.versions[0].failures.map(\.error) == ["503", "gone: 404"])
        #expect(account.versions[0].outcome == .rejected("gone: 404"))
        #expect(account.versions[0].finished == after(61))
    }

    @Test func `P1 an outcome is recorded once`() async throws {
        try await ledger.queue([interferogram(0, 12)])
        #expect(try await ledger.recordOutcome(.notAssessable("sea"), of: interferogram(0, 12), version: 1, at: epoch))
        #expect(try await !ledger.recordOutcome(.rejected("bad"), of: interferogram(0, 12), version: 1, at: epoch))
        #expect(try await ledger.complete(interferogram(0, 12)) == .alreadyStored(alerts: []))
        #expect(try await ledger.reader.counts().outcomes == [.baseline: 1, .notAssessable: 1])
        #expect(try await next().isEmpty)
    }

    @Test func `an interferogram that was never listed is the caller's error`() async throws {
        let error = await #expect(throws: LedgerError.self) {
            _ = try await ledger.recordOutcome(.rejected("x"), of: interferogram(0, 12), version: 1, at: epoch)
        }
        #expect(error?.description.contains("never listed") == true)
    }

    @Test func `a frame is waiting until the last of its interferograms has ended`() async throws {
        try await ledger.queue([interferogram(0, 12)])
        #expect(try await ledger.reader.isWaiting(anyOf: [frameA, frameB]))
        #expect(try await !ledger.reader.isWaiting(anyOf: [frameB]))
        #expect(try await !ledger.reader.isWaiting(anyOf: [frameA], except: interferogram(0, 12)))
        #expect(try await ledger.reader.isWaiting(anyOf: [frameA], except: interferogram(0, 12, frame: frameB)))
        try await ledger.complete(interferogram(0, 12))
        #expect(try await !ledger.reader.isWaiting(anyOf: [frameA]))
    }

    @Test func `P9 a step of the clock moves the attempts that wait, and no delivery`() async throws {
        try await ledger.queue([interferogram(0, 12), interferogram(12, 24)])
        try await ledger.recordRetry(interferogram(0, 12), version: 1, error: "x", notBefore: after(60), at: epoch)
        try await ledger.complete(interferogram(12, 24))
        try await ledger.shiftSchedules(by: -86_400)
        #expect(try await ledger.reader.nextJobDue() == after(60 - 86_400))
        #expect(try await ledger.reader.nextDeliveryDue() == epoch)
    }

    @Test func `the queue and the lists are read from an index in order, without sorting`() async throws {
        let queue = try await ledger.reader.plan(LedgerReader.nextJobsSQL, [0, 10])
        #expect(queue == ["SCAN interferogram USING INDEX waitingInterferogram"])
        let recent = try await ledger.reader.plan(LedgerReader.recentSQL, [10])
        #expect(recent == ["SCAN interferogram USING INDEX processedInterferogram"])
    }

    @Test(arguments: [
        "SELECT * FROM interferogram WHERE frame = ? AND current = 1",
        "UPDATE interferogram SET priority = 1 WHERE frame = ? AND outcome IS NULL",
        "SELECT laterDay FROM assessment WHERE volcano = ? AND pMax IS NOT NULL ORDER BY laterDay DESC LIMIT 1",
        "SELECT max(id) FROM decision WHERE volcano = ?",
        "SELECT json FROM alert WHERE interferogram = ? ORDER BY issued",
        "SELECT json FROM alert WHERE episode = ? ORDER BY issued, rowid",
        "SELECT json FROM episode WHERE volcano = ? ORDER BY lastActiveDay, id",
        "SELECT count(*) FROM interferogram WHERE outcome IS NULL AND attempts > ?",
    ])
    func `no frequent question scans a whole table`(sql: String) async throws {
        let plan = try await ledger.reader.plan(sql, [1])
        #expect(plan.first?.hasPrefix("SEARCH") == true, "\(plan)")
    }
}
