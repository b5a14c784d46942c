internal import FoundationEssentials
internal import GRDB

/// Looks into the ledger and never changes it. Each call sees one consistent state.
public struct LedgerReader: Sendable {
    let database: any DatabaseReader
    let path: String

    static func openBlocking(at path: String) throws(LedgerError) -> LedgerReader {
        guard FileManager.default.fileExists(atPath: path) else {
            throw .io(path: path, detail: "there is no such file; the daemon makes it when it first starts")
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.label = "ledger-reader"
        configuration.busyMode = .timeout(10)
        do {
            let database = try DatabasePool(path: path, configuration: configuration)
            try database.read { db in
                guard try Int.fetchOne(db, sql: "PRAGMA application_id") == LedgerFile.applicationID else {
                    throw LedgerError.notALedger(path: path)
                }
                if try Schema.migrator.hasBeenSuperseded(db) { throw LedgerError.newerSchema(path: path) }
                if try !Schema.migrator.hasCompletedMigrations(db) { throw LedgerError.olderSchema(path: path) }
            }
            return LedgerReader(database: database, path: path)
        } catch {
            throw LedgerError(error, path: path)
        }
    }

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
