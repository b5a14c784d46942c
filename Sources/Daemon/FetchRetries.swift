import FoundationEssentials

/// When an interferogram whose files could not be had or read is tried again, and when it is rejected.
///
/// Files in a catalogue appear minutes after their listing, vanish and come back; so the first attempts are close together and the last ones
/// days apart. Together they span about nine days.
enum FetchRetries {
    /// Seconds before the second, third, ... attempt.
    static let waits: [TimeInterval] = [60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86_400, 86_400, 2 * 86_400, 4 * 86_400]

    /// - Parameters:
    ///   - failures: attempts that failed so far, this one included; 1 or more.
    ///   - asked: seconds that the server asked for (Retry-After).
    /// - Returns: seconds to wait; nil when it has been tried often enough.
    static func wait(afterFailures failures: Int, asked: TimeInterval?) -> TimeInterval? {
        guard failures <= waits.count else { return nil }
        return max(waits[failures - 1], min(asked ?? 0, 3600))
    }
}
