import Domain
import FoundationEssentials
import Ledger

/// What is wrong with polling one catalogue, for an operator (P14). A frame that failed once is not; silence is.
struct PollingHealth: Sendable {
    let catalogue: String
    /// Of the frames that are watched.
    let polling: [FramePolling]
    let intervals: [PollTarget: Duration]
    let started: Date
    let now: Date

    var problems: [String] {
        guard !polling.isEmpty else { return [] }
        return [degraded, failing, strange, overdue].compactMap(\.self)
    }

    private var degraded: String? {
        let frames = polling.filter { $0.degraded != nil }
        guard let example = frames.first else { return nil }
        return "\(catalogue): \(frames.count) of \(polling.count) frames degraded, such as \(example.frame): \(example.degraded ?? "")"
    }

    /// All of them fail: the catalogue, or the way to it, is down.
    private var failing: String? {
        guard degraded == nil, polling.allSatisfy({ $0.lastError != nil }), let error = polling.first?.lastError else { return nil }
        return "\(catalogue): no frame could be listed at the last attempt: \(error)"
    }

    /// Answers that hold nothing at all: most likely another address is meant.
    private var strange: String? {
        guard polling.allSatisfy({ $0.firstListed == nil }), polling.contains(where: { $0.lastSuccess != nil }), degraded == nil else { return nil }
        return "\(catalogue): none of its \(polling.count) frames has ever listed a pair; check the catalogue's address"
    }

    /// Frames that were not listed for three of their intervals, with or without an error.
    private var overdue: String? {
        let late = polling.filter { frame in
            guard let interval = intervals[PollTarget(frame: frame.frame, catalogue: catalogue)] else { return false }
            let patience = 3 * (interval / .seconds(1)) + 600
            return now.timeIntervalSince(max(frame.lastSuccess ?? .distantPast, started)) > patience
        }
        guard let example = late.min(by: { ($0.lastSuccess ?? .distantPast, $0.frame) < ($1.lastSuccess ?? .distantPast, $1.frame) }) else {
            return nil
        }
        let since = example.lastSuccess.map { "since \($0.formatted(.iso8601))" } ?? "ever"
        return "\(catalogue): \(late.count) of \(polling.count) frames were not listed for too long, such as \(example.frame), not \(since)"
    }
}
