/// How loud an alert is. Receivers choose from which tier on they want to hear.
public enum Tier: String, Codable, Sendable, Comparable, CaseIterable {
    case notify
    case alert

    public static func < (a: Self, b: Self) -> Bool { a == .notify && b == .alert }
}

/// Thresholds on P_max and the rules that keep one event from becoming many messages.
public struct AlertRules: Hashable, Codable, Sendable {
    /// From here on an episode opens, at tier `notify`.
    public var notify: Probability
    /// From here on its tier is `alert`.
    public var alert: Probability
    /// Below this an observation is quiet. Between this and `notify` it keeps an open episode open (hysteresis).
    public var release: Probability
    /// An episode ends when its place has not been flagged for this many days of acquisitions.
    public var quietDays: Int
    /// Two flags closer than this, in metres, are at the same place.
    public var samePlace: Double
    /// Within an episode, a flagged area this many times the last told one is news.
    public var growth: Double
    /// A pair that ends this many days before the frame's newest acquisition is history: recorded, not told.
    public var historicDays: Int

    public init(
        notify: Probability, alert: Probability, release: Probability, quietDays: Int, samePlace: Double, growth: Double,
        historicDays: Int
    ) {
        self.notify = notify
        self.alert = alert
        self.release = release
        self.quietDays = quietDays
        self.samePlace = samePlace
        self.growth = growth
        self.historicDays = historicDays
    }

    public static let standard = AlertRules(
        notify: Probability(0.5)!, alert: Probability(0.8)!, release: Probability(0.4)!, quietDays: 30, samePlace: 10_000,
        growth: 2, historicDays: 60)
}

public struct EpisodeID: Hashable, Codable, Sendable, CustomStringConvertible {
    public let text: String
    public init(_ text: String) { self.text = text }
    public var description: String { text }

    public init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// A volcano's unrest at one place, from its first flag until it has been quiet.
public struct Episode: Hashable, Codable, Sendable {
    public enum State: String, Codable, Sendable { case open, ended, cancelled }

    /// One flagged interferogram of the episode.
    public struct Flag: Hashable, Codable, Sendable {
        public let interferogram: InterferogramID
        public let pMax: Probability
        public let place: GeoPoint
        /// Square kilometres above 0.5.
        public let area: Double

        public init(interferogram: InterferogramID, pMax: Probability, place: GeoPoint, area: Double) {
            self.interferogram = interferogram
            self.pMax = pMax
            self.place = place
            self.area = area
        }
    }

    public let id: EpisodeID
    public let volcano: VolcanoNumber
    public var state: State
    /// Place of the first flag.
    public let place: GeoPoint
    /// The highest tier told so far.
    public var tier: Tier
    /// Number of the last message, 1 for the first.
    public var revision: Int
    /// Two flagged pairs that share no acquisition were seen.
    public var confirmed: Bool
    /// The largest flagged area told so far, square kilometres.
    public var toldArea: Double
    /// The latest acquisition that kept the episode alive.
    public var lastActive: AcquisitionDate
    public var flags: [Flag]

    public init(
        id: EpisodeID, volcano: VolcanoNumber, state: State, place: GeoPoint, tier: Tier, revision: Int, confirmed: Bool,
        toldArea: Double, lastActive: AcquisitionDate, flags: [Flag]
    ) {
        self.id = id
        self.volcano = volcano
        self.state = state
        self.place = place
        self.tier = tier
        self.revision = revision
        self.confirmed = confirmed
        self.toldArea = toldArea
        self.lastActive = lastActive
        self.flags = flags
    }
}
