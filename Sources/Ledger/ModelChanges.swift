public import FoundationEssentials
internal import GRDB

/// What the daemon made of a promotion or a rollback in the model store.
public struct ModelChange: Hashable, Codable, Sendable {
    public enum Result: String, Codable, Sendable {
        /// It judges from now on.
        case adopted
        /// It cannot be used; the one before stays.
        case refused
        /// Another one came before the daemon had looked.
        case overtaken
    }

    /// Its number in the store, 1 for the first.
    public let promotion: Int
    /// `promotion` or `rollback`.
    public let kind: String
    /// The models as the store names them.
    public let from: String
    public let to: String
    public let who: String
    public let why: String
    /// When it was ordered.
    public let ordered: Date
    public let result: Result
    /// When the daemon looked.
    public let at: Date
    /// Why it was refused.
    public let problem: String?

    public init(
        promotion: Int, kind: String, from: String, to: String, who: String, why: String, ordered: Date, result: Result, at: Date,
        problem: String?
    ) {
        self.promotion = promotion
        self.kind = kind
        self.from = from
        self.to = to
        self.who = who
        self.why = why
        self.ordered = ordered
        self.result = result
        self.at = at
        self.problem = problem
    }
}

extension LedgerDatabase {
    /// Records what became of promotions, with an event for the operator, in one transaction. The same result of the same promotion as
    /// the last time (a restart) is not recorded again.
    public func recordModelChanges(_ changes: [ModelChange]) async throws(LedgerError) {
        guard !changes.isEmpty else { return }
        try await write { db in
            for change in changes {
                let last = try Row.fetchOne(
                    db, sql: "SELECT json FROM modelChange WHERE promotion = ? ORDER BY id DESC LIMIT 1", arguments: [change.promotion])
                guard try last?.json(ModelChange.self).isAgain(change) != true else { continue }
                try db.execute(
                    sql: "INSERT INTO modelChange (promotion, result, at, json) VALUES (?, ?, ?, ?)",
                    arguments: [change.promotion, change.result.rawValue, change.at.milliseconds, try StoredJSON.text(change)])
                let by = change.why.isEmpty ? change.who : "\(change.who) (\(change.why))"
                switch change.result {
                case .adopted:
                    try Journal.insert(db, .modelAdopted, "\(change.to) in the place of \(change.from), by \(by)", at: change.at)
                case .refused:
                    try Journal.insert(db, .modelRefused, "\(change.to), asked for by \(by): \(change.problem ?? "")", at: change.at)
                case .overtaken: break
                }
            }
        }
    }
}

extension ModelChange {
    /// Whether this is the same result of the same order. Numbers alone do not tell: they begin anew where a damaged history was removed.
    fileprivate func isAgain(_ other: ModelChange) -> Bool {
        (promotion, ordered, to, result) == (other.promotion, other.ordered, other.to, other.result)
    }
}

extension LedgerReader {
    /// Newest first.
    public func modelChanges(limit: Int = 100) async throws(LedgerError) -> [ModelChange] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT json FROM modelChange ORDER BY id DESC LIMIT ?", arguments: [limit])
                .map { try $0.json(ModelChange.self) }
        }
    }

    /// When the newest promotion was ordered that was recorded; nil for none.
    public func newestRecordedOrder() async throws(LedgerError) -> Date? { try await modelChanges(limit: 1).first?.ordered }
}
