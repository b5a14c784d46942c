/// When what is to be listed. Runs on a clock that only goes forward, so a step of the wall clock neither skips polls nor bursts.
struct PollSchedule<Target: Hashable & Comparable & Sendable> {
    /// How often a target is polled, and how urgent its volcanoes are.
    struct Wish: Equatable, Sendable {
        var interval: Duration
        /// 0 for volcanoes that are not on the priority list.
        var level: Int
    }

    private struct Entry {
        var wish: Wish
        var due: ContinuousClock.Instant
        var inFlight = false
    }

    private var entries: [Target: Entry] = [:]
    /// Share of the interval by which a poll may come earlier or later, 0 to 1.
    var jitter: Double

    init(jitter: Double) { self.jitter = jitter }

    var targets: [Target] { entries.keys.sorted() }

    /// Takes over a new plan: keeps the rhythm of targets that stay, brings forward those that are to be polled more often. What becomes
    /// more urgent is polled at once: whoever puts a volcano on the priority list wants to know now.
    /// - Parameter firstDue: how long a target that is new to the schedule waits for its first poll.
    mutating func plan(_ wishes: [Target: Wish], now: ContinuousClock.Instant, firstDue: (Target, Wish) -> Duration) {
        entries = entries.filter { wishes[$0.key] != nil }
        for (target, wish) in wishes {
            if entries[target] != nil {
                change(target, to: wish, now: now)
            } else {
                entries[target] = Entry(wish: wish, due: now + firstDue(target, wish))
            }
        }
    }

    /// Takes over one target's new wish; nil takes it out of the schedule. A target that is new is due at once.
    mutating func change(_ target: Target, to wish: Wish?, now: ContinuousClock.Instant) {
        guard let wish else {
            entries[target] = nil
            return
        }
        var entry = entries[target] ?? Entry(wish: wish, due: now)
        entry.due = wish.level > entry.wish.level ? min(entry.due, now) : min(entry.due, now + wish.interval)
        entry.wish = wish
        entries[target] = entry
    }

    /// Nil for a target that is not in the plan.
    func interval(of target: Target) -> Duration? { entries[target]?.wish.interval }

    /// What to list next if one is due: the most urgent first, then the one that has waited longest. It counts as in flight.
    mutating func take(now: ContinuousClock.Instant) -> Target? {
        let due = entries.filter { !$0.value.inFlight && $0.value.due <= now }
        let next = due.min { a, b in
            (-a.value.wish.level, a.value.due, a.key) < (-b.value.wish.level, b.value.due, b.key)
        }
        guard let target = next?.key else { return nil }
        entries[target]?.inFlight = true
        return target
    }

    /// Ends a poll and sets the next one.
    /// - Parameters:
    ///   - delay: instead of the interval, after a failure.
    ///   - random: 0 ..< 1, for the jitter.
    mutating func finish(_ target: Target, now: ContinuousClock.Instant, delay: Duration? = nil, random: Double) {
        guard var entry = entries[target] else { return }
        let wait = delay ?? entry.wish.interval
        entry.due = now + wait * (1 + jitter * (2 * random - 1))
        entry.inFlight = false
        entries[target] = entry
    }

    /// When the next poll is due; nil while every target is in flight or there is none.
    var nextDue: ContinuousClock.Instant? {
        entries.values.lazy.filter { !$0.inFlight }.map(\.due).min()
    }
}
