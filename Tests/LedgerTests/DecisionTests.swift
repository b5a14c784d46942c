import Domain
import Foundation
import Testing

@testable import Ledger

struct DecisionTests {
    private let place: Workplace
    private let ledger: LedgerDatabase
    private let one = interferogram(0, 12)
    private let two = interferogram(12, 24)

    init() async throws {
        place = try Workplace()
        ledger = try await place.open()
        try await ledger.queue([one, two])
    }

    @Test func `scores are recorded once, come back as they were and tell until when a volcano was observed`() async throws {
        let first = [assessment(one, 0.93), assessment(one, 0.1, volcano: volcano2)]
        try await ledger.recordScores(first, of: one, version: 1, timings: ["fetch": 0.25], at: epoch)
        try await ledger.recordScores([assessment(one, 0.2)], of: one, version: 1, timings: ["fetch": 9], at: epoch)
        #expect(try await ledger.reader.scores(of: one, version: 1) == first.sorted { $0.volcano < $1.volcano })
        let quality = Quality(validShare: 0.1, meanCoherence: nil)
        let blind = Assessment(
            interferogram: two, volcano: volcano1, model: model,
            result: .notAssessable(NotAssessable(reason: .tooLittleCoherence, explanation: "0.1 of 0.2", quality: quality)))
        try await ledger.recordScores([blind], of: two, version: 1, at: epoch)
        #expect(try await ledger.reader.assessments(of: volcano1) == [first[0], blind])
        #expect(try await ledger.reader.assessments(of: volcano1, since: two.pair.later) == [blind])
        #expect(try await ledger.reader.observedUntil(volcano1) == one.pair.later)
        #expect(try await ledger.reader.observedUntil(VolcanoNumber(211060)!) == nil)
        #expect(try await ledger.reader.account(of: one)?.versions[0].timings == ["fetch": 0.25])
    }

    @Test func `a commit stores decisions, episode, alert, picture, deliveries and outcome together`() async throws {
        #expect(try await ledger.complete(one) == .stored)
        let account = try #require(try await ledger.reader.account(of: one))
        #expect(account.versions.map(\.outcome) == [.scored])
        #expect(account.versions[0].decisions.map(\.reason) == [.firstFlag, .belowThreshold])
        #expect(account.versions[0].decisions.map(\.explanation) == ["P_max 0.93 is high", "P_max 0.10 is low"])
        #expect(account.versions[0].decisions.map(\.rules) == ["rules1", "rules2"])
        let alert = try #require(account.alerts.first)
        #expect(account.versions[0].decisions[0].alert == alert.id)
        #expect(account.deliveries.map(\.receiver.text).sorted() == ["hook", "mail"])
        #expect(try await ledger.reader.picture(of: alert.id) == Data([0x89, 0x50, 0x4e, 0x47]))
        #expect(try await ledger.reader.episodes(of: volcano1).episodes == [episode(alert.episode.text, one)])
        #expect(try await ledger.reader.openEpisodes().count == 1)
    }

    @Test func `an alert comes back as it was stored, undefined figures included`() async throws {
        try await ledger.complete(one)
        let stored = try #require(try await ledger.reader.alerts().first)
        let original = alert(stored.id.text, one, episode: stored.episode.text)
        #expect(stored.evidence[0].figures["none"]?.isNaN == true)
        // NaN is not equal to itself; all else must be.
        #expect(stored.issued == original.issued && stored.finding == original.finding && stored.volcano == original.volcano)
        #expect(try await ledger.reader.alert(stored.id)?.observation == original.observation)
        #expect(try await ledger.reader.alert(AlertID("none")) == nil)
    }

    @Test func `a second commit of the same changes nothing and says what is stored`() async throws {
        let snapshots = try await ledger.snapshots
        let decided = decisions(on: one, snapshots: snapshots)
        #expect(try await ledger.commitDecisions(decided, at: epoch) == .stored)
        let before = try await ledger.reader.account(of: one)
        let alert = try #require(before?.alerts.first?.id)
        let other = decisions(on: one, snapshots: try await ledger.snapshots, receivers: ["mail", "hook", "pager"])
        #expect(try await ledger.commitDecisions(other, at: after(10)) == .alreadyStored(alerts: [alert]))
        #expect(try await ledger.reader.account(of: one)?.versions == before?.versions)
        #expect(try await ledger.reader.deliveries().count == 2)
    }

    @Test func `of two decisions upon the same state of a volcano, the second is stale and is decided again`() async throws {
        let snapshots = try await ledger.snapshots
        #expect(try await ledger.commitDecisions(decisions(on: one, snapshots: snapshots), at: epoch) == .stored)
        let late = decisions(on: two, snapshots: snapshots)
        #expect(try await ledger.commitDecisions(late, at: epoch) == .stale([volcano1, volcano2]))
        #expect(try await ledger.reader.account(of: two)?.versions[0].outcome == nil)
        #expect(try await ledger.reader.alerts().count == 1)
        #expect(try await ledger.complete(two) == .stored)
    }

    @Test(arguments: [
        "INSERT ON episode", "INSERT ON alert", "INSERT ON picture", "INSERT ON decision", "UPDATE OF outcome ON interferogram",
    ])
    func `P2 whichever row cannot be written, nothing of the commit is there, and it can be repeated`(event: String) async throws {
        try await ledger.execute("CREATE TRIGGER broken BEFORE \(event) BEGIN SELECT RAISE(ABORT, 'broken'); END")
        await #expect(throws: LedgerError.self) { try await ledger.complete(one) }
        try await expectNothing()
        try await ledger.execute("DROP TRIGGER broken")
        #expect(try await ledger.complete(one) == .stored)
    }

    @Test func `P2 if one of several deliveries cannot be written, none is there and no alert either`() async throws {
        try await ledger.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON delivery WHEN NEW.receiver = 'hook' BEGIN SELECT RAISE(ABORT, 'broken'); END")
        await #expect(throws: LedgerError.self) { try await ledger.complete(one, receivers: ["mail", "hook"]) }
        try await expectNothing()
    }

    private func expectNothing() async throws {
        let account = try #require(try await ledger.reader.account(of: one))
        #expect(account.versions[0].outcome == nil && account.versions[0].decisions.isEmpty)
        #expect(account.alerts.isEmpty && account.deliveries.isEmpty)
        #expect(try await ledger.reader.deliveries().isEmpty)
        #expect(try await ledger.reader.episodes(of: volcano1).episodes.isEmpty)
    }

    @Test func `a contradiction between decision and alert is refused`() async throws {
        let good = decisions(on: one, snapshots: try await ledger.snapshots)
        let told = good.entries[0]
        let mute = InterferogramDecisions.Entry(
            volcano: told.volcano, model: model, rules: told.rules, decision: told.decision, alert: nil)
        let strange = NewAlert(
            alert: told.alert!.alert, picture: nil, deliveries: [delivery("x", alert: "another", receiver: "mail")])
        let misled = InterferogramDecisions.Entry(
            volcano: told.volcano, model: model, rules: told.rules, decision: told.decision, alert: strange)
        let cases: [([InterferogramDecisions.Entry], [EpisodeSnapshot])] = [
            ([mute], good.snapshots), ([misled], good.snapshots), ([told], []), ([told, told], good.snapshots),
        ]
        for (entries, snapshots) in cases {
            let bad = InterferogramDecisions(
                interferogram: one, version: 1, outcome: .scored, snapshots: snapshots, entries: entries)
            let error = await #expect(throws: LedgerError.self) { _ = try await ledger.commitDecisions(bad, at: epoch) }
            #expect(error?.isTemporary == false)
            try await expectNothing()
        }
    }

    @Test func `an ending is a decision of its own beside the volcano's`() async throws {
        try await ledger.complete(one)
        var ended = try #require(try await ledger.reader.episodes(of: volcano1).episodes.first)
        ended.state = .ended
        ended.revision = 2
        let farewell = alert("\(ended.id).2", two, episode: ended.id.text, kind: .ended, issued: after(5))
        let quiet = Decision(reason: .belowThreshold, explanation: "low", episode: nil, announcement: nil)
        let ending = Decision(
            reason: .ended, explanation: "quiet", episode: ended, announcement: Announcement(kind: .ended, tier: .notify))
        let commit = InterferogramDecisions(
            interferogram: two, version: 1, outcome: .scored, snapshots: try await ledger.snapshots,
            entries: [
                .init(volcano: volcano1, model: model, rules: "r", decision: quiet, alert: nil),
                .init(
                    volcano: volcano1, model: model, rules: "r", decision: ending,
                    alert: NewAlert(alert: farewell, picture: nil, deliveries: [])),
            ])
        #expect(try await ledger.commitDecisions(commit, at: epoch) == .stored)
        #expect(try await ledger.reader.openEpisodes().isEmpty)
        #expect(try await ledger.reader.alerts(of: ended.id).map(\.kind) == [.new, .ended])
        #expect(try await ledger.reader.account(of: two)?.versions[0].decisions.map(\.reason) == [.belowThreshold, .ended])
    }

    @Test func `earlier flags come newest first with what was told of them`() async throws {
        try await ledger.complete(one)
        try await ledger.recordScores([assessment(two, 0.6)], of: two, version: 1, at: epoch)
        let flags = try await ledger.reader.earlierFlags(of: volcano1, atLeast: Probability(0.5)!)
        #expect(flags.map(\.interferogram) == [two, one])
        #expect(flags.map(\.kind) == [nil, .new])
        #expect(try await ledger.reader.earlierFlags(of: volcano1, atLeast: Probability(0.7)!).map(\.interferogram) == [one])
        #expect(try await ledger.reader.earlierFlags(of: volcano1, atLeast: Probability(0.5)!, except: two).count == 1)
    }

    @Test func `P17 a test alert is stored with its deliveries and only a test alert may come without an interferogram`()
        async throws
    {
        let test = alert("TEST-1", one, episode: "none", kind: .test)
        try await ledger.commitTestAlert(
            NewAlert(alert: test, picture: Data([1]), deliveries: [delivery("TEST-1/mail", alert: "TEST-1")]))
        #expect(try await ledger.reader.alerts(kind: .test).map(\.id.text) == ["TEST-1"])
        #expect(try await ledger.leaseDeliveries(limit: 5, lease: 60, at: epoch).map(\.id) == ["TEST-1/mail"])
        let real = alert("REAL-1", one, episode: "none")
        await #expect(throws: LedgerError.self) {
            try await ledger.commitTestAlert(NewAlert(alert: real, picture: nil, deliveries: []))
        }
    }

    @Test func `alerts are listed newest first and by volcano, time and kind`() async throws {
        for (index, seconds) in [10.0, 30, 20].enumerated() {
            let volcano = index == 1 ? volcano2 : volcano1
            let test = alert("T\(index)", one, episode: "none", volcano: volcano, kind: .test, issued: after(seconds))
            try await ledger.commitTestAlert(NewAlert(alert: test, picture: nil, deliveries: []))
        }
        #expect(try await ledger.reader.alerts().map(\.id.text) == ["T1", "T2", "T0"])
        #expect(try await ledger.reader.alerts(limit: 1).map(\.id.text) == ["T1"])
        #expect(try await ledger.reader.alerts(volcano: volcano1).map(\.id.text) == ["T2", "T0"])
        #expect(try await ledger.reader.alerts(since: after(20)).map(\.id.text) == ["T1", "T2"])
        #expect(try await ledger.reader.alerts(kind: .new).isEmpty)
    }
}
