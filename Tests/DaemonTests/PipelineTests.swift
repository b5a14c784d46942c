import Configuration
import Domain
import EmbeddedCatalogue
import Foundation

import Testing

@testable import Daemon
@testable import Ledger

@Suite("Pipeline") struct PipelineTests {
    /// A stage whose archive is known and where the news are published.
    private func stage(_ content: Stage.Content = .flagged, coherence: Bool = true, more: String = Stage.maildir) async throws -> Stage {
        let stage = try await Stage(more: more)
        let poller = stage.poller()
        try await stage.listBaseline(poller)
        try stage.publish(Scenes.news, as: content, coherence: coherence)
        _ = await poller.poll(stage.demo)
        return stage
    }

    @Test func `P1 P2 a flagged interferogram is scored, and its alert is stored with a delivery and a picture`() async throws {
        let stage = try await stage()
        let version = try await stage.work(on: Scenes.news)
        #expect(version.outcome == .scored)
        #expect(Set(version.assessments.map(\.volcano)) == [Stage.alcedo, Stage.darwin])
        let account = try #require(try await stage.ledger.reader.account(of: InterferogramID(frame: Stage.frame, pair: Scenes.news)))
        let alert = try #require(account.alerts.first { $0.volcano.number == Stage.alcedo })
        #expect(alert.kind == .new)
        #expect(account.deliveries.contains { $0.alert == alert.id && $0.state.kind == .waiting && $0.receiver.text == "mailbox" })
        #expect(try await stage.ledger.reader.picture(of: alert.id)?.starts(with: [0x89, 0x50, 0x4E, 0x47]) == true)
        #expect(Set(version.timings.keys) == ["resolve", "fetch", "read", "classify"])
        // Nothing is left on the disk.
        #expect(try FileManager.default.contentsOfDirectory(atPath: stage.folder.appendingPathComponent("incoming").path) == [])
    }

    @Test func `an interferogram that shows no watched volcano is not assessable and says so`() async throws {
        let version = try await stage(.quiet).work(on: Scenes.news)
        #expect(version.outcome == .notAssessable("no watched volcano lies in the image"))
    }

    @Test func `an interferogram whose frame is no longer watched is not downloaded`() async throws {
        let stage = try await stage()
        let new = try stage.rewritten(watched: "{volcanoes: [211060]}")
        _ = try await stage.watch.adopt(new, now: Date())
        #expect(try await stage.work(on: Scenes.news).outcome == .notAssessable("its frame shows no watched volcano"))
        #expect(!stage.server.requests.contains { $0.path.hasSuffix(".tif") })
    }

    @Test func `a file that is not there at first is fetched when it is`() async throws {
        let stage = try await stage()
        stage.server.fail(.status(404), where: "diff_pha.tif")
        let waiting = try await stage.work(on: Scenes.news) { $0.attempts == 1 }
        let wait = try #require(waiting.notBefore).timeIntervalSinceNow
        #expect((50...60).contains(wait))
        #expect(waiting.lastError?.contains("404") == true)
        stage.server.recover()
        try await stage.ledger.shiftSchedules(by: -3600)
        #expect(try await stage.work(on: Scenes.news).outcome == .scored)
    }

    @Test func `a server that asks for a longer pause gets it`() async throws {
        let stage = try await stage()
        stage.server.fail(.status(503, retryAfter: 900), where: "diff_pha.tif")
        let waiting = try await stage.work(on: Scenes.news) { $0.attempts == 1 }
        #expect((890...900).contains(try #require(waiting.notBefore).timeIntervalSinceNow))
    }

    @Test func `a link to a foreign host is refused for good`() async throws {
        let stage = try await stage()
        stage.server.fail(.rewritten("127.0.0.1", to: "evil.example"), where: "interferograms/\(Scenes.news)")
        let version = try await stage.work(on: Scenes.news) { $0.outcome != nil || $0.attempts > 0 }
        #expect(version.outcome?.kind == .rejected || version.lastError?.contains("evil.example") == true)
        #expect(!stage.server.requests.contains { $0.path.hasSuffix(".tif") })
    }

    @Test func `P1 an interferogram that fails for ever is rejected after the last attempt`() async throws {
        let stage = try await stage()
        stage.server.fail(.html, where: "diff_pha.tif")
        for _ in FetchRetries.waits {
            try await stage.ledger.recordRetry(
                InterferogramID(frame: Stage.frame, pair: Scenes.news), version: 1, error: "before", notBefore: .distantPast, at: Date())
        }
        let version = try await stage.work(on: Scenes.news)
        #expect(version.outcome?.kind == .rejected)
        #expect(version.outcome?.reason?.contains("html-instead-of-tiff") == true)
        #expect(version.failures.count == FetchRetries.waits.count + 1)
    }

    @Test func `without coherence the phase decides`() async throws {
        let version = try await stage(coherence: false).work(on: Scenes.news)
        #expect(version.outcome == .scored)
        #expect(version.assessments.allSatisfy { $0.finding?.quality.meanCoherence == nil })
    }

    @Test func `broken coherence is left out and logged`() async throws {
        let stage = try await stage()
        stage.server.fail(.html, where: "geo.cc.tif")
        #expect(try await stage.work(on: Scenes.news).outcome == .scored)
        #expect(stage.lines.contains("coherence was not used"))
    }

    @Test func `an interferogram of a catalogue that left the configuration waits for another one`() async throws {
        let stage = try await stage()
        _ = try await stage.ledger.recordListing(
            [Listed(interferogram: InterferogramID(frame: Stage.frame, pair: Scenes.later), source: "https://gone/x", version: ProductVersion())],
            of: Stage.frame, in: "gone", first: .queue, at: Date())
        let version = try await stage.work(on: Scenes.later) { $0.attempts == 1 }
        #expect(version.outcome == nil)
        #expect(version.lastError?.contains("gone is no longer configured") == true)
    }

    @Test func `P1 the same interferogram decided twice tells once`() async throws {
        let stage = try await stage()
        _ = try await stage.work(on: Scenes.news)
        let before = try await stage.ledger.reader.deliveries().count
        // As after a crash before its outcome was known elsewhere: the job is worked on again.
        let decider = Decider(
            watch: stage.watch, ledger: stage.ledger, elevations: stage.elevations(), log: stage.log, posted: { Issue.record("posted again") })
        let job = Job(
            interferogram: InterferogramID(frame: Stage.frame, pair: Scenes.news), version: 1, catalogue: "demo", source: "",
            product: ProductVersion(),
            seen: Date(), priority: 0, attempts: 0, lastError: nil)
        #expect(try await decider.decide(job, scenes: [], source: "", runtime: await stage.watch.runtime) == 0)
        #expect(try await stage.ledger.reader.deliveries().count == before)
    }

    @Test func `the end of the daemon breaks a slow download off within seconds and costs no attempt`() async throws {
        let stage = try await stage()
        stage.server.fail(.slow(9000), where: "diff_pha.tif")
        let pipeline = try await stage.pipeline()
        let work = Task { await pipeline.run() }
        let deadline = ContinuousClock.now + .seconds(30)
        while !stage.server.requests.contains(where: { $0.path.hasSuffix("diff_pha.tif") }), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        work.cancel()
        let end = await ContinuousClock().measure { await work.value }
        #expect(end < .seconds(10))
        let version = try #require(try await stage.version(of: Scenes.news))
        #expect(version.outcome == nil && version.attempts == 0)
    }

    @Test func `the worker for urgent ones takes nothing else`() async throws {
        let stage = try await stage()
        let dispenser = JobDispenser(ledger: stage.ledger)
        #expect(try await dispenser.next(urgentOnly: true, at: Date()) == nil)
        #expect(try await dispenser.next(urgentOnly: false, at: Date()) != nil)
        #expect(try await dispenser.next(urgentOnly: false, at: Date()) == nil)
    }

    @Test func `workers that ask at the same time each get an interferogram of their own`() async throws {
        let stage = try await Stage()
        let start = AcquisitionDate("20250101")!.dayNumber
        let ids = (0..<40).map { day in
            InterferogramID(
                frame: Stage.frame, pair: AcquisitionPair(AcquisitionDate(dayNumber: start + day), AcquisitionDate(dayNumber: start + day + 12))!)
        }
        _ = try await stage.ledger.recordListing(
            ids.map { Listed(interferogram: $0, source: "x", version: ProductVersion()) }, of: Stage.frame, in: "demo", first: .queue, at: Date())
        let dispenser = JobDispenser(ledger: stage.ledger)
        let got = try await withThrowingTaskGroup(of: InterferogramID?.self) { group in
            for _ in 0..<40 { group.addTask { try await dispenser.next(urgentOnly: false, at: Date())?.interferogram } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(got.compactMap(\.self)) == Set(ids))
    }
}

@Suite("Fetch retries") struct FetchRetriesTests {
    @Test(
        arguments: [
            (1, nil, 60), (1, 30, 60), (1, 120, 120), (1, 90_000, 3600), (2, nil, 300), (5, nil, 10_800), (11, nil, 345_600), (12, nil, nil),
            (12, 60, nil),
        ] as [(Int, TimeInterval?, TimeInterval?)])
    func `waits grow, and the twelfth failure is the last`(failures: Int, asked: TimeInterval?, wait: TimeInterval?) {
        #expect(FetchRetries.wait(afterFailures: failures, asked: asked) == wait)
    }

    @Test func `attempts span about nine days`() {
        #expect((8.5...9.5).contains(FetchRetries.waits.reduce(0, +) / 86_400))
    }
}

@Suite("Wakeups") struct WakeupsTests {
    @Test func `what came up before the wait began is not slept over`() async {
        let wakeups = Wakeups()
        let seen = await wakeups.count
        await wakeups.wake()
        let time = await ContinuousClock().measure { await wakeups.wait(atMost: .seconds(30), since: seen) }
        #expect(time < .seconds(10))
    }

    @Test func `a wait ends when woken, after its time, and when cancelled`() async throws {
        let wakeups = Wakeups()
        let woken = Task { await wakeups.wait(atMost: .seconds(60)) }
        let cancelled = Task { await wakeups.wait(atMost: .seconds(60)) }
        cancelled.cancel()
        await cancelled.value
        try await Task.sleep(for: .milliseconds(20))
        await wakeups.wake()
        await woken.value
        await wakeups.wait(atMost: .milliseconds(5))
    }
}

@Suite("Clock step") struct ClockStepTests {
    @Test(arguments: [(10.0, 10, 0.0), (3610, 10, 3600), (-3590, 10, -3600)])
    func `a step is what the wall clock went beyond the steady one`(wall: Double, steady: Int, step: Double) {
        let (date, instant) = (Date(timeIntervalSince1970: 1_000_000), ContinuousClock.now)
        let clock = ClockStep(wall: date, steady: instant)
        #expect(abs(clock.seconds(wall: date.addingTimeInterval(wall), steady: instant + .seconds(steady)) - step) < 1e-6)
    }
}
