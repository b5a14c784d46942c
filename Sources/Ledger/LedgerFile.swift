internal import Domain
internal import FoundationEssentials
internal import GRDB

/// A damaged ledger that was found at the start and put aside.
public struct MovedAside: Hashable, Sendable {
    /// Where the damaged file lies now; its `-wal` lies beside it.
    public let path: String
    /// What SQLite says of the damage.
    public let detail: String
}

/// The ledger's files before they are opened for work: are they sound, and where do they go if not.
struct LedgerFile {
    let path: String

    /// "FWLG": tells our database from another program's.
    static let applicationID = 0x4657_4c47

    /// Looks through the whole file (`PRAGMA quick_check`): about a second per gigabyte.
    /// - Returns: what is wrong with it; nil for a sound or a missing ledger.
    /// - Throws: `LedgerError.notALedger`, or `locked` and `io` where the file cannot be looked at.
    func damage() throws(LedgerError) -> String? {
        let logged = size(path + "-wal") ?? 0 > 0
        switch size(path) {
        // SQLite would throw such a log away and begin anew.
        case nil where logged: return "the file is gone, but its log is not empty"
        case 0 where logged: return "the file is empty, but its log is not"
        case nil: return nil
        default: break
        }
        do {
            var configuration = Configuration()
            // A connection that only reads leaves the log beside the file when it closes: damage stays as it was found.
            configuration.readonly = true
            configuration.busyMode = .timeout(10)
            let connection = try DatabaseQueue(path: path, configuration: configuration)
            let found = try connection.inDatabase { db -> String? in
                let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
                guard verdict == "ok" else { return verdict ?? "quick_check gave no answer" }
                let tables = try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name <> 'grdb_migrations'")
                if tables != 0, try Int.fetchOne(db, sql: "PRAGMA application_id") != Self.applicationID {
                    throw LedgerError.notALedger(path: path)
                }
                return nil
            }
            try connection.close()
            return found
        } catch {
            let error = LedgerError(error, path: path)
            if case .corrupt(_, let detail, _) = error { return detail }
            throw error
        }
    }

    private func size(_ path: String) -> Int? {
        // A missing file is nil here; every other trouble shows when the file is opened.
        (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
    }

    /// Renames the ledger with its `-wal` and `-shm` to a name that is still free, and starts nothing in its place.
    func moveAside(detail: String, at now: Date) throws(LedgerError) -> MovedAside {
        let files = FileManager.default
        var (target, count) = ("\(path).corrupt-\(Self.stamp(now))", 1)
        while ["", "-wal", "-shm"].contains(where: { files.fileExists(atPath: target + $0) }) {
            count += 1
            target = "\(path).corrupt-\(Self.stamp(now))-\(count)"
        }
        do {
            // The log first: if the power fails in between, the next start still finds the damaged file and not a log without one.
            for suffix in ["-wal", "-shm", ""] where files.fileExists(atPath: path + suffix) {
                try files.moveItem(atPath: path + suffix, toPath: target + suffix)
            }
        } catch {
            throw .io(path: path, detail: "it is damaged (\(detail)) and cannot be moved aside: \(error)")
        }
        return MovedAside(path: target, detail: detail)
    }

    /// `20240211T101530Z`
    static func stamp(_ instant: Date) -> String {
        let seconds = max(0, Int(instant.timeIntervalSince1970))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let ofDay = seconds % 86_400
        return "\(AcquisitionDate(dayNumber: seconds / 86_400))T\(two(ofDay / 3600))\(two(ofDay / 60 % 60))\(two(ofDay % 60))Z"
    }
}
