import Domain
import Foundation
import Synchronization
import Testing

@testable import Courier

/// Crashes, full disks, stepping clocks and the end of the daemon.
@Suite(.timeLimit(.minutes(2))) struct CourierTroubleTests {
    let clock = ManualClock()

    private func courier(
        _ store: MemoryStore, _ carrier: any Carrier, grace: Duration = .seconds(3),
        report: @escaping @Sendable (CourierEvent) -> Void = { _ in }
    ) -> Courier {
        Courier(
            store: store, source: Messages(), carrier: carrier, schedule: .short, limits: CourierLimits(grace: grace),
            wall: { [clock] in clock.wall }, clock: clock, report: report)
    }

    @Test func `what a crashed process had leased is sent at the next start`() async throws {
        let store = MemoryStore([try delivery("a", state: .leased(until: clock.wall + 500))])
        let carrier = ScriptedCarrier { _ in .accepted(receipt: "ok") }
        let courier = courier(store, carrier)
        let run = Task { await courier.run() }
        try await eventually("it is delivered") { await store["a"]?.state.kind == .delivered }
        run.cancel()
        await run.value
    }

    @Test func `P10 nothing is sent while the disk is full, and everything once it is not`() async throws {
        let store = MemoryStore([try delivery("a")])
        await store.fill(true)
        let carrier = ScriptedCarrier { _ in .accepted(receipt: "ok") }
        let events = Mutex<[String]>([])
        let courier = courier(store, carrier) { event in
            switch event {
            case .storeFailing: events.withLock { $0.append("failing") }
            case .storeWorksAgain: events.withLock { $0.append("works") }
            case .delivered: events.withLock { $0.append("delivered") }
            default: break
            }
        }
        let run = Task { await courier.run() }
        try await eventually("it is tried again") {
            clock.advance(by: 1)
            return await store.attemptsToWrite > 3
        }
        #expect(carrier.ids.isEmpty)
        await store.fill(false)
        try await eventually("it is delivered") {
            clock.advance(by: 1)
            return await store["a"]?.state.kind == .delivered
        }
        try await eventually("the events tell the story") {
            events.withLock { Array($0.drop { $0 == "failing" }) } == ["works", "delivered"]
        }
        run.cancel()
        await run.value
    }

    @Test func `P4 P10 a receipt that cannot be stored is kept, nothing else is sent, nothing is sent twice`() async throws {
        let store = MemoryStore([try delivery("a")])
        let carrier = ScriptedCarrier { delivery in
            if delivery.id == "a" { await store.refuseResults(true) }
            return .accepted(receipt: "ok")
        }
        let courier = courier(store, carrier)
        let run = Task { await courier.run() }
        try await eventually("storing is repeated") {
            clock.advance(by: 1)
            return await store.attemptsToWrite > 6
        }
        await store.add(try delivery("b", address: "other@example.org"))
        courier.wake()
        clock.advance(by: 1000)  // the lease has run out by now
        courier.wake()
        try await aMoment()
        #expect(carrier.ids == ["a"])
        #expect(await store["a"]?.state.kind == .leased)
        await store.refuseResults(false)
        try await eventually("both are delivered") {
            clock.advance(by: 1)
            return await store.deliveries.values.allSatisfy { $0.state.kind == .delivered }
        }
        #expect(carrier.ids == ["a", "b"])
        run.cancel()
        await run.value
    }

    @Test func `P9 setting the wall clock back delays no retry`() async throws {
        let store = MemoryStore([try delivery("a")])
        let carrier = ScriptedCarrier { delivery in delivery.attempts == 0 ? .later(reason: "busy") : .accepted(receipt: "ok") }
        let courier = courier(store, carrier)
        let run = Task { await courier.run() }
        try await eventually("the first attempt fails") { await store["a"]?.attempts == 1 }
        clock.stepWall(by: -86_400)
        clock.advance(by: 29)
        courier.wake()
        try await aMoment()
        #expect(carrier.ids.count == 1)
        clock.advance(by: 1)
        courier.wake()
        try await eventually("the retry is delivered") { await store["a"]?.state.kind == .delivered }
        run.cancel()
        await run.value
    }

    @Test func `P9 setting the wall clock forward brings one attempt, not a burst, and gives nothing up`() async throws {
        let store = MemoryStore([try delivery("a")])
        let carrier = ScriptedCarrier { _ in .later(reason: "busy") }
        let courier = courier(store, carrier)
        let run = Task { await courier.run() }
        try await eventually("the first attempt fails") { await store["a"]?.attempts == 1 }
        clock.stepWall(by: 365 * 86_400)
        for _ in 0..<5 {
            courier.wake()
            try await aMoment()
        }
        #expect(carrier.ids.count == 2)
        #expect(await store["a"]?.state == .waiting(until: clock.wall + 120))
        run.cancel()
        await run.value
    }

    @Test func `P9 a due time far ahead after a restart means a clock that was wrong`() async throws {
        let store = MemoryStore([try delivery("a", attempts: 2, state: .waiting(until: clock.wall + 86_400))])
        let carrier = ScriptedCarrier { _ in .accepted(receipt: "ok") }
        let courier = courier(store, carrier)
        let run = Task { await courier.run() }
        try await eventually("it is delivered") { await store["a"]?.state.kind == .delivered }
        run.cancel()
        await run.value
    }

    @Test func `at the end an attempt may finish`() async throws {
        let store = MemoryStore([try delivery("a")])
        let (gate, open) = AsyncStream<Void>.makeStream()
        let carrier = ScriptedCarrier { _ in
            for await _ in gate { break }
            return Task.isCancelled ? .interrupted : .accepted(receipt: "ok")
        }
        let courier = courier(store, carrier)
        let run = Task { await courier.run() }
        try await eventually("it is underway") { carrier.ids == ["a"] }
        run.cancel()
        try await aMoment()
        open.yield()
        await run.value
        #expect(await store["a"]?.state.kind == .delivered)
    }

    @Test func `at the end an attempt that hangs is broken off and waits for the next start, uncounted`() async throws {
        let store = MemoryStore([try delivery("a", attempts: 1, state: .waiting(until: clock.wall))])
        let carrier = ScriptedCarrier { _ in
            try? await Task.sleep(for: .seconds(3600))
            return Task.isCancelled ? .interrupted : .accepted(receipt: "ok")
        }
        let courier = courier(store, carrier)
        let run = Task { await courier.run() }
        try await eventually("it is underway") { carrier.ids == ["a"] }
        run.cancel()
        try await eventually("it is broken off") {
            clock.advance(by: 1)
            return await store["a"]?.state.kind == .waiting
        }
        await run.value
        #expect(await store["a"]?.attempts == 1)
    }

    @Test func `at the end an attempt that cannot be broken off is left behind, leased`() async throws {
        let store = MemoryStore([try delivery("a")])
        let carrier = ScriptedCarrier { _ in
            // Blind to cancellation, as a mail is that the relay already has.
            await Task.detached { try? await Task.sleep(for: .seconds(600)) }.value
            return .accepted(receipt: "ok")
        }
        let courier = courier(store, carrier, grace: .milliseconds(10))
        let run = Task { await courier.run() }
        try await eventually("it is underway") { carrier.ids == ["a"] }
        run.cancel()
        let pusher = Task {
            while !Task.isCancelled {
                clock.advance(by: 1)
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        let start = ContinuousClock.now
        await run.value
        #expect(ContinuousClock.now - start < .seconds(120))
        pusher.cancel()
        #expect(await store["a"]?.state.kind == .leased)
    }
}
