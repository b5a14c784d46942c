import Domain
import Testing

@testable import Daemon

@Suite("Poll schedule")
struct PollScheduleTests {
    let start = ContinuousClock().now
    let priority: FrameID = FrameID("106A_09048_000909")!
    let ordinary = FrameID("002A_05136_020502")!

    func schedule(jitter: Double = 0) -> PollSchedule<FrameID> {
        var schedule = PollSchedule<FrameID>(jitter: jitter)
        schedule.plan(
            [priority: .init(interval: .seconds(300), level: 2), ordinary: .init(interval: .seconds(21_600), level: 0)],
            now: start, firstDue: { _, _ in .zero })
        return schedule
    }

    @Test func `the most urgent frame is taken first and each only once`() {
        var schedule = schedule()
        #expect(schedule.take(now: start) == priority)
        #expect(schedule.take(now: start) == ordinary)
        #expect(schedule.take(now: start) == nil)
        #expect(schedule.nextDue == nil)
    }

    @Test func `a finished poll comes again after its interval`() {
        var schedule = schedule()
        _ = schedule.take(now: start)
        _ = schedule.take(now: start)
        schedule.finish(priority, now: start, random: 0.5)
        schedule.finish(ordinary, now: start, random: 0.5)
        #expect(schedule.take(now: start + .seconds(299)) == nil)
        #expect(schedule.take(now: start + .seconds(300)) == priority)
        #expect(schedule.nextDue == start + .seconds(21_600))
    }

    @Test(arguments: [(0.0, 270), (0.5, 300), (0.999999, 329)])
    func `jitter moves a poll by at most its share`(random: Double, expected: Int) {
        var schedule = schedule(jitter: 0.1)
        _ = schedule.take(now: start)
        schedule.finish(priority, now: start, random: random)
        _ = schedule.take(now: start)
        let wait = schedule.nextDue! - start
        #expect(abs(wait / .seconds(1) - Double(expected)) < 1.1)
    }

    @Test func `a frame that becomes urgent is brought forward, one that leaves the plan is forgotten`() {
        var schedule = schedule()
        _ = schedule.take(now: start)
        _ = schedule.take(now: start)
        schedule.finish(priority, now: start, random: 0.5)
        schedule.finish(ordinary, now: start, random: 0.5)
        schedule.plan(
            [ordinary: .init(interval: .seconds(60), level: 3)], now: start + .seconds(10), firstDue: { _, _ in .zero })
        #expect(schedule.targets == [ordinary])
        #expect(schedule.take(now: start + .seconds(10)) == ordinary)
    }

    @Test func `a shorter interval alone brings a poll forward to its end`() {
        var schedule = schedule()
        _ = schedule.take(now: start)
        _ = schedule.take(now: start)
        schedule.finish(ordinary, now: start, random: 0.5)
        schedule.plan([ordinary: .init(interval: .seconds(60), level: 0)], now: start + .seconds(10), firstDue: { _, _ in .zero })
        #expect(schedule.nextDue == start + .seconds(70))
    }

    @Test func `changing one target leaves the others as they are`() {
        var schedule = schedule()
        schedule.change(priority, to: nil, now: start)
        #expect(schedule.targets == [ordinary])
        schedule.change(priority, to: .init(interval: .seconds(30), level: 0), now: start)
        #expect(schedule.interval(of: priority) == .seconds(30))
        #expect(schedule.interval(of: ordinary) == .seconds(21_600))
    }

    @Test func `a long pause makes one poll due, not many`() {
        var schedule = schedule()
        _ = schedule.take(now: start)
        schedule.finish(priority, now: start, random: 0.5)
        let late = start + .seconds(86_400)
        #expect(schedule.take(now: late) == priority)
        #expect(schedule.take(now: late) == ordinary)
        #expect(schedule.take(now: late) == nil)
    }
}
