public import Domain

extension Episode {
    /// What a verdict on one of its interferograms does to an open episode: a rejected flag withdraws it, unless an expert has confirmed
    /// another of its flags. Pure.
    /// - Parameters:
    ///   - others: the verdicts in force on other interferograms of this volcano.
    /// - Returns: nil where the episode stays as it is.
    public func decision(
        after verdict: Verdict, on interferogram: InterferogramID, by who: String, others: [InterferogramID: Verdict]
    ) -> Decision? {
        guard state == .open, verdict.isDeformation == false, flags.contains(where: { $0.interferogram == interferogram }) else { return nil }
        let confirmed = flags.contains { $0.interferogram != interferogram && others[$0.interferogram] == .deformation }
        guard !confirmed else { return nil }
        var cancelled = self
        cancelled.state = .cancelled
        cancelled.revision += 1
        return Decision(
            reason: .rejected, explanation: "\(who) judged \(interferogram) of episode \(id) to be \(verdict.rawValue)", episode: cancelled,
            announcement: Announcement(kind: .cancelled, tier: tier))
    }
}
