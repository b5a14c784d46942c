public import Domain
public import FoundationEssentials
internal import GRDB

/// A volcano's episodes at one moment, to decide upon. The stamp lets the ledger notice that another interferogram was decided since.
public struct EpisodeSnapshot: Hashable, Sendable {
    public let volcano: VolcanoNumber
    /// Of any state, oldest first.
    public let episodes: [Episode]
    let stamp: Int64
}

/// An alert on its way into the ledger, with its picture and everybody who is to get it.
public struct NewAlert: Hashable, Sendable {
    public let alert: Alert
    /// PNG.
    public let picture: Data?
    /// All of them waiting.
    public let deliveries: [Delivery]

    public init(alert: Alert, picture: Data?, deliveries: [Delivery]) {
        self.alert = alert
        self.picture = picture
        self.deliveries = deliveries
    }
}

/// Everything that was decided about one version of one interferogram.
public struct InterferogramDecisions: Sendable {
    public struct Entry: Sendable {
        public let volcano: VolcanoNumber
        public let model: ModelID
        /// The revision of the rules that decided.
        public let rules: String
        public let decision: Decision
        /// What is told; there must be one exactly where the decision has an announcement.
        public let alert: NewAlert?

        public init(volcano: VolcanoNumber, model: ModelID, rules: String, decision: Decision, alert: NewAlert?) {
            self.volcano = volcano
            self.model = model
            self.rules = rules
            self.decision = decision
            self.alert = alert
        }
    }

    public let interferogram: InterferogramID
    public let version: Int
    public let outcome: Outcome
    /// What was decided upon, one for each volcano with an entry.
    public let snapshots: [EpisodeSnapshot]
    /// In the order in which they were decided: a volcano's own decision, then the endings it brought.
    public let entries: [Entry]

    public init(
        interferogram: InterferogramID, version: Int, outcome: Outcome, snapshots: [EpisodeSnapshot], entries: [Entry]
    ) {
        self.interferogram = interferogram
        self.version = version
        self.outcome = outcome
        self.snapshots = snapshots
        self.entries = entries
    }
}

/// What became of a commit.
public enum CommitResult: Hashable, Sendable {
    case stored
    /// This version had ended before (an earlier commit, or superseded); nothing was changed. These alerts belong to it.
    case alreadyStored(alerts: [AlertID])
    /// Another interferogram of these volcanoes was decided since the snapshots were taken: decide again. Nothing was changed.
    case stale([VolcanoNumber])
}

extension LedgerDatabase {
    /// Stores decisions, episodes, alerts with their pictures and deliveries, and the interferogram's outcome in one transaction
    /// (commit 3 of 4): after a crash all of it is there or none. Nothing may be sent before this returns `stored`.
    public func commitDecisions(_ decisions: InterferogramDecisions, at now: Date) async throws(LedgerError) -> CommitResult {
        try decisions.check()
        return try await write { db in
            let row = try decisions.interferogram.row(version: decisions.version, db)
            let id: Int64 = row["id"]
            if row["outcome"] as String? != nil {
                let alerts = try String.fetchAll(
                    db, sql: "SELECT id FROM alert WHERE interferogram = ? ORDER BY id", arguments: [id])
                return .alreadyStored(alerts: alerts.map { AlertID($0) })
            }
            let stale = try decisions.snapshots.filter { try EpisodeSnapshot.stamp(of: $0.volcano, db) != $0.stamp }
            guard stale.isEmpty else { return .stale(stale.map(\.volcano)) }
            for entry in decisions.entries { try entry.store(for: id, at: now, db) }
            try Self.finish(id, decisions.outcome, at: now, db)
            return .stored
        }
    }

    /// Stores an alert that no interferogram led to: a test alert (P17).
    public func commitTestAlert(_ alert: NewAlert) async throws(LedgerError) {
        guard alert.alert.kind == .test else { throw .inconsistent("\(alert.alert.id) is not a test alert") }
        try alert.check()
        try await write { db in try alert.store(interferogram: nil, db) }
    }
}

extension LedgerReader {
    /// A volcano's episodes, to decide upon.
    public func episodes(of volcano: VolcanoNumber) async throws(LedgerError) -> EpisodeSnapshot {
        try await read { db in
            let episodes = try Row.fetchAll(
                db, sql: "SELECT json FROM episode WHERE volcano = ? ORDER BY lastActiveDay, id", arguments: [volcano.value]
            ).map { try $0.json(Episode.self) }
            return EpisodeSnapshot(volcano: volcano, episodes: episodes, stamp: try EpisodeSnapshot.stamp(of: volcano, db))
        }
    }

    /// All open episodes, by volcano.
    public func openEpisodes() async throws(LedgerError) -> [Episode] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT json FROM episode WHERE state = 'open' ORDER BY volcano, id")
                .map { try $0.json(Episode.self) }
        }
    }
}

extension EpisodeSnapshot {
    /// Every commit about a volcano adds a decision, so its last decision's number tells whether there was another commit.
    static func stamp(of volcano: VolcanoNumber, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(id) FROM decision WHERE volcano = ?", arguments: [volcano.value]) ?? 0
    }
}
