public import Domain
public import FoundationEssentials
internal import GRDB

/// An interferogram that waits to be fetched and assessed.
public struct Job: Hashable, Sendable {
    public let interferogram: InterferogramID
    /// 1 for the first published version, 2 for the first reprocessed one, and so on. To be given back with every result.
    public let version: Int
    public let catalogue: String
    public let source: String
    public let product: ProductVersion
    public let seen: Date
    public let priority: Int
    /// Failed attempts so far.
    public let attempts: Int
    public let lastError: String?
}

extension LedgerReader {
    /// What to work on next: frames of greater priority first, then later acquisitions first.
    /// - Parameters:
    ///   - running: those that are being worked on; not returned.
    public func nextJobs(limit: Int, at now: Date, except running: Set<InterferogramID> = []) async throws(LedgerError) -> [Job] {
        try await read { db in
            let rows = try Row.fetchAll(db, sql: Self.nextJobsSQL, arguments: [now.milliseconds, limit + running.count])
            return try rows.map(Job.init).filter { !running.contains($0.interferogram) }.prefix(limit).map { $0 }
        }
    }

    /// INDEXED BY makes it an error, not a slow query, if the index cannot serve the order.
    static let nextJobsSQL = """
        SELECT * FROM interferogram INDEXED BY waitingInterferogram
        WHERE outcome IS NULL AND notBefore <= ?
        ORDER BY priority DESC, laterDay DESC, earlierDay DESC, id LIMIT ?
        """

    /// When the next waiting interferogram may be tried; nil when nothing waits.
    public func nextJobDue() async throws(LedgerError) -> Date? {
        try await read { db in
            try Int64.fetchOne(
                db, sql: "SELECT min(notBefore) FROM interferogram INDEXED BY waitingInterferogram WHERE outcome IS NULL"
            )
            .map(Date.init(milliseconds:))
        }
    }

    /// Whether anything of these frames still waits. An episode must not end before older pairs have been looked at.
    /// - Parameter except: the interferogram that is being decided, which still counts as waiting.
    public func isWaiting(anyOf frames: Set<FrameID>, except: InterferogramID? = nil) async throws(LedgerError) -> Bool {
        try await read { db in
            for frame in frames.sorted() {
                let found = try Row.fetchOne(
                    db, sql: "SELECT 1 FROM interferogram WHERE frame = ? AND outcome IS NULL AND pair IS NOT ? LIMIT 1",
                    arguments: [frame.name, except?.frame == frame ? except?.pair.description : nil])
                if found != nil { return true }
            }
            return false
        }
    }
}

extension LedgerDatabase {
    /// Records a failed attempt that is worth another one.
    /// - Returns: false where this version has ended meanwhile (superseded): nothing is recorded then.
    @discardableResult
    public func recordRetry(
        _ interferogram: InterferogramID, version: Int, error: String, notBefore: Date, at now: Date
    ) async throws(LedgerError) -> Bool {
        try await write { db in
            guard let id = try interferogram.waiting(version: version, db) else { return false }
            try db.execute(
                sql: "UPDATE interferogram SET attempts = attempts + 1, lastError = ?, notBefore = ? WHERE id = ?",
                arguments: [error, notBefore.milliseconds, id])
            try Self.logAttempt(id, error, at: now, db)
            return true
        }
    }

    /// Ends an interferogram's way without a decision: rejected, or not assessable.
    /// - Returns: false where this version has ended before; its outcome stays as it was (P1).
    @discardableResult
    public func recordOutcome(
        _ outcome: Outcome, of interferogram: InterferogramID, version: Int, at now: Date
    ) async throws(LedgerError) -> Bool {
        try await write { db in
            guard let id = try interferogram.waiting(version: version, db) else { return false }
            if case .rejected(let reason) = outcome { try Self.logAttempt(id, reason, at: now, db) }
            try Self.finish(id, outcome, at: now, db)
            return true
        }
    }

    /// Moves what waits for another attempt after the wall clock was set, so that nothing is late or all at once (P9). Deliveries stay as
    /// they are: the courier goes by a clock that never runs backward.
    /// - Parameter seconds: by which the clock jumped forward; negative for backward.
    public func shiftSchedules(by seconds: TimeInterval) async throws(LedgerError) {
        let step = Int64((seconds * 1000).rounded())
        try await write { db in
            try db.execute(
                sql: "UPDATE interferogram SET notBefore = notBefore + ? WHERE outcome IS NULL AND notBefore > 0", arguments: [step]
            )
        }
    }

    static func finish(_ id: Int64, _ outcome: Outcome, at now: Date, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE interferogram SET outcome = ?, outcomeReason = ?, finished = ? WHERE id = ?",
            arguments: [outcome.kind.rawValue, outcome.reason, now.milliseconds, id])
    }

    private static func logAttempt(_ id: Int64, _ error: String, at now: Date, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO fetchAttempt (interferogram, number, at, error)
                SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3 FROM fetchAttempt WHERE interferogram = ?1
                """, arguments: [id, now.milliseconds, error])
    }
}

extension InterferogramID {
    /// The row of this version.
    /// - Throws: `inconsistent` for a version that was never listed.
    func row(version: Int, _ db: Database) throws -> Row {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM interferogram WHERE frame = ? AND pair = ? AND version = ?",
                arguments: [frame.name, pair.description, version])
        else { throw LedgerError.inconsistent("\(self), version \(version), was never listed") }
        return row
    }

    /// The row's number while this version waits, nil once it has ended.
    func waiting(version: Int, _ db: Database) throws -> Int64? {
        let row = try row(version: version, db)
        return row["outcome"] as String? == nil ? row["id"] : nil
    }
}

extension Job {
    init(_ row: Row) throws {
        self.init(
            interferogram: try row.interferogram(), version: row["version"], catalogue: row["catalogue"], source: row["source"],
            product: try row.json(ProductVersion.self, "product"), seen: row.instant("seen"), priority: row["priority"],
            attempts: row["attempts"], lastError: row["lastError"])
    }
}
