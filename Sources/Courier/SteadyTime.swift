internal import FoundationEssentials

/// The wall clock without its backward steps: due times are compared with it, so that setting the clock back delays nothing.
///
/// It follows every step forward (what was due in between becomes due once, not once for each interval), and after a step back
/// goes on by the monotonic clock until the wall clock has caught up.
struct SteadyTime: Hashable, Sendable {
    private var latest: Date
    private var elapsed: Duration

    init(wall: Date, elapsed: Duration) {
        latest = wall
        self.elapsed = elapsed
    }

    /// - Parameters:
    ///   - wall: what the wall clock shows.
    ///   - elapsed: what the monotonic clock shows.
    mutating func now(wall: Date, elapsed: Duration) -> Date {
        let passed = max(0, (elapsed - self.elapsed) / .seconds(1))
        latest = max(wall, latest.addingTimeInterval(passed))
        self.elapsed = elapsed
        return latest
    }
}
