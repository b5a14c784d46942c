public import Domain
public import FoundationEssentials
internal import GRDB

/// How many interferograms stand where. Superseded versions are counted under their own name.
public struct InterferogramCounts: Hashable, Sendable {
    /// Known and not finished.
    public let waiting: Int
    /// Of these, failed at least once.
    public let retrying: Int
    public let outcomes: [Outcome.Kind: Int]
}

extension LedgerReader {
    public func counts() async throws(LedgerError) -> InterferogramCounts {
        try await read { db in
            var (waiting, outcomes) = (0, [Outcome.Kind: Int]())
            for row in try Row.fetchAll(db, sql: "SELECT outcome, count(*) AS n FROM interferogram GROUP BY outcome") {
                if let kind = try row.outcome()?.kind { outcomes[kind] = row["n"] } else { waiting = row["n"] }
            }
            let retrying = try Int.fetchOne(db, sql: "SELECT count(*) FROM interferogram WHERE outcome IS NULL AND attempts > 0")
            return InterferogramCounts(waiting: waiting, retrying: retrying ?? 0, outcomes: outcomes)
        }
    }

    /// Alerts, newest first; nil does not restrict.
    public func alerts(
        volcano: VolcanoNumber? = nil, since: Date? = nil, kind: AlertKind? = nil, limit: Int = 50
    ) async throws(LedgerError) -> [Alert] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT json FROM alert WHERE (?1 IS NULL OR volcano = ?1) AND issued >= ?2 AND (?3 IS NULL OR kind = ?3)
                    ORDER BY issued DESC, rowid DESC LIMIT ?4
                    """, arguments: [volcano?.value, since?.milliseconds ?? Int64.min, kind?.rawValue, limit]
            ).map { try $0.json(Alert.self) }
        }
    }

    public func alert(_ id: AlertID) async throws(LedgerError) -> Alert? {
        try await read { db in
            try Row.fetchOne(db, sql: "SELECT json FROM alert WHERE id = ?", arguments: [id.text])?.json(Alert.self)
        }
    }

    /// The alert's picture, PNG.
    public func picture(of alert: AlertID) async throws(LedgerError) -> Data? {
        try await read { db in try Data.fetchOne(db, sql: "SELECT png FROM picture WHERE alert = ?", arguments: [alert.text]) }
    }

    /// An episode's messages, first to last: a mail thread refers to the earlier ones.
    public func alerts(of episode: EpisodeID) async throws(LedgerError) -> [Alert] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT json FROM alert WHERE episode = ? ORDER BY issued, rowid", arguments: [episode.text])
                .map { try $0.json(Alert.self) }
        }
    }
}
