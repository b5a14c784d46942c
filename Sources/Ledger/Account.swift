public import Domain
public import FoundationEssentials
internal import GRDB

/// Everything that the ledger knows of one interferogram.
public struct InterferogramAccount: Hashable, Sendable {
    /// A failed attempt to fetch and assess it.
    public struct Attempt: Hashable, Sendable {
        public let at: Date
        public let error: String
    }

    /// A decision as it was recorded; for an ending, the episode that it ended.
    public struct RecordedDecision: Hashable, Sendable {
        public let volcano: VolcanoNumber
        public let model: String
        public let rules: String
        public let at: Date
        public let reason: DecisionReason
        public let explanation: String
        public let episode: EpisodeID?
        public let alert: AlertID?
    }

    /// One published version and its way through the daemon.
    public struct Version: Hashable, Sendable {
        /// 1 for the first published version, 2 for the first reprocessed one, and so on.
        public let number: Int
        public let catalogue: String
        public let source: String
        public let product: ProductVersion
        public let seen: Date
        /// Failed attempts.
        public let attempts: Int
        public let lastError: String?
        /// When it may be tried next; only while it waits.
        public let notBefore: Date?
        /// Nil while it waits.
        public let outcome: Outcome?
        public let finished: Date?
        /// How a superseded version had ended before.
        public let supersededOutcome: Outcome.Kind?
        /// Seconds by stage.
        public let timings: [String: Double]
        public let failures: [Attempt]
        public let assessments: [Assessment]
        public let decisions: [RecordedDecision]
    }

    public let interferogram: InterferogramID
    /// Newest first; never empty.
    public let versions: [Version]
    /// Oldest first.
    public let alerts: [Alert]
    public let deliveries: [Delivery]
}

extension LedgerReader {
    /// Nil for an interferogram that was never listed.
    public func account(of interferogram: InterferogramID) async throws(LedgerError) -> InterferogramAccount? {
        try await read { db in try InterferogramAccount(interferogram, db) }
    }

    /// The frames in which this pair was listed.
    public func frames(with pair: AcquisitionPair) async throws(LedgerError) -> [FrameID] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT DISTINCT frame FROM interferogram WHERE pair = ? ORDER BY frame", arguments: [pair.description]
            ).map { try $0.frame() }
        }
    }

    /// The accounts of interferograms beyond the archive, the last seen first.
    public func recentAccounts(limit: Int) async throws(LedgerError) -> [InterferogramAccount] {
        try await read { db in
            try Row.fetchAll(db, sql: Self.recentSQL, arguments: [limit]).compactMap { try InterferogramAccount($0.interferogram(), db) }
        }
    }

    static let recentSQL = """
        SELECT frame, pair FROM interferogram INDEXED BY processedInterferogram
        WHERE outcome IS NOT 'baseline' AND current = 1 ORDER BY seen DESC, id DESC LIMIT ?
        """
}

extension InterferogramAccount {
    /// Nil for an interferogram that was never listed.
    init?(_ interferogram: InterferogramID, _ db: Database) throws {
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM interferogram WHERE frame = ? AND pair = ? ORDER BY version DESC"),
            arguments: [interferogram.frame.name, interferogram.pair.description])
        guard !rows.isEmpty else { return nil }
        let ids = rows.reversed().map { $0["id"] as Int64 }
        self.init(
            interferogram: interferogram, versions: try rows.map { try Version($0, db) },
            alerts: try ids.flatMap { id in
                try Row.fetchAll(
                    db.cachedStatement(sql: "SELECT json FROM alert WHERE interferogram = ? ORDER BY issued, rowid"), arguments: [id]
                ).map { try $0.json(Alert.self) }
            },
            deliveries: try ids.flatMap { id in
                try Row.fetchAll(
                    db.cachedStatement(
                        sql: """
                            SELECT delivery.* FROM alert JOIN delivery ON delivery.alert = alert.id
                            WHERE alert.interferogram = ? ORDER BY delivery.created, delivery.id
                            """), arguments: [id]
                ).map(Delivery.init)
            })
    }
}

extension InterferogramAccount.Version {
    init(_ row: Row, _ db: Database) throws {
        let id: Int64 = row["id"]
        let outcome = try row.outcome()
        let notBefore: Int64 = row["notBefore"]
        self.init(
            number: row["version"], catalogue: row["catalogue"], source: row["source"],
            product: try row.json(ProductVersion.self, "product"), seen: row.instant("seen"), attempts: row["attempts"],
            lastError: row["lastError"],
            notBefore: outcome == nil && notBefore > 0 ? Date(milliseconds: notBefore) : nil, outcome: outcome,
            finished: row.instantIfAny("finished"),
            supersededOutcome: try row.parsedIfAny("supersededOutcome", Outcome.Kind.init(rawValue:)),
            timings: try row.jsonIfAny([String: Double].self, "timings") ?? [:],
            failures: try Row.fetchAll(
                db, sql: "SELECT * FROM fetchAttempt WHERE interferogram = ? ORDER BY number", arguments: [id]
            )
            .map { InterferogramAccount.Attempt(at: $0.instant("at"), error: $0["error"]) },
            assessments: try Row.fetchAll(
                db, sql: "SELECT json FROM assessment WHERE interferogram = ? ORDER BY volcano, model", arguments: [id]
            ).map { try $0.json(Assessment.self) },
            decisions: try Row.fetchAll(db, sql: "SELECT * FROM decision WHERE interferogram = ? ORDER BY id", arguments: [id])
                .map(InterferogramAccount.RecordedDecision.init))
    }
}

extension InterferogramAccount.RecordedDecision {
    init(_ row: Row) throws {
        self.init(
            volcano: try row.volcano(), model: row["model"], rules: row["rules"], at: row.instant("at"),
            reason: try row.parsed("reason", DecisionReason.init(rawValue:)), explanation: row["explanation"],
            episode: (row["episode"] as String?).map { EpisodeID($0) }, alert: (row["alert"] as String?).map { AlertID($0) })
    }
}
