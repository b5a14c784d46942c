import Domain
import Foundation
import Testing

@testable import Courier

@Suite struct RetryScheduleTests {
    @Test func `P6 the waits are taken one after the other, to the attempt at which it gives up`() {
        #expect((1...4).map { RetrySchedule.short.next(afterFailures: $0) } == [.wait(30), .wait(120), .wait(600), .giveUp])
    }

    @Test(arguments: [(1, 5.0, 30.0), (1, 90, 90), (1, 1e9, 3600), (3, 30, 600), (1, -1, 30), (1, .infinity, 3600)])
    func `P6 Retry-After is heeded up to an hour`(failures: Int, retryAfter: Double, wait: Double) {
        #expect(RetrySchedule.short.next(afterFailures: failures, retryAfter: retryAfter) == .wait(wait))
    }

    @Test func `a Retry-After does not postpone giving up`() {
        #expect(RetrySchedule.short.next(afterFailures: 4, retryAfter: 60) == .giveUp)
    }
}

@Suite struct JudgementTests {
    let now = Date(timeIntervalSince1970: 1_800_000_100)

    private func judge(_ answer: Answer, attempts: Int = 0) throws -> Judgement {
        Judgement(try delivery("d", attempts: attempts, state: .leased(until: now)), answer: answer, schedule: .short, now: now)
    }

    @Test func `an acceptance is final and keeps the receipt`() throws {
        let judged = try judge(.accepted(receipt: "250 ok")).delivery
        #expect(judged.state == .delivered(at: now, receipt: "250 ok"))
        #expect(judged.attempts == 1 && judged.lastError == nil)
    }

    @Test func `a refusal is final, and only "gone" disables the receiver`() throws {
        let refused = try judge(.refused(reason: "550")), gone = try judge(.gone(reason: "410"))
        #expect(refused.delivery.state == .failed(at: now, reason: "550") && !refused.disablesReceiver)
        #expect(gone.delivery.state == .failed(at: now, reason: "410") && gone.disablesReceiver)
    }

    @Test func `a postponement waits by the table, and ends in giving up`() throws {
        #expect(try judge(.later(reason: "451")).delivery.state == .waiting(until: now + 30))
        #expect(try judge(.later(reason: "503", retryAfter: 100)).delivery.state == .waiting(until: now + 100))
        let last = try judge(.later(reason: "451"), attempts: 3).delivery
        #expect(last.state == .failed(at: now, reason: "given up after 4 attempts: 451"))
    }

    @Test func `an interruption is no attempt`() throws {
        let judged = try judge(.interrupted, attempts: 3).delivery
        #expect(judged.attempts == 3 && judged.state == .waiting(until: now))
    }
}

@Suite struct SteadyTimeTests {
    let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func `P9 it follows the wall clock forward and never goes back`() {
        var time = SteadyTime(wall: start, elapsed: .zero)
        #expect(time.now(wall: start + 10, elapsed: .seconds(10)) == start + 10)
        #expect(time.now(wall: start + 3610, elapsed: .seconds(10)) == start + 3610)  // set forward
        #expect(time.now(wall: start, elapsed: .seconds(20)) == start + 3620)  // set back: goes on by the monotonic clock
        #expect(time.now(wall: start + 4000, elapsed: .seconds(30)) == start + 4000)  // caught up
    }
}
