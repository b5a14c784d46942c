public import FoundationEssentials

/// When a delivery is tried again: a fixed table, counted in attempts, so that it is the same after a restart and whatever the wall
/// clock does.
///
/// There is no jitter: each receiver has a lane of its own and one message at a time, so nothing falls into step. A Retry-After is a
/// lower bound of the wait, up to a limit.
public struct RetrySchedule: Hashable, Sendable {
    /// Seconds to wait after the first, second... failed attempt. One failure more than entries: given up.
    public let waits: [TimeInterval]
    /// The longest Retry-After that is heeded, in seconds.
    public let retryAfterLimit: TimeInterval

    public init(waits: [TimeInterval], retryAfterLimit: TimeInterval) {
        self.waits = waits.map { max(0, $0) }
        self.retryAfterLimit = max(0, retryAfterLimit)
    }

    public enum Next: Hashable, Sendable {
        /// Seconds.
        case wait(TimeInterval)
        case giveUp
    }

    /// - Parameters:
    ///   - failures: failed attempts so far, the last one included: 1 or more.
    ///   - retryAfter: what the receiver asked for, in seconds.
    public func next(afterFailures failures: Int, retryAfter: TimeInterval? = nil) -> Next {
        guard failures <= waits.count else { return .giveUp }
        let wait = failures >= 1 ? waits[failures - 1] : 0
        return .wait(max(wait, min(max(0, retryAfter ?? 0), retryAfterLimit)))
    }

    /// No delivery waits longer than this: a due time farther ahead means that the wall clock was set back since.
    public var longestWait: TimeInterval { max(waits.max() ?? 0, retryAfterLimit) }
}
