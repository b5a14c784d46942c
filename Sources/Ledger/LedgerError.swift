internal import GRDB

/// Why the ledger could not be opened, read or written. Nothing of a failed call is stored.
public enum LedgerError: Error, Hashable, Sendable {
    /// Another process holds it. Temporary while a reader or a backup is at work; lasting while another daemon runs.
    case locked(path: String, holder: Int?)
    /// No space was left. Temporary: the same call works again, without reopening, once there is space.
    case diskFull(path: String)
    /// SQLite found damage. `movedTo` is where the damaged file lies now, nil while it is still in place.
    case corrupt(path: String, detail: String, movedTo: String?)
    /// Written by a newer version of this program.
    case newerSchema(path: String)
    /// A database, but of another program.
    case notALedger(path: String)
    /// The file system or SQLite refused.
    case io(path: String, detail: String)
    /// A stored value is not what this version writes.
    case unreadable(String)
    /// The call contradicts itself or what is stored: a programming error in the caller.
    case inconsistent(String)
    /// The reading task was cancelled. Writes are not cancelled.
    case cancelled

    /// Whether the same call may succeed later without anybody changing the ledger or the program.
    public var isTemporary: Bool {
        switch self {
        case .locked, .diskFull, .io, .cancelled: true
        case .corrupt, .newerSchema, .notALedger, .unreadable, .inconsistent: false
        }
    }

    init(_ error: any Error, path: String) {
        switch error {
        case let error as LedgerError: self = error
        case is CancellationError: self = .cancelled
        case let error as DatabaseError: self.init(sqlite: error, path: path)
        default: self = .io(path: path, detail: String(describing: error))
        }
    }

    private init(sqlite error: DatabaseError, path: String) {
        let detail = error.message ?? error.description
        switch (error.resultCode, error.extendedResultCode) {
        // Without space the shared-memory file cannot grow either; SQLite has another code for that.
        case (.SQLITE_FULL, _), (_, .SQLITE_IOERR_SHMSIZE): self = .diskFull(path: path)
        case (.SQLITE_BUSY, _), (.SQLITE_LOCKED, _): self = .locked(path: path, holder: nil)
        case (.SQLITE_CORRUPT, _), (.SQLITE_NOTADB, _): self = .corrupt(path: path, detail: detail, movedTo: nil)
        case (.SQLITE_INTERRUPT, _): self = .cancelled
        case (.SQLITE_CONSTRAINT, _): self = .inconsistent("the ledger refused a row: \(detail)")
        default: self = .io(path: path, detail: detail)
        }
    }
}

extension LedgerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .locked(let path, let holder?):
            "The ledger \(path) is in use by process \(holder). Only one daemon may run on a ledger: stop the other one, or choose another state directory."
        case .locked(let path, nil):
            "The ledger \(path) stayed locked by another process. It is tried again; if this lasts, look for a program that holds it open (fuser \(path))."
        case .diskFull(let path):
            "No space is left for the ledger \(path). Free some space: work goes on by itself, and nothing is sent without a record."
        case .corrupt(let path, let detail, let movedTo?):
            "The ledger \(path) was damaged (\(detail)) and lies now at \(movedTo). A new one was started: keep the damaged one, it may hold undelivered alerts."
        case .corrupt(let path, let detail, nil):
            "The ledger \(path) is damaged (\(detail)). Restart the daemon: it moves the file aside and starts a new one. Check the disk."
        case .newerSchema(let path):
            "The ledger \(path) was written by a newer version of fringewatch. Install that version again, or choose another state directory."
        case .notALedger(let path):
            "\(path) is a database of another program. Choose another state directory; the file was left as it is."
        case .io(let path, let detail):
            "The ledger \(path) cannot be used: \(detail). Check that the file and its directory exist and belong to the daemon's user."
        case .unreadable(let what):
            "The ledger holds a value that this version cannot read: \(what). It was left as it is; please report this."
        case .inconsistent(let what):
            "The ledger was asked for something inconsistent: \(what). Nothing was stored; please report this."
        case .cancelled:
            "Reading the ledger was cancelled."
        }
    }
}
