internal import Domain
internal import FoundationEssentials
internal import GRDB

/// Writes one listing within one transaction.
struct ListingWriter {
    private let db: Database
    private let frame: FrameID
    private let catalogue: String
    private let first: FirstListing
    private let now: Date
    private let isFirst: Bool
    private let priority: Int
    private var known: [InterferogramID: KnownInterferogram]
    var changes = ListingChanges()

    init(_ db: Database, frame: FrameID, catalogue: String, first: FirstListing, now: Date) throws {
        self.db = db
        self.frame = frame
        self.catalogue = catalogue
        self.first = first
        self.now = now
        try Self.ensure(frame, catalogue, db)
        isFirst =
            try Row.fetchOne(
                db, sql: "SELECT 1 FROM polling WHERE frame = ? AND catalogue = ? AND firstListed IS NOT NULL",
                arguments: [frame.name, catalogue]) == nil
        priority = try Int.fetchOne(db, sql: "SELECT priority FROM frame WHERE name = ?", arguments: [frame.name]) ?? 0
        known = [:]
        let rows = try Row.fetchAll(
            db, sql: "SELECT * FROM interferogram WHERE frame = ? AND current = 1", arguments: [frame.name])
        for row in rows {
            let interferogram = try row.interferogram()
            known[interferogram] = KnownInterferogram(
                id: row["id"], interferogram: interferogram, catalogue: row["catalogue"], source: row["source"],
                version: row["version"], product: try row.json(ProductVersion.self, "product"), outcome: try row.outcome()?.kind,
                attempts: row["attempts"])
        }
    }

    /// Makes the rows that everything about a frame refers to.
    static func ensure(_ frame: FrameID, _ catalogue: String, _ db: Database) throws {
        try db.execute(sql: "INSERT INTO frame (name) VALUES (?) ON CONFLICT DO NOTHING", arguments: [frame.name])
        try db.execute(
            sql: "INSERT INTO polling (frame, catalogue) VALUES (?, ?) ON CONFLICT DO NOTHING", arguments: [frame.name, catalogue])
    }

    /// What is wrong with a listing that could be read; nil if nothing.
    func doubt(about pairs: [Listed]) -> String? {
        if pairs.isEmpty { return "the listing is empty, \(knownHere) interferograms were listed before" }
        let gone = vanished(from: pairs)
        let missing = gone.filter { known[$0]?.outcome == nil }.count
        if missing > 0 { return "\(missing) waiting interferograms are no longer listed" }
        // Catalogues withdraw a pair now and then; several, and a tenth of all, is no housekeeping.
        return gone.count >= 2 && gone.count * 10 > knownHere
            ? "\(gone.count) of \(knownHere) interferograms listed before are no longer listed" : nil
    }

    /// How many interferograms this catalogue had listed before.
    private var knownHere: Int { known.values.filter { $0.catalogue == catalogue }.count }

    func vanished(from pairs: [Listed]) -> [InterferogramID] {
        let listed = Set(pairs.map(\.interferogram))
        return known.values.filter { $0.catalogue == catalogue && !listed.contains($0.interferogram) }.map(\.interferogram).sorted()
    }

    mutating func add(_ listed: Listed) throws {
        let old = known[listed.interferogram]
        switch ListingChange.decide(listed, known: old, catalogue: catalogue, isFirst: isFirst, first: first) {
        case .insert(let asBaseline):
            try insert(listed, version: 1, asBaseline: asBaseline)
            if asBaseline { changes.baseline.append(listed.interferogram) } else { changes.new.append(listed.interferogram) }
        case .supersede:
            guard let old else { return }
            try supersede(old)
            try insert(listed, version: old.version + 1, asBaseline: false)
            changes.superseding.append(listed.interferogram)
        case .refresh:
            guard let old else { return }
            try db.execute(
                sql: "UPDATE interferogram SET catalogue = ?, source = ?, product = ? WHERE id = ?",
                arguments: [catalogue, listed.source, try StoredJSON.text(listed.version), old.id])
        case .none: break
        }
    }

    private func supersede(_ old: KnownInterferogram) throws {
        try db.execute(
            sql: """
                UPDATE interferogram SET supersededOutcome = outcome, outcome = 'superseded', current = 0,
                    finished = coalesce(finished, ?) WHERE id = ?
                """, arguments: [now.milliseconds, old.id])
    }

    private mutating func insert(_ listed: Listed, version: Int, asBaseline: Bool) throws {
        let pair = listed.interferogram.pair
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO interferogram
                    (frame, pair, version, current, earlierDay, laterDay, catalogue, source, product, seen, priority, outcome, finished)
                VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(
            arguments: [
                frame.name, pair.description, version, pair.earlier.dayNumber, pair.later.dayNumber, catalogue, listed.source,
                try StoredJSON.text(listed.version), now.milliseconds, priority, asBaseline ? Outcome.Kind.baseline.rawValue : nil,
                asBaseline ? now.milliseconds : nil,
            ])
        // A pair that is listed twice in one listing is one interferogram.
        known[listed.interferogram] = KnownInterferogram(
            id: db.lastInsertedRowID, interferogram: listed.interferogram, catalogue: catalogue, source: listed.source,
            version: version, product: listed.version, outcome: asBaseline ? .baseline : nil, attempts: 0)
    }

    /// Brings the age of the frame's data up to date; after all pairs are added.
    func recordNewestAcquisition(in pairs: [Listed]) throws {
        guard let newest = pairs.map(\.interferogram.pair.later).max() else { return }
        try db.execute(
            sql: "UPDATE frame SET newestDay = max(coalesce(newestDay, 0), ?) WHERE name = ?",
            arguments: [newest.dayNumber, frame.name])
    }
}
