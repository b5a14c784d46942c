internal import Domain
internal import FoundationEssentials
internal import Glibc

struct MaildirError: Error, Hashable, CustomStringConvertible {
    let description: String
}

/// A folder of mails, one file each, that mail programs read without locks: `tmp`, `new`, `cur`.
struct Maildir: Sendable {
    let folder: String

    init(_ url: URL) { folder = url.path }

    /// The same for every attempt of a delivery, so that a repeat replaces its file instead of adding one.
    ///
    /// - Returns: `<seconds>.<id>.fringewatch` without `/` and `:`, at most 200 bytes.
    static func fileName(id: String, created: Date) -> String {
        let safe = id.utf8.map { byte in
            byte.isLetterOrDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                ? String(UnicodeScalar(byte)) : "=" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        let short = safe.utf8.count <= 150 ? safe : "\(safe.prefix(120))~\(String(fowlerNollVo(id), radix: 16))"
        return "\(Int(created.timeIntervalSince1970)).\(short).fringewatch"
    }

    /// Writes the mail under `tmp`, syncs it, moves it to `new` and syncs the folder: a reader sees all of it or nothing, also after
    /// a power cut. What a reader has already moved to `cur` is left there.
    ///
    /// - Parameter message: lines end in CRLF; in a maildir they end in LF.
    /// - Returns: the path, as the receipt.
    func deliver(_ message: Data, name: String) throws(MaildirError) -> String {
        for part in ["", "/tmp", "/new", "/cur"] where mkdir(folder + part, 0o750) != 0 && errno != EEXIST {
            throw failure("create", folder + part)
        }
        if let read = try alreadyRead(name) { return read }
        let (temporary, new) = ("\(folder)/tmp/\(name)", "\(folder)/new/\(name)")
        try write(message.filter { $0 != 13 }, to: temporary)
        guard rename(temporary, new) == 0 else { throw failure("move to new", temporary) }
        try syncFolder("\(folder)/new")
        return new
    }

    private func alreadyRead(_ name: String) throws(MaildirError) -> String? {
        do {
            let read = try FileManager.default.contentsOfDirectory(atPath: folder + "/cur")
            return read.first { $0 == name || $0.hasPrefix(name + ":") }.map { "\(folder)/cur/\($0)" }
        } catch {
            throw MaildirError(description: "cannot list \(folder)/cur: \(error)")
        }
    }

    private func write(_ bytes: Data, to path: String) throws(MaildirError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw failure("create", path) }
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw discard(path) }
            done += written
        }
        guard fsync(descriptor) == 0 else { throw discard(path) }
    }

    /// A mail that is not whole must not fill a full disk further.
    private func discard(_ path: String) -> MaildirError {
        let error = failure("write", path)
        return unlink(path) == 0 ? error : MaildirError(description: error.description + " (and its beginning cannot be removed)")
    }

    private func syncFolder(_ path: String) throws(MaildirError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync", path) }
    }

    private func failure(_ action: String, _ path: String) -> MaildirError {
        let code = errno
        let advice = code == ENOSPC || code == EDQUOT ? "; make room on the disk" : "; check that the daemon may write there"
        return MaildirError(description: "cannot \(action) \(path): \(String(cString: strerror(code)))\(advice)")
    }

    /// FNV-1a, 64 bits: tells long ids apart in a file name, nothing more.
    private static func fowlerNollVo(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
