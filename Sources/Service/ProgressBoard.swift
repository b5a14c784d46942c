import Synchronization

/// Who works in the daemon and when each last showed progress. The watchdog signs only while all of them do, so that a stage that hangs
/// gets the daemon restarted even if the rest of it is well.
public final class ProgressBoard: Sendable {
    private struct Entry {
        let deadline: Duration
        var last: ContinuousClock.Instant
    }

    private let entries = Mutex<[String: Entry]>([:])

    public init() {}

    /// - Parameter deadline: how long the stage may be silent.
    public func register(_ stage: String, deadline: Duration, now: ContinuousClock.Instant = .now) {
        entries.withLock { $0[stage] = Entry(deadline: deadline, last: now) }
    }

    public func tick(_ stage: String, now: ContinuousClock.Instant = .now) {
        entries.withLock { $0[stage]?.last = now }
    }

    /// The stages that have been silent for too long.
    public func silent(now: ContinuousClock.Instant = .now) -> [String] {
        entries.withLock { entries in entries.filter { now - $0.value.last > $0.value.deadline }.keys.sorted() }
    }
}

/// Signs for the daemon at systemd, at half the interval that is asked for.
public struct Watchdog: Sendable {
    private let board: ProgressBoard
    private let log: Log
    private let interval: Duration
    private let sign: @Sendable () -> Void

    public init(board: ProgressBoard, log: Log, interval: Duration, sign: @escaping @Sendable () -> Void) {
        self.board = board
        self.log = log
        self.interval = interval
        self.sign = sign
    }

    /// Runs until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            let silent = board.silent()
            if silent.isEmpty {
                sign()
            } else {
                log.error("a part of the daemon shows no progress; systemd is left to restart it", ["stages": silent.joined(separator: " ")])
            }
            do { try await Task.sleep(for: interval / 2) } catch { return }
        }
    }
}
