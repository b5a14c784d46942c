public import FoundationEssentials

public struct AlertID: Hashable, Codable, Sendable, CustomStringConvertible {
    public let text: String
    public init(_ text: String) { self.text = text }
    public var description: String { text }

    public init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// Everything that a message says, frozen when the alert is decided: a retry after a restart says the same.
public struct Alert: Hashable, Codable, Sendable {
    public let id: AlertID
    public let episode: EpisodeID
    /// 1 for an episode's first message.
    public let revision: Int
    public let kind: AlertKind
    public let tier: Tier
    public let issued: Date
    public let volcano: Volcano
    public let observation: Observation
    public let finding: Finding
    public let evidence: [Evidence]
    public let history: [EarlierFlag]
    public let reason: DecisionReason
    public let explanation: String
    public let model: ModelID
    /// Why the volcano is on the priority list; nil when it is not.
    public let priority: String?

    public init(
        id: AlertID, episode: EpisodeID, revision: Int, kind: AlertKind, tier: Tier, issued: Date, volcano: Volcano,
        observation: Observation, finding: Finding, evidence: [Evidence], history: [EarlierFlag], reason: DecisionReason,
        explanation: String, model: ModelID, priority: String?
    ) {
        self.id = id
        self.episode = episode
        self.revision = revision
        self.kind = kind
        self.tier = tier
        self.issued = issued
        self.volcano = volcano
        self.observation = observation
        self.finding = finding
        self.evidence = evidence
        self.history = history
        self.reason = reason
        self.explanation = explanation
        self.model = model
        self.priority = priority
    }
}

/// The interferogram that an alert speaks of and where it was found.
public struct Observation: Hashable, Codable, Sendable {
    public let interferogram: InterferogramID
    /// Where the catalogue publishes it.
    public let source: String
    /// When fringewatch first saw it listed.
    public let seen: Date
    /// The newest acquisition of the frame that is known when the alert is issued.
    public let newestAcquisition: AcquisitionDate

    public init(interferogram: InterferogramID, source: String, seen: Date, newestAcquisition: AcquisitionDate) {
        self.interferogram = interferogram
        self.source = source
        self.seen = seen
        self.newestAcquisition = newestAcquisition
    }
}

/// One argument for deformation or for atmosphere. Shown, never a veto.
public struct Evidence: Hashable, Codable, Sendable {
    public enum Test: String, Codable, Sendable, CaseIterable {
        case coherence
        case independentPair = "independent-pair"
        case sharedDate = "shared-date"
        case timeSpan = "time-span"
        case phaseElevation = "phase-elevation"
    }

    /// From -1 (speaks for atmosphere) over 0 (says nothing) to 1 (speaks for deformation).
    public let weight: Double
    public let test: Test
    /// The figures behind the weight, by name, for templates in any language.
    public let figures: [String: Double]
    /// Interferograms that the argument refers to.
    public let pairs: [AcquisitionPair]

    public init(test: Test, weight: Double, figures: [String: Double], pairs: [AcquisitionPair]) {
        self.test = test
        self.weight = weight
        self.figures = figures
        self.pairs = pairs
    }
}

/// An earlier flag at the same volcano.
public struct EarlierFlag: Hashable, Codable, Sendable {
    public let interferogram: InterferogramID
    public let pMax: Probability
    /// What was told of it, if anything.
    public let kind: AlertKind?

    public init(interferogram: InterferogramID, pMax: Probability, kind: AlertKind?) {
        self.interferogram = interferogram
        self.pMax = pMax
        self.kind = kind
    }
}
