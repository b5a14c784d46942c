import Domain
import Foundation
import Synchronization
import Testing

@testable import Courier

@Suite(.timeLimit(.minutes(2))) struct CourierTests {
    let clock = ManualClock()

    private func courier(
        _ store: MemoryStore, _ carrier: any Carrier, messages: Messages = Messages(), grace: Duration = .seconds(3),
        report: @escaping @Sendable (CourierEvent) -> Void = { _ in }
    ) -> Courier {
        Courier(
            store: store, source: messages, carrier: carrier, schedule: .short, limits: CourierLimits(grace: grace),
            wall: { [clock] in clock.wall }, clock: clock, report: report)
    }

    private func stop(_ run: Task<Void, Never>) async {
        run.cancel()
        await run.value
    }

    @Test func `what is due is sent once and its receipt stored`() async throws {
        let store = MemoryStore([try delivery("a"), try delivery("b", address: "other@example.org")])
        let carrier = ScriptedCarrier { _ in .accepted(receipt: "250 ok") }
        let courier = courier(store, carrier)
        let run = Task { await courier.run() }
        try await eventually("both are delivered") { await store.deliveries.values.allSatisfy { $0.state.kind == .delivered } }
        #expect(await store["a"]?.state == .delivered(at: clock.wall, receipt: "250 ok"))
        for _ in 0..<5 { courier.wake() }
        clock.advance(by: 1_000_000)
        try await aMoment()
        #expect(carrier.ids.sorted() == ["a", "b"])
        await stop(run)
    }

    @Test func `new deliveries leave when the bell rings`() async throws {
        let store = MemoryStore([])
        let carrier = ScriptedCarrier { _ in .accepted(receipt: "ok") }
        let courier = courier(store, carrier)
        let run = Task { await courier.run() }
        try await aMoment()
        await store.add(try delivery("late"))
        courier.wake()
        try await eventually("it is delivered") { await store["late"]?.state.kind == .delivered }
        await stop(run)
    }

    @Test func `P5 a receiver that hangs delays nobody, not even another address of its own`() async throws {
        let store = MemoryStore([
            try delivery("dead", receiver: "list", address: "dead@example.org"),
            try delivery("next", receiver: "list", address: "dead@example.org", created: 1),
            try delivery("alive", receiver: "list", address: "alive@example.org"), try delivery("hook", receiver: "hook", address: "url"),
        ])
        let carrier = ScriptedCarrier { delivery in
            if delivery.id == "dead" { try? await Task.sleep(for: .seconds(3600)) }
            return Task.isCancelled ? .interrupted : .accepted(receipt: "ok")
        }
        let courier = courier(store, carrier, grace: .zero)
        let run = Task { await courier.run() }
        try await eventually("the others are delivered") {
            let states = (await store["alive"]?.state.kind, await store["hook"]?.state.kind)
            return states.0 == .delivered && states.1 == .delivered
        }
        courier.wake()
        try await aMoment()
        #expect(await store["dead"]?.state.kind == .leased)
        #expect(await store["next"]?.state.kind == .waiting)
        await stop(run)
    }

    @Test func `one lane carries one message at a time, the oldest first`() async throws {
        let store = MemoryStore(try (0..<5).map { try delivery("\($0)", created: Double($0) - 10) })
        let underway = Mutex((now: 0, most: 0))
        let carrier = ScriptedCarrier { _ in
            underway.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            try? await Task.sleep(for: .milliseconds(5))
            underway.withLock { $0.now -= 1 }
            return .accepted(receipt: "ok")
        }
        let courier = courier(store, carrier)
        let run = Task { await courier.run() }
        try await eventually("all are delivered") { await store.deliveries.values.allSatisfy { $0.state.kind == .delivered } }
        #expect(carrier.ids == ["0", "1", "2", "3", "4"])
        #expect(underway.withLock { $0.most } == 1)
        await stop(run)
    }

    @Test func `P3 P6 a temporary failure is repeated at its times with the same id, across restarts, until given up`() async throws {
        let start = clock.wall
        let store = MemoryStore([try delivery("a")])
        let times = Mutex<[TimeInterval]>([])
        let carrier = ScriptedCarrier { [clock] _ in
            times.withLock { $0.append(clock.wall.timeIntervalSince(start)) }
            return .later(reason: "451 busy")
        }
        for attempt in 1...4 {
            // A new process for each attempt.
            let courier = courier(store, carrier)
            let run = Task { await courier.run() }
            try await eventually("attempt \(attempt) is made") { await store["a"]?.attempts == attempt }
            await stop(run)
            if case .waiting(let until) = await store["a"]?.state { clock.advance(by: until.timeIntervalSince(clock.wall)) }
        }
        var expected: [TimeInterval] = [0]
        for wait in RetrySchedule.short.waits { expected.append((expected.last ?? 0) + wait) }
        #expect(times.withLock { $0 } == expected)
        #expect(Set(carrier.ids) == ["a"])
        #expect(await store["a"]?.state.kind == .failed)
    }

    @Test func `a retry leaves by itself when its time comes, and not before`() async throws {
        let store = MemoryStore([try delivery("a")])
        let carrier = ScriptedCarrier { delivery in delivery.attempts == 0 ? .later(reason: "busy") : .accepted(receipt: "ok") }
        let courier = courier(store, carrier)
        let run = Task { await courier.run() }
        try await eventually("the first attempt fails") { await store["a"]?.attempts == 1 }
        clock.advance(by: 29)
        courier.wake()
        try await aMoment()
        #expect(carrier.ids.count == 1)
        // Nobody rings here. Small steps, because the timer starts some time after the bell.
        try await eventually("the retry is delivered") {
            clock.advance(by: 0.5)
            return await store["a"]?.state.kind == .delivered
        }
        await stop(run)
    }

    @Test func `every attempt has a message of its own time`() async throws {
        let store = MemoryStore([try delivery("a")])
        let carrier = ScriptedCarrier { _ in .later(reason: "busy") }
        let courier = courier(store, carrier)
        let run = Task { await courier.run() }
        try await eventually("the first attempt is made") { await store["a"]?.attempts == 1 }
        clock.advance(by: 30)
        courier.wake()
        try await eventually("the second attempt is made") { await store["a"]?.attempts == 2 }
        #expect(carrier.messages == ["a at 1800000000.0", "a at 1800000030.0"])
        await stop(run)
    }

    @Test func `a message that cannot be made counts as a failed attempt`() async throws {
        let store = MemoryStore([try delivery("a")])
        let carrier = ScriptedCarrier { _ in .accepted(receipt: "ok") }
        let courier = courier(store, carrier, messages: Messages(isBroken: true))
        let run = Task { await courier.run() }
        try await eventually("it is postponed") { await store["a"]?.attempts == 1 }
        #expect(carrier.ids.isEmpty)
        #expect(await store["a"]?.lastError?.contains("NoTemplate") == true)
        await stop(run)
    }

    @Test func `P6 a receiver that is gone is disabled and asked nothing more`() async throws {
        let store = MemoryStore([try delivery("a"), try delivery("b", created: 1), try delivery("c", receiver: "other", created: 1)])
        clock.advance(by: 2)
        let carrier = ScriptedCarrier { delivery in
            delivery.receiver.text == "observatory" ? .gone(reason: "410") : .accepted(receipt: "ok")
        }
        let courier = courier(store, carrier)
        let run = Task { await courier.run() }
        try await eventually("it is disabled") { await store.disabled.map(\.text) == ["observatory"] }
        courier.wake()
        try await eventually("the other is delivered") { await store["c"]?.state.kind == .delivered }
        try await aMoment()
        #expect(Set(carrier.ids) == ["a", "c"])
        await stop(run)
    }
}
