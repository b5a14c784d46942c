public import FoundationEssentials

/// What a catalogue says of one published version of a product; whatever of it is known.
public struct ProductVersion: Hashable, Codable, Sendable {
    public let lastModified: Date?
    public let entityTag: String?
    /// 32 hex digits, lower case.
    public let md5: String?
    public let size: Int?

    public init(lastModified: Date? = nil, entityTag: String? = nil, md5: String? = nil, size: Int? = nil) {
        self.lastModified = lastModified
        self.entityTag = entityTag
        self.md5 = md5
        self.size = size
    }

    /// Whether this is a reprocessed product and so supersedes `other`: another md5, or a later modification by more than a minute
    /// (an index shows minutes, a header seconds).
    public func supersedes(_ other: ProductVersion) -> Bool {
        if let mine = md5, let theirs = other.md5 { return mine != theirs }
        if let mine = lastModified, let theirs = other.lastModified { return mine.timeIntervalSince(theirs) > 60 }
        return false
    }
}

/// How an interferogram's way through the daemon ended. Every interferogram gets exactly one.
public enum Outcome: Hashable, Codable, Sendable {
    /// Already in the archive when its frame was first listed: known, not fetched, never alerted on.
    case baseline
    /// At least one volcano was scored.
    case scored
    /// No volcano in it could be assessed.
    case notAssessable(String)
    /// Its files are bad or gone; says what is wrong.
    case rejected(String)
    /// A reprocessed version took its place.
    case superseded

    public enum Kind: String, Codable, Sendable, CaseIterable {
        case baseline, scored, notAssessable = "not-assessable", rejected, superseded
    }

    public var kind: Kind {
        switch self {
        case .baseline: .baseline
        case .scored: .scored
        case .notAssessable: .notAssessable
        case .rejected: .rejected
        case .superseded: .superseded
        }
    }

    public var reason: String? {
        switch self {
        case .notAssessable(let reason), .rejected(let reason): reason
        case .baseline, .scored, .superseded: nil
        }
    }
}
