public import Domain
public import FoundationEssentials

/// A place that publishes interferograms. One file per catalogue: a new one conforms to this and nothing else changes.
///
/// All calls are reads without side effects; each has a deadline (the transport's). They may be repeated at will.
public protocol InterferogramCatalogue: Sendable {
    /// Short, for status and the ledger: "jasmin", "ceda", or a local directory's path.
    var name: String { get }

    /// The pairs that the catalogue lists for a frame now.
    /// - Parameter validator: from the last listing; nil asks for the whole listing whatever happens.
    ///   Ask so once a day: an index may answer "unchanged" although a pair was replaced in place.
    func list(_ frame: FrameID, unlessUnchanged validator: ListingValidator?) async throws(CatalogueError) -> ListingAnswer

    /// Where a listed pair's wrapped phase and coherence are, and what is known of their version.
    func products(of listed: ListedPair) async throws(CatalogueError) -> PairProducts

    /// A frame's outline; nil where the catalogue has none for it.
    func polygon(of frame: FrameID) async throws(CatalogueError) -> FramePolygon?

    /// Where a frame's elevation would be, in metres on the grid of its interferograms; nil where it is known to have none.
    func elevation(of frame: FrameID) async throws(CatalogueError) -> Product?

    /// Every frame that the catalogue holds, where a single look tells; nil where that would take many requests.
    func allFrames() async throws(CatalogueError) -> [FrameID]?
}

extension InterferogramCatalogue {
    public func allFrames() async throws(CatalogueError) -> [FrameID]? { nil }
}

public enum ListingAnswer: Hashable, Sendable {
    /// As it was when the validator was made.
    case unchanged
    case listing(FrameListing)
}

/// What makes the next listing cheap. To be kept and handed back as it is.
public struct ListingValidator: Hashable, Codable, Sendable {
    /// The server's ETag.
    public let entityTag: String?
    /// The server's Last-Modified; nil where it was too fresh to be trusted.
    public let lastModified: Date?
    /// SHA-256 of the listing's content: an index is generated, and neither Apache nor nginx answers 304 for one.
    public let digest: String

    public init(entityTag: String?, lastModified: Date?, digest: String) {
        self.entityTag = entityTag
        self.lastModified = lastModified
        self.digest = digest
    }
}

/// The pairs of one frame as a catalogue lists them.
public struct FrameListing: Hashable, Sendable {
    public let frame: FrameID
    /// In the order in which pairs become known; each pair once.
    public let pairs: [ListedPair]
    /// What was seen and not taken, and why: hostile links, products on tape, half-written files.
    public let remarks: [ListingRemark]
    public let validator: ListingValidator
    /// Seconds after which something that is being written may be complete; nil when nothing is.
    public let lookAgainAfter: Int?

    public init(
        frame: FrameID, pairs: [ListedPair], remarks: [ListingRemark], validator: ListingValidator,
        lookAgainAfter: Int? = nil
    ) {
        var seen: Set<AcquisitionPair> = []
        let unique = pairs.filter { seen.insert($0.id.pair).inserted }.sorted { $0.id < $1.id }
        self.frame = frame
        self.pairs = unique
        self.remarks = remarks
        self.validator = validator
        self.lookAgainAfter = lookAgainAfter
    }
}

public struct ListedPair: Hashable, Codable, Sendable {
    public let id: InterferogramID
    public let location: ProductLocation
    /// What the listing itself says. Compare it with the version of an earlier listing, not with a fetched file's:
    /// an index shows the time of the pair's manifest, a file's header that of the file.
    public let version: ProductVersion

    public init(id: InterferogramID, location: ProductLocation, version: ProductVersion) {
        self.id = id
        self.location = location
        self.version = version
    }
}

/// Something in a listing that was not taken.
public struct ListingRemark: Hashable, Codable, Sendable, CustomStringConvertible {
    public enum Reason: String, Codable, Sendable, CaseIterable {
        /// The link leads where the catalogue may not send us.
        case refusedLink = "refused-link"
        case corrupted
        case onTape = "on-tape"
        /// Half-written, or not yet quiet for long enough.
        case stillChanging = "still-changing"
        case notARegularFile = "not-a-regular-file"
        case empty
    }

    public let reason: Reason
    /// The item's name or link, made printable and cut to 200 characters.
    public let item: String
    public let detail: String

    public init(_ reason: Reason, item: String, detail: String) {
        self.reason = reason
        self.item = item.onOneLine(upTo: 200)
        self.detail = detail
    }

    public var description: String { "\(item): \(detail)" }
}
