/// The two acquisitions whose phase difference an interferogram shows, the earlier one first. Written `yyyymmdd_yyyymmdd`.
public struct AcquisitionPair: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    public let earlier: AcquisitionDate
    public let later: AcquisitionDate

    public init?(_ earlier: AcquisitionDate, _ later: AcquisitionDate) {
        guard earlier < later else { return nil }
        self.earlier = earlier
        self.later = later
    }

    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, let a = AcquisitionDate(parts[0]), let b = AcquisitionDate(parts[1]) else { return nil }
        self.init(a, b)
    }

    /// Days between the two acquisitions.
    public var span: Int { later.days(since: earlier) }

    public func sharesDate(with other: Self) -> Bool {
        earlier == other.earlier || earlier == other.later || later == other.earlier || later == other.later
    }

    /// Whether the two intervals have more than an instant in common.
    public func overlaps(_ other: Self) -> Bool { earlier < other.later && other.earlier < later }

    public var description: String { "\(earlier)_\(later)" }

    /// By the later date, then by the earlier one: the order in which pairs become known.
    public static func < (a: Self, b: Self) -> Bool { (a.later, a.earlier) < (b.later, b.earlier) }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let pair = AcquisitionPair(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a pair written yyyymmdd_yyyymmdd")
        }
        self = pair
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// One interferogram: a pair in a frame. Written `frame/pair`.
public struct InterferogramID: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    public let frame: FrameID
    public let pair: AcquisitionPair

    public init(frame: FrameID, pair: AcquisitionPair) {
        self.frame = frame
        self.pair = pair
    }

    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let frame = FrameID(String(parts[0])), let pair = AcquisitionPair(parts[1]) else { return nil }
        self.init(frame: frame, pair: pair)
    }

    public var description: String { "\(frame)/\(pair)" }

    public static func < (a: Self, b: Self) -> Bool { a.pair == b.pair ? a.frame < b.frame : a.pair < b.pair }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = InterferogramID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not an interferogram written frame/pair")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
