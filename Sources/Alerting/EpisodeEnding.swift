public import Domain

extension EpisodeRules {
    /// The endings of a volcano's open episodes, one decision each.
    ///
    /// An episode ends when the place has been observed for more than `quietDays` after it was last active without a flag. To be
    /// called after `decide` and only when no interferogram of the volcano is waiting: newer pairs are assessed before older ones,
    /// and an older one may still hold a flag.
    /// - Parameters:
    ///   - episodes: all recorded episodes of this volcano.
    ///   - observedUntil: the latest acquisition of this volcano's scored assessments.
    public func endings(of episodes: [Episode], observedUntil: AcquisitionDate) -> [Decision] {
        episodes
            .filter { $0.state == .open && observedUntil.days(since: $0.lastActive) > rules.quietDays }
            .sorted { $0.id.text < $1.id.text }
            .map { open in
                var ended = open
                ended.state = .ended
                ended.revision += 1
                let quiet = observedUntil.days(since: open.lastActive)
                return Decision(
                    reason: .ended,
                    explanation: "observed until \(observedUntil.iso8601), \(quiet) days after episode \(open.id) was last active "
                        + "on \(open.lastActive.iso8601), more than \(rules.quietDays), without a flag at its place",
                    episode: ended, announcement: Announcement(kind: .ended, tier: .notify))
            }
    }
}
