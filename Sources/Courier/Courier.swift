internal import Domain
public import FoundationEssentials

/// Carries deliveries to their receivers: at least once each (P2), never again after a stored receipt (P4), each lane on its own (P5),
/// on schedule across restarts (P6).
///
/// An attempt is leased in the store before anything is sent and its result stored before the lane is free again. While the store
/// cannot be written (a full disk) nothing is sent, and what is known already is stored as soon as that works (P10).
public actor Courier {
    private let store: any DeliveryStore
    private let source: any MessageSource
    private let carrier: any Carrier
    private let schedule: RetrySchedule
    private let limits: CourierLimits
    private let wall: @Sendable () -> Date
    private let sleep: @Sendable (Duration) async throws -> Void
    private let elapsed: @Sendable () -> Duration
    private let report: @Sendable (CourierEvent) -> Void

    private var time: SteadyTime
    private var attempts: [Lane: Task<Void, Never>] = [:]
    private var unstored = 0
    private var isEnding = false
    /// Failures in a row.
    private var storeFailures = 0
    private var drained: CheckedContinuation<Void, Never>?
    private let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - wall: dates of receipts and due times.
    ///   - clock: waits; unmoved by steps of the wall clock.
    ///   - report: called on the way; must not block.
    public init<C: Clock>(
        store: any DeliveryStore, source: any MessageSource, carrier: any Carrier, schedule: RetrySchedule,
        limits: CourierLimits = CourierLimits(), wall: @escaping @Sendable () -> Date = { Date() }, clock: C = ContinuousClock(),
        report: @escaping @Sendable (CourierEvent) -> Void = { _ in }
    ) where C.Duration == Duration {
        self.store = store
        self.source = source
        self.carrier = carrier
        self.schedule = schedule
        self.limits = limits
        self.wall = wall
        self.report = report
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(for: $0) }
        time = SteadyTime(wall: wall(), elapsed: .zero)
        (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Looks into the store at once: call it after storing new deliveries.
    public nonisolated func wake() { ring.yield() }

    /// Sends until its task is cancelled; then lets attempts finish for a few seconds. Call it once.
    public func run() async {
        await persist { [store, wall] in try await store.releaseLeases(now: wall()) }
        var rings = bell.makeAsyncIterator()
        while !Task.isCancelled {
            let pause = await sendWhatIsDue()
            let timer = Task { [sleep, ring] in
                // Cancelled when something else rang first.
                if (try? await sleep(pause)) != nil { ring.yield() }
            }
            await rings.next(isolation: self)
            timer.cancel()
        }
        isEnding = true
        // A task of its own, because this one is cancelled and could not wait.
        await Task { await self.drain() }.value
    }

    /// - Returns: how long there is nothing to do, unless the bell rings.
    private func sendWhatIsDue() async -> Duration {
        // While results wait to be stored nothing is sent; the attempt that stores them rings.
        guard unstored == 0 || storeFailures == 0, attempts.count < limits.lanes else { return limits.longestPause }
        let now = time.now(wall: wall(), elapsed: elapsed())
        do {
            let horizon = now.addingTimeInterval(max(schedule.longestWait, limits.lease) + 60)
            let due = try await store.leaseDue(
                now: now, horizon: horizon, lease: limits.lease, excluding: Set(attempts.keys), limit: limits.lanes - attempts.count)
            for delivery in due { begin(delivery) }
            let next = try await store.nextDue(excluding: Set(attempts.keys))
            storeWorks()
            guard let next else { return limits.longestPause }
            // Something that is due but was not leased must not make this loop spin.
            return min(max(.milliseconds(100), .seconds(next.timeIntervalSince(now))), limits.longestPause)
        } catch {
            return storeFails(error)
        }
    }

    private func begin(_ delivery: Delivery) {
        let lane = delivery.lane
        guard attempts[lane] == nil else { return }  // its lease runs out and it comes again
        attempts[lane] = Task {
            await self.attempt(delivery)
            self.attempts[lane] = nil
            self.wake()
            if self.attempts.isEmpty { self.endDrain() }
        }
    }

    private func attempt(_ delivery: Delivery) async {
        let answer = await carry(delivery)
        // Due times go by the steady time, receipts by the wall clock.
        let wallNow = wall()
        let isReceipt = if case .accepted = answer { true } else { false }
        let now = isReceipt ? wallNow : time.now(wall: wallNow, elapsed: elapsed())
        let judgement = Judgement(delivery, answer: answer, schedule: schedule, now: now)
        guard await persist({ [store] in try await store.record(judgement.delivery, result: judgement.result, now: wallNow) }) else {
            return report(.abandoned(judgement.delivery))
        }
        if judgement.disablesReceiver {
            await persist { [store] in try await store.disable(delivery.receiver, reason: judgement.result, now: wallNow) }
        }
        tell(judgement)
    }

    private func carry(_ delivery: Delivery) async -> Answer {
        do {
            let parcel = try await source.parcel(for: delivery, now: wall())
            return Task.isCancelled ? .interrupted : await carrier.carry(parcel, of: delivery)
        } catch is CancellationError {
            return .interrupted
        } catch {
            return .later(reason: "the message cannot be made: \(error)")
        }
    }

    private func tell(_ judgement: Judgement) {
        switch judgement.delivery.state {
        case .delivered(_, let receipt): report(.delivered(judgement.delivery, receipt: receipt))
        case .waiting(let until): report(.postponed(judgement.delivery, reason: judgement.result, until: until))
        case .failed(_, let reason): report(.failed(judgement.delivery, reason: reason))
        case .leased, .dropped: break
        }
        if judgement.disablesReceiver { report(.receiverDisabled(judgement.delivery, reason: judgement.result)) }
    }
}

// MARK: - A store that fails

extension Courier {
    /// Repeats until it is stored; nothing new is sent meanwhile. At the end of the daemon it is tried once more and left: the lease in
    /// the store then brings the delivery back.
    ///
    /// - Returns: whether it is stored.
    @discardableResult
    private func persist(_ write: @Sendable () async throws -> Void) async -> Bool {
        unstored += 1
        defer { unstored -= 1 }
        while true {
            do {
                try await write()
                storeWorks()
                return true
            } catch {
                let pause = storeFails(error)
                if isEnding || Task.isCancelled { return false }
                // Ends early when the daemon does: one last try.
                try? await sleep(pause)
            }
        }
    }

    private func storeFails(_ error: any Error) -> Duration {
        storeFailures += 1
        let pause = limits.storeRetries[min(storeFailures, limits.storeRetries.count) - 1]
        report(.storeFailing(error: "\(error)", retryIn: pause / .seconds(1)))
        return pause
    }

    private func storeWorks() {
        guard storeFailures > 0 else { return }
        storeFailures = 0
        report(.storeWorksAgain)
    }
}

// MARK: - The end

extension Courier {
    private func drain() async {
        guard !attempts.isEmpty else { return }
        let patience = Task {
            try await self.sleep(self.limits.grace)
            for attempt in self.attempts.values { attempt.cancel() }
            try await self.sleep(self.limits.grace)
            self.endDrain()
        }
        await withCheckedContinuation { drained = $0 }
        patience.cancel()
    }

    private func endDrain() {
        drained?.resume()
        drained = nil
    }
}
