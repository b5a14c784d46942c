import Domain
import Foundation
import Testing

@testable import Ledger

struct VerdictTests {
    private let place: Workplace
    private let ledger: LedgerDatabase
    private let one = interferogram(0, 12)
    private let two = interferogram(12, 24)

    init() async throws {
        place = try Workplace()
        ledger = try await place.open()
        try await ledger.queue([one, two])
    }

    private func new(_ verdict: Verdict, on interferogram: InterferogramID, who: String = "Ana", volcano: VolcanoNumber = volcano1) -> NewVerdict {
        NewVerdict(
            subject: VerdictSubject(interferogram: interferogram, version: 1, file: nil, volcano: volcano, centre: finding(0.9).place),
            verdict: verdict, region: VerdictRegion("-0.83,-91.17,5"), who: who, why: "rings that follow the relief", finding: finding(0.93),
            model: model, crop: "a.tif")
    }

    private func store(_ verdict: NewVerdict, at now: Date = epoch) async throws -> ReviewVerdict {
        guard case .stored(let stored) = try await ledger.recordVerdict(verdict, at: now) else { throw CancellationError() }
        return stored
    }

    @Test func `verdicts come back as they were given, numbered, the earlier ones too`() async throws {
        let first = try await store(new(.unsure, on: one))
        let second = try await store(new(.atmosphere, on: one, who: "Luis"), at: after(60))
        #expect((first.number, second.number) == (1, 2))
        #expect(try await ledger.reader.verdicts(on: one) == [first, second])
        #expect(first.subject.key == second.subject.key)
        #expect(second.at == after(60) && second.region == VerdictRegion("-0.83,-91.17,5") && second.finding == finding(0.93))
        #expect(try await ledger.reader.verdict(1) == first)
        #expect(try await ledger.reader.verdict(3) == nil)
        #expect(try await ledger.reader.verdictsInForce(on: volcano1) == [one: .atmosphere])
        #expect(try await ledger.reader.verdictsInForce(on: volcano2) == [:])
    }

    @Test func `what was said cannot be changed or removed`() async throws {
        let first = try await store(new(.deformation, on: one))
        for sql in ["UPDATE verdict SET verdict = 'other'", "DELETE FROM verdict"] {
            let error = await #expect(throws: LedgerError.self) { try await ledger.execute(sql) }
            #expect(error?.description.contains("a verdict is never") == true)
        }
        #expect(try await ledger.reader.verdicts() == [first])
    }

    @Test func `what was flagged waits for review until it has a verdict, the highest or the newest first`() async throws {
        try await ledger.complete(one)
        try await ledger.recordScores([assessment(two, 0.7), assessment(two, 0.55, volcano: volcano2)], of: two, version: 1, at: epoch)
        let threshold = Probability(0.5)!
        func waiting(_ order: LedgerReader.ReviewOrder) async throws -> [Double?] {
            try await ledger.reader.waitingForReview(from: threshold, order: order, limit: 10).map { $0.assessment.finding?.pMax.value }
        }
        #expect(try await waiting(.highest) == [0.93, 0.7, 0.55])
        #expect(try await waiting(.newest) == [0.7, 0.55, 0.93])
        let first = try await ledger.reader.waitingForReview(from: threshold, order: .highest, limit: 1)
        #expect(first.map(\.alert) == [try await ledger.reader.alerts().first?.id])
        _ = try await store(new(.unsure, on: one))
        #expect(try await waiting(.highest) == [0.7, 0.55])
        _ = try await store(new(.other, on: two))
        #expect(try await waiting(.highest) == [0.55], "the other volcano's part has no verdict yet")
    }

    @Test func `a rejection withdraws the episode with its message in one transaction, or is decided again`() async throws {
        try await ledger.complete(one)
        let snapshot = try await ledger.reader.episodes(of: volcano1)
        let open = try #require(snapshot.episodes.first)
        let withdrawal = try withdrawal(of: open, snapshot)
        let rejected = new(.atmosphere, on: one)
        guard case .stored = try await ledger.recordVerdict(rejected, withdrawing: withdrawal, at: after(60)) else {
            Issue.record("the verdict was not stored")
            return
        }
        #expect(try await ledger.reader.episodes(of: volcano1).episodes.map(\.state) == [.cancelled])
        #expect(try await ledger.reader.openEpisodes().isEmpty)
        #expect(try await ledger.reader.alerts(of: open.id).map(\.kind) == [.new, .cancelled])
        #expect(try await ledger.reader.account(of: one)?.deliveries.count == 3)
        // The same again is decided upon what was before.
        #expect(try await ledger.recordVerdict(rejected, withdrawing: withdrawal, at: after(61)) == .stale)
        #expect(try await ledger.reader.verdicts().count == 1)
    }

    private func withdrawal(of open: Episode, _ snapshot: EpisodeSnapshot) throws -> EpisodeWithdrawal {
        var cancelled = open
        cancelled.state = .cancelled
        cancelled.revision = 2
        let message = alert("\(open.id).2", one, episode: open.id.text, kind: .cancelled, issued: after(60))
        let decision = Decision(
            reason: .rejected, explanation: "atmosphere", episode: cancelled, announcement: Announcement(kind: .cancelled, tier: .alert))
        return EpisodeWithdrawal(
            interferogram: one, version: 1, snapshot: snapshot,
            entry: InterferogramDecisions.Entry(
                volcano: volcano1, model: model, rules: "rules1", decision: decision,
                alert: NewAlert(alert: message, picture: nil, deliveries: [delivery("\(open.id).2/mail", alert: "\(open.id).2", receiver: "mail")])))
    }

    @Test func `a ledger of the version before keeps everything and takes verdicts`() async throws {
        try await ledger.complete(one)
        let (account, alerts) = (try await ledger.reader.account(of: one), try await ledger.reader.alerts().map(\.id))
        let schema = try await ledger.schema
        // What the version before wrote: the same tables without those of the second migration.
        for sql in ["DROP TABLE verdict", "DROP TABLE modelChange", "DELETE FROM grdb_migrations WHERE identifier LIKE '2 %'"] {
            try await ledger.execute(sql)
        }
        #expect(try await ledger.schema.count == schema.count - 7)
        try ledger.close()
        try FileManager.default.copyItem(atPath: place.path, toPath: place.path + "-2")
        let migrated = try await LedgerDatabase.open(at: place.path + "-2", now: after(100))
        #expect(migrated.movedAside == nil)
        #expect(try await migrated.schema == schema)
        #expect(try await migrated.reader.account(of: one)?.versions == account?.versions)
        #expect(try await migrated.reader.account(of: one)?.deliveries == account?.deliveries)
        #expect(try await migrated.reader.alerts().map(\.id) == alerts)
        #expect(try await migrated.reader.verdicts().isEmpty)
        _ = try await migrated.recordVerdict(new(.deformation, on: one), at: after(100))
        #expect(try await migrated.reader.verdicts().count == 1)
    }

    @Test func `what became of a promotion is recorded once, with an event, and a later result is added`() async throws {
        func change(_ promotion: Int, _ result: ModelChange.Result, problem: String? = nil, ordered: Date = epoch) -> ModelChange {
            ModelChange(
                promotion: promotion, kind: "promotion", from: "starter@0123456789ab", to: "next@ba9876543210", who: "Ana", why: "fewer rings",
                ordered: ordered, result: result, at: after(1), problem: problem)
        }
        let refused = change(1, .refused, problem: "it is truncated")
        try await ledger.recordModelChanges([refused])
        try await ledger.recordModelChanges([refused])
        #expect(try await ledger.reader.modelChanges() == [refused])
        #expect(try await ledger.reader.newestRecordedOrder() == epoch)
        #expect(try await ledger.reader.events(kind: .modelRefused).first?.message.contains("it is truncated") == true)
        try await ledger.recordModelChanges([change(1, .adopted), change(2, .overtaken)])
        #expect(try await ledger.reader.modelChanges().map(\.result) == [.overtaken, .adopted, .refused])
        #expect(try await ledger.reader.events(kind: .modelAdopted).count == 1)
        // The store's record was removed: its numbers begin anew.
        let anew = change(1, .adopted, ordered: after(50))
        try await ledger.recordModelChanges([anew, anew])
        #expect(try await ledger.reader.modelChanges().filter { $0.promotion == 1 && $0.result == .adopted }.map(\.ordered) == [after(50), epoch])
        #expect(try await ledger.reader.newestRecordedOrder() == after(50))
    }
}
