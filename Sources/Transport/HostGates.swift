internal import Synchronization

/// Holds back requests so that each host sees at most its limits: so many at a time, so many a second.
final class HostGates: Sendable {
    private struct Waiter {
        let number: Int
        let admit: CheckedContinuation<Bool, Never>
    }

    private struct Gate {
        var inside = 0
        var waiting: [Waiter] = []
        var bucket: TokenBucket
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
    func enter(_ host: String) async throws(TransportError) {
        let cancelled = TransportError(.cancelled, "the request to \(host) was cancelled")
        guard await place(host) else { throw cancelled }
        let wait = state.withLock { $0.gates[host]?.bucket.take(now: clock.now()) ?? .zero }
        guard wait > .zero else { return }
        do {
            try await clock.sleep(wait)
        } catch {
            leave(host)
            throw cancelled
        }
    }

    func leave(_ host: String) {
        let next = state.withLock { state -> Waiter? in
            guard var gate = state.gates[host] else { return nil }
            defer { state.gates[host] = gate }
            if !gate.waiting.isEmpty { return gate.waiting.removeFirst() }  // takes over the place
            gate.inside -= 1
            return nil
        }
        next?.admit.resume(returning: true)
    }

    private func place(_ host: String) async -> Bool {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    // Cancelled before: the handler has already run and found nobody waiting.
                    if Task.isCancelled { return false }
                    let fresh = Gate(bucket: TokenBucket(ratePerSecond: limits.ratePerSecond, burst: limits.burst))
                    if state.gates[host, default: fresh].inside < limits.concurrency {
                        state.gates[host, default: fresh].inside += 1
                        return true
                    }
                    state.gates[host, default: fresh].waiting.append(Waiter(number: number, admit: continuation))
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
