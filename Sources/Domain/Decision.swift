/// Why the rules decided as they did. The raw value is shown to people and kept in the ledger: part of the interface.
public enum DecisionReason: String, Codable, Sendable, CaseIterable {
    // Something is told
    case firstFlag = "first-flag"
    case newPlace = "new-place"
    case higherTier = "higher-tier"
    case growth
    case confirmed
    case ended
    /// An expert's verdict.
    case rejected
    // Nothing is told
    case belowThreshold = "below-threshold"
    case withinHysteresis = "within-hysteresis"
    case nothingNew = "nothing-new"
    case neighbouringVolcano = "neighbouring-volcano"
    case historic
    case alreadyDecided = "already-decided"
    case muted
}

/// What the rules decided about one assessment.
public struct Decision: Hashable, Codable, Sendable {
    public let reason: DecisionReason
    /// One sentence with the figures that decided.
    public let explanation: String
    /// The episode as it is after this decision; nil where the assessment belongs to none.
    public let episode: Episode?
    /// What is to be told; nil for nothing.
    public let announcement: Announcement?

    public init(reason: DecisionReason, explanation: String, episode: Episode?, announcement: Announcement?) {
        self.reason = reason
        self.explanation = explanation
        self.episode = episode
        self.announcement = announcement
    }
}

/// What kind of message goes out and how loud.
public struct Announcement: Hashable, Codable, Sendable {
    public let kind: AlertKind
    public let tier: Tier

    public init(kind: AlertKind, tier: Tier) {
        self.kind = kind
        self.tier = tier
    }
}

public enum AlertKind: String, Codable, Sendable, CaseIterable {
    case new = "NEW"
    case update = "UPDATE"
    case confirmed = "CONFIRMED"
    case cancelled = "CANCELLED"
    case ended = "ENDED"
    case test = "TEST"
}
