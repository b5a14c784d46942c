public import Domain
public import FoundationEssentials
internal import GRDB

/// How polling one frame in one catalogue goes.
public struct FramePolling: Hashable, Sendable {
    public let frame: FrameID
    public let catalogue: String
    /// When its first listing arrived.
    public let firstListed: Date?
    public let lastSuccess: Date?
    /// What the last poll failed with; nil after a success.
    public let lastError: String?
    public let lastErrorAt: Date?
    /// Failed polls in a row.
    public let failures: Int
    /// Why the frame is degraded although, or because, polls answer as they do.
    public let degraded: String?
    /// Pairs in the last successful listing.
    public let pairs: Int
}

extension LedgerDatabase {
    /// Records a successful listing and queues what is new in it.
    ///
    /// A pair that is reprocessed (`ProductVersion.supersedes`) is queued again as its next version; the old one ends as superseded,
    /// its results stay. Baseline pairs stay baseline when they are reprocessed. An empty listing, or one without an
    /// interferogram that waits to be fetched, is recorded as degraded and loses nothing. An empty one is nobody's first listing.
    public func recordListing(
        _ pairs: [Listed], of frame: FrameID, in catalogue: String, first: FirstListing = .baseline, at now: Date
    ) async throws(LedgerError) -> ListingChanges {
        guard pairs.allSatisfy({ $0.interferogram.frame == frame }) else {
            throw .inconsistent("a listing of \(frame) with interferograms of another frame")
        }
        return try await write { db in
            var listing = try ListingWriter(db, frame: frame, catalogue: catalogue, first: first, now: now)
            for listed in pairs { try listing.add(listed) }
            try listing.recordNewestAcquisition(in: pairs)
            listing.changes.vanished = listing.vanished(from: pairs)
            listing.changes.doubt = listing.doubt(about: pairs)
            try db.execute(
                sql: """
                    UPDATE polling SET lastSuccess = :now, lastError = NULL, lastErrorAt = NULL, failures = 0, degraded = :degraded,
                        pairs = :pairs, firstListed = CASE WHEN :pairs > 0 THEN coalesce(firstListed, :now) ELSE firstListed END
                    WHERE frame = :frame AND catalogue = :catalogue
                    """,
                arguments: [
                    "now": now.milliseconds, "degraded": listing.changes.doubt, "pairs": pairs.count, "frame": frame.name,
                    "catalogue": catalogue,
                ])
            return listing.changes
        }
    }

    /// Records that the server said "not modified".
    /// - Parameter isHealthy: whether that ends what was recorded as degraded; a listing that was degraded and has not changed still is.
    public func recordUnchanged(
        _ frame: FrameID, in catalogue: String, isHealthy: Bool = false, at now: Date
    ) async throws(LedgerError) {
        try await write { db in
            try ListingWriter.ensure(frame, catalogue, db)
            try db.execute(
                sql: """
                    UPDATE polling SET lastSuccess = ?, lastError = NULL, lastErrorAt = NULL, failures = 0,
                        degraded = CASE WHEN ? THEN NULL ELSE degraded END
                    WHERE frame = ? AND catalogue = ?
                    """, arguments: [now.milliseconds, isHealthy, frame.name, catalogue])
        }
    }

    /// Records a poll that failed.
    /// - Parameter degraded: set where the failure means more than a passing trouble; nil leaves what was recorded.
    public func recordPollFailure(
        _ error: String, of frame: FrameID, in catalogue: String, degraded: String? = nil, at now: Date
    ) async throws(LedgerError) {
        try await write { db in
            try ListingWriter.ensure(frame, catalogue, db)
            try db.execute(
                sql: """
                    UPDATE polling SET lastError = ?, lastErrorAt = ?, failures = failures + 1, degraded = coalesce(?, degraded)
                    WHERE frame = ? AND catalogue = ?
                    """,
                arguments: [error, now.milliseconds, degraded, frame.name, catalogue])
        }
    }

    /// Keeps a frame's outline, so that it is fetched once.
    public func recordPolygon(_ polygon: FramePolygon, of frame: FrameID) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: "INSERT INTO frame (name, polygon) VALUES (?, ?) ON CONFLICT DO UPDATE SET polygon = excluded.polygon",
                arguments: [frame.name, try StoredJSON.text(polygon)])
        }
    }

    /// Says which frames go first. The whole list: frames that are not in it fall to 0. Waiting interferograms move at once.
    public func setFramePriority(_ priorities: [FrameID: Int]) async throws(LedgerError) {
        try await write { db in
            var wanted = Dictionary(uniqueKeysWithValues: priorities.map { ($0.key.name, $0.value) })
            for row in try Row.fetchAll(db, sql: "SELECT name, priority FROM frame") {
                let name: String = row["name"]
                let priority = wanted.removeValue(forKey: name) ?? 0
                guard priority != row["priority"] else { continue }
                try db.execute(sql: "UPDATE frame SET priority = ? WHERE name = ?", arguments: [priority, name])
                try db.execute(
                    sql: "UPDATE interferogram SET priority = ? WHERE frame = ? AND outcome IS NULL", arguments: [priority, name])
            }
            for (name, priority) in wanted {
                try db.execute(sql: "INSERT INTO frame (name, priority) VALUES (?, ?)", arguments: [name, priority])
            }
        }
    }
}

extension LedgerReader {
    /// The state of polling, by frame and catalogue.
    public func polling(frame: FrameID? = nil) async throws(LedgerError) -> [FramePolling] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM polling WHERE ?1 IS NULL OR frame = ?1 ORDER BY frame, catalogue", arguments: [frame?.name]
            ).map { row in
                FramePolling(
                    frame: try row.frame(), catalogue: row["catalogue"], firstListed: row.instantIfAny("firstListed"),
                    lastSuccess: row.instantIfAny("lastSuccess"), lastError: row["lastError"],
                    lastErrorAt: row.instantIfAny("lastErrorAt"), failures: row["failures"], degraded: row["degraded"],
                    pairs: row["pairs"])
            }
        }
    }

    public func polygons() async throws(LedgerError) -> [FrameID: FramePolygon] {
        try await read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT name, polygon FROM frame WHERE polygon IS NOT NULL")
            return try Dictionary(
                uniqueKeysWithValues: rows.map { (try $0.frame("name"), try $0.json(FramePolygon.self, "polygon")) })
        }
    }

    /// The newest acquisition of each frame in any listing, archive included: the age of the data.
    public func newestAcquisitions() async throws(LedgerError) -> [FrameID: AcquisitionDate] {
        try await read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT name, newestDay FROM frame WHERE newestDay IS NOT NULL")
            return try Dictionary(
                uniqueKeysWithValues: rows.map { (try $0.frame("name"), AcquisitionDate(dayNumber: $0["newestDay"])) })
        }
    }

    /// Nil for a frame that was never listed.
    public func newestAcquisition(of frame: FrameID) async throws(LedgerError) -> AcquisitionDate? {
        try await read { db in
            try Int.fetchOne(db, sql: "SELECT newestDay FROM frame WHERE name = ?", arguments: [frame.name])
                .map(AcquisitionDate.init(dayNumber:))
        }
    }
}
