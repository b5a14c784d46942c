public import Domain
public import FoundationEssentials
internal import GRDB

/// A verdict on its way into the ledger; see ``ReviewVerdict`` for its parts.
public struct NewVerdict: Hashable, Sendable {
    public var subject: VerdictSubject
    public var verdict: Verdict
    public var region: VerdictRegion?
    public var who: String
    public var why: String
    public var alert: AlertID?
    public var finding: Finding?
    public var model: ModelID?
    public var crop: String?

    public init(
        subject: VerdictSubject, verdict: Verdict, region: VerdictRegion? = nil, who: String, why: String = "", alert: AlertID? = nil,
        finding: Finding? = nil, model: ModelID? = nil, crop: String? = nil
    ) {
        self.subject = subject
        self.verdict = verdict
        self.region = region
        self.who = who
        self.why = why
        self.alert = alert
        self.finding = finding
        self.model = model
        self.crop = crop
    }
}

/// What a verdict does to an episode, decided upon the volcano's episodes as they were.
public struct EpisodeWithdrawal: Sendable {
    public let interferogram: InterferogramID
    public let version: Int
    public let snapshot: EpisodeSnapshot
    public let entry: InterferogramDecisions.Entry

    public init(interferogram: InterferogramID, version: Int, snapshot: EpisodeSnapshot, entry: InterferogramDecisions.Entry) {
        self.interferogram = interferogram
        self.version = version
        self.snapshot = snapshot
        self.entry = entry
    }
}

/// What became of a verdict.
public enum VerdictResult: Hashable, Sendable {
    case stored(ReviewVerdict)
    /// The volcano was decided upon since the snapshot: decide again. Nothing was stored.
    case stale
}

extension LedgerDatabase {
    /// Stores a verdict and, in the same transaction, the withdrawal of the episode that it leads to. Nothing earlier is changed.
    public func recordVerdict(
        _ new: NewVerdict, withdrawing withdrawal: EpisodeWithdrawal? = nil, at now: Date
    ) async throws(LedgerError) -> VerdictResult {
        if let withdrawal {
            guard withdrawal.snapshot.volcano == withdrawal.entry.volcano, withdrawal.entry.decision.reason == .rejected else {
                throw .inconsistent("a verdict on \(new.subject.key) with a decision of another kind or volcano")
            }
            try withdrawal.entry.alert?.check()
        }
        return try await write { db in
            if let withdrawal {
                guard try EpisodeSnapshot.stamp(of: withdrawal.snapshot.volcano, db) == withdrawal.snapshot.stamp else { return .stale }
                let id: Int64 = try withdrawal.interferogram.row(version: withdrawal.version, db)["id"]
                try withdrawal.entry.store(for: id, at: now, db)
            }
            let number = try Int.fetchOne(db, sql: "SELECT coalesce(max(id), 0) + 1 FROM verdict") ?? 1
            let verdict = ReviewVerdict(
                number: number, subject: new.subject, verdict: new.verdict, region: new.region, who: new.who,
                at: Date(milliseconds: now.milliseconds), why: new.why, alert: new.alert, finding: new.finding, model: new.model, crop: new.crop)
            try db.execute(
                sql: "INSERT INTO verdict (id, subject, frame, pair, volcano, verdict, alert, at, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    number, new.subject.key, new.subject.interferogram?.frame.name, new.subject.interferogram?.pair.description,
                    new.subject.volcano?.value, new.verdict.rawValue, new.alert?.text, now.milliseconds, try StoredJSON.text(verdict),
                ])
            return .stored(verdict)
        }
    }
}

extension LedgerReader {
    /// All verdicts, those superseded by later ones too, oldest first.
    public func verdicts() async throws(LedgerError) -> [ReviewVerdict] {
        try await read { db in try Row.fetchAll(db, sql: "SELECT json FROM verdict ORDER BY id").map { try $0.json(ReviewVerdict.self) } }
    }

    public func verdict(_ number: Int) async throws(LedgerError) -> ReviewVerdict? {
        try await read { db in
            try Row.fetchOne(db, sql: "SELECT json FROM verdict WHERE id = ?", arguments: [number])?.json(ReviewVerdict.self)
        }
    }

    /// The verdicts on one interferogram, whichever volcano, oldest first.
    public func verdicts(on interferogram: InterferogramID) async throws(LedgerError) -> [ReviewVerdict] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT json FROM verdict WHERE frame = ? AND pair = ? ORDER BY id",
                arguments: [interferogram.frame.name, interferogram.pair.description]
            ).map { try $0.json(ReviewVerdict.self) }
        }
    }

    /// What counts of the verdicts on a volcano: the last one on each interferogram.
    public func verdictsInForce(on volcano: VolcanoNumber) async throws(LedgerError) -> [InterferogramID: Verdict] {
        try await read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT frame, pair, verdict FROM verdict WHERE volcano = ? AND frame IS NOT NULL ORDER BY id",
                arguments: [volcano.value])
            return try rows.reduce(into: [:]) { $0[try $1.interferogram()] = try $1.parsed("verdict", Verdict.init(rawValue:)) }
        }
    }

    /// A flagged assessment that nobody has judged yet.
    public struct WaitingForReview: Hashable, Codable, Sendable {
        public let assessment: Assessment
        public let version: Int
        /// The message that told of it, if one did.
        public let alert: AlertID?

        public init(assessment: Assessment, version: Int, alert: AlertID?) {
            self.assessment = assessment
            self.version = version
            self.alert = alert
        }
    }

    public enum ReviewOrder: String, Sendable, CaseIterable {
        case newest, highest
    }

    /// What was flagged and has no verdict. What belongs to a neighbouring volcano is left out: it is judged there.
    public func waitingForReview(
        from threshold: Probability, order: ReviewOrder, limit: Int
    ) async throws(LedgerError) -> [WaitingForReview] {
        let key = order == .newest ? "a.laterDay DESC, a.pMax DESC" : "a.pMax DESC, a.laterDay DESC"
        return try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT a.json, i.version, d.alert FROM assessment a JOIN interferogram i ON i.id = a.interferogram
                    LEFT JOIN decision d ON d.interferogram = a.interferogram AND d.volcano = a.volcano AND d.model = a.model AND d.ending = ''
                    WHERE a.pMax >= ? AND i.current = 1 AND coalesce(d.reason, '') <> 'neighbouring-volcano'
                        AND NOT EXISTS (
                            SELECT 1 FROM verdict v WHERE v.frame = i.frame AND v.pair = i.pair AND v.volcano = a.volcano)
                    ORDER BY \(key), a.interferogram, a.volcano LIMIT ?
                    """, arguments: [threshold.value, limit]
            ).map { row in
                WaitingForReview(
                    assessment: try row.json(Assessment.self), version: row["version"], alert: (row["alert"] as String?).map { AlertID($0) })
            }
        }
    }
}
