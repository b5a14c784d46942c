public import Domain

/// One interferogram in a catalogue's listing.
public struct Listed: Hashable, Sendable {
    public let interferogram: InterferogramID
    /// Where its files are found, as the catalogue's adapter understands it.
    public let source: String
    public let version: ProductVersion

    public init(interferogram: InterferogramID, source: String, version: ProductVersion) {
        self.interferogram = interferogram
        self.source = source
        self.version = version
    }
}

/// What to do with the pairs of a frame's first listing in a catalogue.
public enum FirstListing: Sendable {
    /// They are the archive: known, never fetched, never alerted on (P13).
    case baseline
    /// They are work: for a drop folder, into which somebody puts what is to be looked at.
    case queue
}

/// What a listing added to the ledger, in the order of the listing.
public struct ListingChanges: Hashable, Sendable {
    /// Queued for the first time.
    public var new: [InterferogramID] = []
    /// Recorded as the archive.
    public var baseline: [InterferogramID] = []
    /// Queued again because a reprocessed version is out.
    public var superseding: [InterferogramID] = []
    /// Listed by this catalogue before and no longer. Their records stay.
    public var vanished: [InterferogramID] = []
    /// Why the listing cannot be all there is; the frame counts as degraded then.
    public var doubt: String?

    public init() {}
}

/// The newest recorded version of an interferogram, as far as a listing is compared with it.
struct KnownInterferogram {
    let id: Int64
    let interferogram: InterferogramID
    let catalogue: String
    let source: String
    let version: Int
    let product: ProductVersion
    let outcome: Outcome.Kind?
    let attempts: Int
}

/// What a listing means for one interferogram.
enum ListingChange: Equatable {
    case insert(asBaseline: Bool)
    /// A new version is queued; the old one ends as superseded.
    case supersede
    /// The same version, under another address or with more known about it.
    case refresh
    case none

    /// - Parameter isFirst: whether this catalogue had never listed the frame.
    static func decide(
        _ listed: Listed, known: KnownInterferogram?, catalogue: String, isFirst: Bool, first: FirstListing
    ) -> Self {
        guard let known else { return .insert(asBaseline: isFirst && first == .baseline) }
        guard known.catalogue == catalogue else {
            // Dates and sums of two catalogues do not compare: a copy is younger than its original. But where one has failed, the other
            // may do.
            return known.outcome == nil && known.attempts > 0 ? .refresh : .none
        }
        if listed.version.supersedes(known.product) {
            // The archive stays the archive: a reprocessing campaign would queue all of it.
            return known.outcome == .baseline ? .refresh : .supersede
        }
        let isSame = listed.source == known.source && listed.version == known.product
        // A finished version keeps the product that was assessed, so that a later listing is compared with that one.
        return !isSame && known.outcome == nil ? .refresh : .none
    }
}
