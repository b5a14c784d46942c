import Domain

/// When which frame is to be listed. Runs on a clock that only goes forward, so a step of the wall clock neither skips polls nor bursts.
struct PollSchedule {
    /// How often a frame is polled, and how urgent its volcanoes are.
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

    private var entries: [FrameID: Entry] = [:]
    /// Share of the interval by which a poll may come earlier or later, 0 to 1.
    var jitter: Double

    init(jitter: Double) { self.jitter = jitter }

    var frames: [FrameID] { entries.keys.sorted() }

    /// Takes over a new plan: keeps the rhythm of frames that stay, brings forward those that are to be polled more often.
    /// - Parameter firstDue: how long a frame that is new to the schedule waits for its first poll.
    mutating func plan(_ wishes: [FrameID: Wish], now: ContinuousClock.Instant, firstDue: (FrameID, Wish) -> Duration) {
        entries = entries.filter { wishes[$0.key] != nil }
        for (frame, wish) in wishes {
            if var entry = entries[frame] {
                entry.wish = wish
                entry.due = min(entry.due, now + wish.interval)
                entries[frame] = entry
            } else {
                entries[frame] = Entry(wish: wish, due: now + firstDue(frame, wish))
            }
        }
    }

    /// The frame to list next if one is due: the most urgent first, then the one that has waited longest. It counts as in flight.
    mutating func take(now: ContinuousClock.Instant) -> FrameID? {
        let due = entries.filter { !$0.value.inFlight && $0.value.due <= now }
        let next = due.min { a, b in
            (-a.value.wish.level, a.value.due, a.key) < (-b.value.wish.level, b.value.due, b.key)
        }
        guard let frame = next?.key else { return nil }
        entries[frame]?.inFlight = true
        return frame
    }

    /// Ends a poll and sets the next one.
    /// - Parameters:
    ///   - delay: instead of the frame's interval, after a failure.
    ///   - random: 0 ..< 1, for the jitter.
    mutating func finish(_ frame: FrameID, now: ContinuousClock.Instant, delay: Duration? = nil, random: Double) {
        guard var entry = entries[frame] else { return }
        let wait = delay ?? entry.wish.interval
        entry.due = now + wait * (1 + jitter * (2 * random - 1))
        entry.inFlight = false
        entries[frame] = entry
    }

    /// When the next poll is due; nil while every frame is in flight or there is none.
    var nextDue: ContinuousClock.Instant? {
        entries.values.lazy.filter { !$0.inFlight }.map(\.due).min()
    }
}
