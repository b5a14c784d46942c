/// How often to look.
public struct PollingSettings: Sendable, Hashable {
    /// For frames that show a priority volcano.
    public var priority: Duration
    public var others: Duration
    /// Share of the interval, 0 to 0.5, by which a poll comes earlier or later.
    public var jitter: Double
    /// How long a file in a drop folder must stay unchanged before it is taken.
    public var settle: Duration

    enum Keys {
        static let priority = SettingKey<Duration>(
            "polling.priority", .time(from: "1s", to: "1d", such: "5m"), default: "5m",
            "How often frames with a priority volcano are looked at.")
        static let others = SettingKey<Duration>(
            "polling.others", .time(from: "1s", to: "7d", such: "6h"), default: "6h", "How often all other frames are looked at.")
        static let jitter = SettingKey<Double>(
            "polling.jitter", .share(upTo: 0.5), default: "10 %", "Share of the interval by which a poll may come earlier or later.")
        static let settle = SettingKey<Duration>(
            "polling.settle", .time(from: "0s", to: "1h", such: "2s"), default: "2s",
            "How long a file in a drop folder must stay unchanged before it is taken.")
        static let all = [priority.description, others.description, jitter.description, settle.description]
    }

    init(_ reader: SectionReader) {
        priority = reader.value(Keys.priority)
        others = reader.value(Keys.others)
        jitter = reader.value(Keys.jitter)
        settle = reader.value(Keys.settle)
        if others < priority {
            reader.problem(
                at: "others", found: "less than polling.priority", expected: "at least polling.priority: priority volcanoes come first")
        }
        reader.finish()
    }
}
