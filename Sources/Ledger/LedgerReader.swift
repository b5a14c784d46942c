internal import GRDB

/// Looks into the ledger and never changes it. Each call sees one consistent state.
public struct LedgerReader: Sendable {
    let database: any DatabaseReader
    let path: String

    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(LedgerError) -> T {
        do { return try await database.read(body) } catch { throw LedgerError(error, path: path) }
    }

    /// For tests: how SQLite would run a statement, one line a step.
    func plan(_ sql: String, _ arguments: [Int]) async throws(LedgerError) -> [String] {
        try await read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: StatementArguments(arguments)).map { $0["detail"] }
        }
    }
}
