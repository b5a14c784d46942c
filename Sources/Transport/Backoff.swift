public import FoundationEssentials

/// Exponential backoff: how long to wait before attempt n + 1 after n failures in a row.
///
/// With the defaults (base 5 s, factor 2, cap 15 min) and before jitter:
///
/// | failures | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 and more |
/// |---|---|---|---|---|---|---|---|---|---|
/// | wait | 5 s | 10 s | 20 s | 40 s | 80 s | 160 s | 320 s | 640 s | 900 s |
///
/// Jitter takes away up to its share of the wait, so that many clients do not come back in step. A Retry-After is a lower bound,
/// up to `retryAfterLimit`: the server cannot silence a client for longer than that.
public struct Backoff: Hashable, Sendable {
    public let base: TimeInterval
    public let factor: Double
    public let cap: TimeInterval
    /// 0 (none) to 1 (anywhere between nothing and the full wait).
    public let jitter: Double
    public let retryAfterLimit: TimeInterval

    public init(
        base: TimeInterval = 5, factor: Double = 2, cap: TimeInterval = 900, jitter: Double = 0.3, retryAfterLimit: TimeInterval = 3600
    ) {
        self.base = max(0, base)
        self.factor = max(1, factor)
        self.cap = max(0, cap)
        self.jitter = min(max(0, jitter), 1)
        self.retryAfterLimit = max(0, retryAfterLimit)
    }

    /// - Parameters:
    ///   - attempt: failures so far, 1 or more.
    ///   - retryAfter: what the server asked for, in seconds.
    /// - Returns: seconds.
    public func delay(attempt: Int, retryAfter: TimeInterval? = nil, random: inout some RandomNumberGenerator) -> TimeInterval {
        var wait = base
        // Multiplying step by step cannot overflow: it ends at the cap.
        for _ in 1..<max(1, min(attempt, 1000)) where wait < cap { wait *= factor }
        wait = min(wait, cap)
        if jitter > 0, wait > 0 { wait -= Double.random(in: 0...(wait * jitter), using: &random) }
        return max(wait, min(retryAfter ?? 0, retryAfterLimit))
    }
}
