public import Domain
public import FoundationEssentials
internal import GRDB

/// One attempt to deliver, as logged.
public struct DeliveryAttempt: Hashable, Sendable {
    public let at: Date
    /// What the delivery was to become by it.
    public let state: Delivery.State.Kind
    /// The receiver's answer, or what went wrong.
    public let result: String
}

extension LedgerReader {
    /// Deliveries, newest first; nil does not restrict.
    public func deliveries(
        state: Delivery.State.Kind? = nil, receiver: ReceiverName? = nil, alert: AlertID? = nil, limit: Int = 100
    ) async throws(LedgerError) -> [Delivery] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM delivery WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR receiver = ?2)
                        AND (?3 IS NULL OR alert = ?3) ORDER BY created DESC, id LIMIT ?4
                    """, arguments: [state?.rawValue, receiver?.text, alert?.text, limit]
            ).map(Delivery.init)
        }
    }

    public func delivery(_ id: String) async throws(LedgerError) -> Delivery? {
        try await read { db in try Delivery.fetch(id, db) }
    }

    /// All attempts of a delivery, oldest first, those before an operator's retry included.
    public func attempts(of delivery: String) async throws(LedgerError) -> [DeliveryAttempt] {
        try await read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT * FROM deliveryAttempt WHERE delivery = ? ORDER BY id", arguments: [delivery])
            return try rows.map { row in
                DeliveryAttempt(
                    at: row.instant("at"), state: try row.parsed("state", Delivery.State.Kind.init(rawValue:)),
                    result: row["result"])
            }
        }
    }

    /// How many deliveries are in which state.
    public func deliveryCounts() async throws(LedgerError) -> [Delivery.State.Kind: Int] {
        try await read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT state, count(*) AS n FROM delivery GROUP BY state")
            return try Dictionary(
                uniqueKeysWithValues: rows.map { (try $0.parsed("state", Delivery.State.Kind.init(rawValue:)), $0["n"]) })
        }
    }

    /// When the next delivery falls due or its lease ends; nil when none is on its way to an enabled receiver.
    public func nextDeliveryDue(except busy: Set<Lane> = []) async throws(LedgerError) -> Date? {
        let excluded = busy.map(\.key)
        return try await read { db in
            let marks = excluded.map { _ in "?" }.joined(separator: ", ")
            return try Int64.fetchOne(
                db,
                sql: """
                    SELECT due FROM delivery INDEXED BY dueDelivery WHERE due IS NOT NULL AND receiver || ' ' || address NOT IN (\(marks))
                        AND receiver NOT IN (SELECT receiver FROM disabledReceiver) ORDER BY due LIMIT 1
                    """, arguments: StatementArguments(excluded)
            ).map(Date.init(milliseconds:))
        }
    }

    /// Receivers that get nothing, with the reason.
    public func disabledReceivers() async throws(LedgerError) -> [ReceiverName: String] {
        try await read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM disabledReceiver")
            return try Dictionary(
                uniqueKeysWithValues: rows.map { (try $0.parsed("receiver") { ReceiverName($0) }, $0["reason"]) })
        }
    }
}

extension Delivery {
    static func fetch(_ id: String, _ db: Database) throws -> Delivery? {
        try Row.fetchOne(db, sql: "SELECT * FROM delivery WHERE id = ?", arguments: [id]).map { try Delivery($0) }
    }

    init(_ row: Row) throws {
        let state: State
        switch try row.parsed("state", State.Kind.init(rawValue:)) {
        case .waiting: state = .waiting(until: row.instant("due"))
        case .leased: state = .leased(until: row.instant("due"))
        case .delivered: state = .delivered(at: row.instant("ended"), receipt: row["note"] ?? "")
        case .failed: state = .failed(at: row.instant("ended"), reason: row["note"] ?? "")
        case .dropped: state = .dropped(at: row.instant("ended"))
        }
        self.init(
            id: row["id"], alert: AlertID(row["alert"] as String), receiver: try row.parsed("receiver") { ReceiverName($0) },
            address: row["address"], created: row.instant("created"), attempts: row["attempts"], lastError: row["lastError"],
            state: state)
    }

    func update(_ db: Database) throws {
        let (due, ended, note): (Date?, Date?, String?) =
            switch state {
            case .waiting(let until), .leased(let until): (until, nil, nil)
            case .delivered(let at, let receipt): (nil, at, receipt)
            case .failed(let at, let reason): (nil, at, reason)
            case .dropped(let at): (nil, at, nil)
            }
        try db.execute(
            sql: "UPDATE delivery SET attempts = ?, lastError = ?, state = ?, due = ?, ended = ?, note = ? WHERE id = ?",
            arguments: [attempts, lastError, state.kind.rawValue, due?.milliseconds, ended?.milliseconds, note, id])
    }
}
