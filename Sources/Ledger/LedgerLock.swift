internal import FoundationEssentials

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Keeps a second daemon off the ledger: an exclusive `flock` on a file beside it, which the kernel gives back when the process ends,
/// however it ends. SQLite's own locks are held for single transactions only and cannot tell that.
final class LedgerLock: Sendable {
    private let descriptor: Int32

    init(path: String, ledger: String) throws(LedgerError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .io(path: path, detail: String(cString: strerror(errno))) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = Self.holder(descriptor)
            close(descriptor)
            if reason == EWOULDBLOCK { throw .locked(path: ledger, holder: holder) }
            throw .io(path: path, detail: String(cString: strerror(reason)))
        }
        // Only for the message above: on a full disk the number may be missing, the lock holds all the same.
        if ftruncate(descriptor, 0) == 0 {
            let text = Array("\(getpid())\n".utf8)
            _ = pwrite(descriptor, text, text.count, 0)
        }
        self.descriptor = descriptor
    }

    deinit {
        release()
        close(descriptor)
    }

    /// Gives the lock back. Closing alone does not while anything else shares the open file, as a child does between `fork` and `exec`.
    func release() { flock(descriptor, LOCK_UN) }

    private static func holder(_ descriptor: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes.prefix(count).prefix { $0 != 10 }, as: UTF8.self))
    }
}
