public import FoundationEssentials
internal import GRDB

/// Something that happened to the daemon itself, kept for the operator.
public struct LedgerEvent: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case started, stopped
        case ledgerMovedAside = "ledger-moved-aside"
        case degraded, recovered
        case configurationReloaded = "configuration-reloaded"
        case configurationRefused = "configuration-refused"
        case receiverDisabled = "receiver-disabled"
        case receiverEnabled = "receiver-enabled"
        case clockStep = "clock-step"
        case modelAdopted = "model-adopted"
        case modelRefused = "model-refused"
    }

    public let at: Date
    public let kind: Kind
    public let message: String
}

/// One version of the operator's priority list, as it was taken over.
public struct PriorityChange: Hashable, Sendable {
    public let at: Date
    public let contentHash: String
    /// The whole file.
    public let content: String
    /// What changed, for people.
    public let summary: String
}

enum Journal {
    static func insert(_ db: Database, _ kind: LedgerEvent.Kind, _ message: String, at now: Date) throws {
        try db.execute(
            sql: "INSERT INTO event (at, kind, message) VALUES (?, ?, ?)", arguments: [now.milliseconds, kind.rawValue, message])
    }
}

extension LedgerDatabase {
    public func recordEvent(_ kind: LedgerEvent.Kind, _ message: String, at now: Date) async throws(LedgerError) {
        try await write { db in try Journal.insert(db, kind, message, at: now) }
    }

    /// Records the priority list as it now is. The same content as the last time is not recorded again.
    /// - Returns: whether it was another content.
    @discardableResult
    public func recordPriorityChange(
        contentHash: String, content: String, summary: String, at now: Date
    ) async throws(LedgerError) -> Bool {
        try await write { db in
            let last = try String.fetchOne(db, sql: "SELECT contentHash FROM priorityChange ORDER BY id DESC LIMIT 1")
            guard last != contentHash else { return false }
            try db.execute(
                sql: "INSERT INTO priorityChange (at, contentHash, content, summary) VALUES (?, ?, ?, ?)",
                arguments: [now.milliseconds, contentHash, content, summary])
            return true
        }
    }
}

extension LedgerReader {
    /// Newest first.
    public func events(kind: LedgerEvent.Kind? = nil, limit: Int = 100) async throws(LedgerError) -> [LedgerEvent] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM event WHERE ?1 IS NULL OR kind = ?1 ORDER BY id DESC LIMIT ?2",
                arguments: [kind?.rawValue, limit]
            ).map { row in
                LedgerEvent(
                    at: row.instant("at"), kind: try row.parsed("kind", LedgerEvent.Kind.init(rawValue:)), message: row["message"])
            }
        }
    }

    /// Newest first; the first one is in force.
    public func priorityChanges(limit: Int = 100) async throws(LedgerError) -> [PriorityChange] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM priorityChange ORDER BY id DESC LIMIT ?", arguments: [limit]).map { row in
                PriorityChange(
                    at: row.instant("at"), contentHash: row["contentHash"], content: row["content"], summary: row["summary"])
            }
        }
    }
}
