/// When a failed delivery is tried again. If nothing is set:
///
/// | failed attempts | next one after | tried since the first |
/// |---|---|---|
/// | 1 | 30 s | 30 s |
/// | 2 | 2 min | 2 min 30 s |
/// | 3 | 10 min | 12 min 30 s |
/// | 4 | 30 min | 42 min 30 s |
/// | 5 | 1 h | 1 h 42 min |
/// | 6 | 2 h | 3 h 42 min |
/// | 7 to 23 | 4 h each | 7 h 42 min to 71 h 42 min |
/// | 24 | given up | about three days |
public struct RetrySettings: Sendable, Hashable {
    /// After the first, second... failed attempt; the last one repeats.
    public var waits: [Duration]
    /// No further attempt is made when this long has passed since the first.
    public var giveUpAfter: Duration
    /// The longest Retry-After that is heeded.
    public var retryAfterLimit: Duration

    /// The wait after each failed attempt; one failure more than entries: given up.
    public var schedule: [Duration] {
        var schedule: [Duration] = [], total = Duration.zero
        while let next = schedule.count < waits.count ? waits[schedule.count] : waits.last, next > .zero, total + next <= giveUpAfter {
            schedule.append(next)
            total += next
        }
        return schedule
    }

    enum Keys {
        static let waits = SettingKey<Duration>(
            "retries.waits", .time(from: "1s", to: "1d", such: "30s"), default: "[30s, 2m, 10m, 30m, 1h, 2h, 4h]", isList: true,
            "Waits after the first, second... failed attempt of a delivery; the last one repeats.")
        static let giveUpAfter = SettingKey<Duration>(
            "retries.give_up_after", .time(from: "1m", to: "30d", such: "3d"), default: "3d",
            "No further attempt is made so long after the first one.")
        static let retryAfterLimit = SettingKey<Duration>(
            "retries.retry_after_limit", .time(from: "0s", to: "1d", such: "1h"), default: "1h",
            "The longest wait that a receiver may ask for.")
        static let all = [waits.description, giveUpAfter.description, retryAfterLimit.description]
    }

    init(_ reader: SectionReader) {
        waits = reader.listOrDefault(Keys.waits)
        giveUpAfter = reader.value(Keys.giveUpAfter)
        retryAfterLimit = reader.value(Keys.retryAfterLimit)
        if let node = reader.node("waits"), case .list(let items) = node.content {
            if items.isEmpty { reader.problem(at: "waits", found: "an empty list", expected: "at least one wait") }
            if items.count > 100 { reader.problem(at: "waits", found: "\(items.count) waits", expected: "at most 100; the last one repeats") }
        }
        if let first = waits.first, giveUpAfter < first {
            reader.problem(at: "give_up_after", found: "less than the first wait", expected: "at least the first of retries.waits")
        }
        reader.finish()
    }
}
