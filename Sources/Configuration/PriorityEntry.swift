public import Domain

/// How urgent a priority volcano is among its like.
public enum PriorityLevel: String, Sendable, Hashable, Codable, Comparable, CaseIterable {
    case high, medium, low

    /// 3 for high, 1 for low: the higher goes first.
    public var rank: Int {
        switch self {
        case .high: 3
        case .medium: 2
        case .low: 1
        }
    }

    public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}

/// Thresholds of one volcano's own; one that is nil stays as configured.
public struct PriorityThresholds: Sendable, Hashable, Codable {
    public var notify: Probability?
    public var alert: Probability?

    public init(notify: Probability? = nil, alert: Probability? = nil) {
        self.notify = notify
        self.alert = alert
    }
}

/// One volcano that has priority, and why.
public struct PriorityEntry: Sendable, Hashable, Codable {
    public var volcano: Volcano
    public var reason: String
    /// The last UTC day on which the entry counts; nil: until it is removed.
    public var until: AcquisitionDate?
    public var level: PriorityLevel
    public var thresholds: PriorityThresholds?
    /// Told of this volcano whatever their own filters for volcanoes and countries say.
    public var receivers: [ReceiverName]

    public init(
        volcano: Volcano, reason: String, until: AcquisitionDate? = nil, level: PriorityLevel = .high,
        thresholds: PriorityThresholds? = nil,
        receivers: [ReceiverName] = []
    ) {
        self.volcano = volcano
        self.reason = reason
        self.until = until
        self.level = level
        self.thresholds = thresholds
        self.receivers = receivers
    }

    public func isActive(on day: AcquisitionDate) -> Bool { until.map { day <= $0 } ?? true }
}
