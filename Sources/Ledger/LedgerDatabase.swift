internal import Dispatch
public import FoundationEssentials
internal import GRDB

/// The one durable store: what was seen, what was scored, what was decided, what is to be told and what was.
///
/// One SQLite file in write-ahead mode. Every write is one transaction that is on the disk when the call returns
/// (`synchronous = FULL`); a process killed at any moment leaves each of them whole or absent. One daemon uses it,
/// under a lock.
///
/// All times are kept in milliseconds. Calls suspend while SQLite works on a thread of its own.
public final class LedgerDatabase: Sendable {
    /// Everything that is asked of the ledger.
    public let reader: LedgerReader
    /// Set where a damaged ledger was found and put aside; it is in the events too. To be reported loudly: alerts may be lost in it.
    public let movedAside: MovedAside?

    let pool: DatabasePool
    private let lock: LedgerLock

    private init(pool: DatabasePool, lock: LedgerLock, movedAside: MovedAside?) {
        self.pool = pool
        self.lock = lock
        self.movedAside = movedAside
        reader = LedgerReader(database: pool, path: pool.path)
    }

    /// Opens the ledger for the daemon; creates it and its directory where there is none.
    /// - Parameter path: of the SQLite file; `-wal`, `-shm` and `.lock` are kept beside it.
    /// - Throws: `locked` while another daemon has it, `newerSchema`, `notALedger`, `diskFull`, `io`. A damaged ledger does not throw:
    ///   see `movedAside`.
    public static func open(at path: String, now: Date) async throws(LedgerError) -> LedgerDatabase {
        try await offThePool { () throws(LedgerError) in try openBlocking(at: path, now: now) }
    }

    /// Closes the connections and gives the lock back. Calls after that fail.
    public func close() throws(LedgerError) {
        do {
            // GRDB closes the writer before its readers, so SQLite does not move the log into the file by itself.
            try pool.writeWithoutTransaction { db in
                do {
                    _ = try db.checkpoint(.truncate)
                } catch DatabaseError.SQLITE_BUSY, DatabaseError.SQLITE_LOCKED, DatabaseError.SQLITE_FULL {
                    // Somebody reads, or there is no space: the log stays beside the file, whole and valid.
                }
            }
            try pool.close()
        } catch {
            throw LedgerError(error, path: pool.path)
        }
        lock.release()
    }

    private static func openBlocking(at path: String, now: Date) throws(LedgerError) -> LedgerDatabase {
        let directory = URL(filePath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw .io(path: path, detail: "its directory cannot be made: \(error)")
        }
        let lock = try LedgerLock(path: path + ".lock", ledger: path)
        let file = LedgerFile(path: path)
        var moved: MovedAside?
        if let damage = try file.damage() { moved = try file.moveAside(detail: damage, at: now) }
        do {
            let pool = try DatabasePool(path: path, configuration: configuration())
            guard try !pool.read(Schema.migrator.hasBeenSuperseded) else { throw LedgerError.newerSchema(path: path) }
            // GRDB chooses NORMAL for a write-ahead log: the last commits could be lost with the power, and a receipt among them.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try Schema.migrator.migrate(pool)
            if let moved {
                try pool.write {
                    try Journal.insert($0, .ledgerMovedAside, "The damaged ledger (\(moved.detail)) lies at \(moved.path)", at: now)
                }
            }
            return LedgerDatabase(pool: pool, lock: lock, movedAside: moved)
        } catch {
            throw LedgerError(error, path: path)
        }
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "ledger"
        configuration.busyMode = .timeout(10)
        return configuration
    }

    /// One transaction; all of it or nothing. It runs to its end even if the caller is cancelled: a receipt that arrives while the
    /// daemon stops must be recorded, or the next start sends a second time.
    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(LedgerError) -> T {
        do { return try await Task { [pool] in try await pool.write(body) }.value } catch {
            throw LedgerError(error, path: pool.path)
        }
    }

    /// A setting of the writing connection, by SQLite's name.
    func pragma(_ name: String) async throws(LedgerError) -> Int? {
        do { return try await pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA \(name)") } } catch {
            throw LedgerError(error, path: pool.path)
        }
    }

    /// For tests: every table, index and trigger as it was made, in order of names.
    var schema: [String] {
        get async throws(LedgerError) {
            try await reader.read { db in
                try String.fetchAll(db, sql: "SELECT name || ': ' || coalesce(sql, '') FROM sqlite_schema ORDER BY name")
            }
        }
    }

    /// For tests and repairs: one statement on the writing connection, outside a transaction.
    func execute(_ sql: String) async throws(LedgerError) {
        do { try await pool.writeWithoutTransaction { try $0.execute(sql: sql) } } catch {
            throw LedgerError(error, path: pool.path)
        }
    }
}

/// Runs blocking work on a thread of its own, off the cooperative pool.
private func offThePool<T: Sendable>(_ work: @escaping @Sendable () throws(LedgerError) -> T) async throws(LedgerError) -> T {
    let result: Result<T, LedgerError> = await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
            do throws(LedgerError) { continuation.resume(returning: .success(try work())) } catch {
                continuation.resume(returning: .failure(error))
            }
        }
    }
    return try result.get()
}
