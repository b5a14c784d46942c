internal import Synchronization

/// Holds back requests so that each host sees at most its limits: so many at a time, so many a second.
///
/// Two places of each host (where it has three or more) are not for requests that leave room for others: slow downloads of a backlog must
/// not hold up what is urgent.
final class HostGates: Sendable {
    private struct Waiter {
        let number: Int
        let leavesRoom: Bool
        let admit: CheckedContinuation<Bool, Never>
    }

    private struct Gate {
        let concurrency: Int
        var inside = 0
        /// Of these, the ones that leave room.
        var bulk = 0
        var waiting: [Waiter] = []
        var bucket: TokenBucket

        init(_ limits: HostLimits) {
            concurrency = limits.concurrency
            bucket = TokenBucket(ratePerSecond: limits.ratePerSecond, burst: limits.burst)
        }

        mutating func admit(leavesRoom: Bool) -> Bool {
            guard inside < concurrency, !leavesRoom || bulk < max(1, concurrency - 2) else { return false }
            inside += 1
            if leavesRoom { bulk += 1 }
            return true
        }

        /// The waiters that find a place now: first those that leave no room, each kind in its order.
        mutating func admitWaiting() -> [Waiter] {
            var admitted: [Waiter] = []
            for leavesRoom in [false, true] {
                while let index = waiting.firstIndex(where: { $0.leavesRoom == leavesRoom }), admit(leavesRoom: leavesRoom) {
                    admitted.append(waiting.remove(at: index))
                }
            }
            return admitted
        }
    }

    private struct State {
        var gates: [String: Gate] = [:]
        var nextNumber = 0
    }

    private let limits: HostLimits
    private let clock: PacingClock
    private let state = Mutex(State())

    init(limits: HostLimits, clock: PacingClock) {
        self.limits = limits
        self.clock = clock
    }

    /// Waits for a place; every success must be paired with one `leave`.
    /// - Parameter leavesRoom: as in ``HTTPRequest/leavesRoom``.
    func enter(_ host: String, leavesRoom: Bool = false) async throws(TransportError) {
        let cancelled = TransportError(.cancelled, "the request to \(host) was cancelled")
        guard await place(host, leavesRoom) else { throw cancelled }
        let wait = state.withLock { $0.gates[host]?.bucket.take(now: clock.now()) ?? .zero }
        guard wait > .zero else { return }
        do {
            try await clock.sleep(wait)
        } catch {
            leave(host, leavesRoom: leavesRoom)
            throw cancelled
        }
    }

    func leave(_ host: String, leavesRoom: Bool = false) {
        let next = state.withLock { state -> [Waiter] in
            guard var gate = state.gates[host] else { return [] }
            defer { state.gates[host] = gate }
            gate.inside -= 1
            if leavesRoom { gate.bulk -= 1 }
            return gate.admitWaiting()
        }
        for waiter in next { waiter.admit.resume(returning: true) }
    }

    private func place(_ host: String, _ leavesRoom: Bool) async -> Bool {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    // Cancelled before: the handler has already run and found nobody waiting.
                    if Task.isCancelled { return false }
                    if state.gates[host, default: Gate(limits)].admit(leavesRoom: leavesRoom) { return true }
                    state.gates[host]?.waiting.append(Waiter(number: number, leavesRoom: leavesRoom, admit: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.gates[host]?.waiting.firstIndex(where: { $0.number == number }) else { return nil }
                return state.gates[host]?.waiting.remove(at: index)
            }
            waiter?.admit.resume(returning: false)
        }
    }
}

/// A token bucket that answers how long to wait; each call takes a token, if need be one of the future.
struct TokenBucket: Hashable, Sendable {
    let ratePerSecond: Double
    let burst: Double
    private var tokens: Double
    private var filledAt: Duration = .zero

    /// - Parameter ratePerSecond: 0 for no limit.
    init(ratePerSecond: Double, burst: Int) {
        self.ratePerSecond = ratePerSecond
        self.burst = Double(burst)
        tokens = Double(burst)
    }

    mutating func take(now: Duration) -> Duration {
        guard ratePerSecond > 0 else { return .zero }
        let passed = max(0, (now - filledAt) / .seconds(1))
        tokens = min(burst, tokens + passed * ratePerSecond) - 1
        filledAt = max(filledAt, now)
        return tokens >= 0 ? .zero : .seconds(-tokens / ratePerSecond)
    }
}
