internal import CSystemd
public import Foundation
internal import Glibc

/// Lines on standard error. A service manager that reads them gets the priority as `<N>` in front, a person gets the time.
public struct StandardErrorSink: LogSink {
    private let isTerminal = isatty(STDERR_FILENO) == 1

    public init() {}

    public func write(_ level: LogLevel, _ message: String, _ fields: [String: String]) {
        let line = logLine(message, fields)
        let text = isTerminal ? "\(Date().formatted(.iso8601)) \(level) \(line)\n" : "<\(level.rawValue)>\(line)\n"
        // Not through FileHandle, which ends the process where the line cannot be written (a full disk).
        text.withCString { line in _ = Glibc.write(STDERR_FILENO, line, strlen(line)) }
    }
}

/// Structured entries in systemd's journal: each field is `FRINGEWATCH_` and its name in capitals, as in `journalctl FRINGEWATCH_VOLCANO=353050`.
public struct JournalSink: LogSink {
    /// Nil where standard error does not lead to the journal: without one, entries would vanish unseen.
    public static func ifConnected(environment: [String: String] = ProcessInfo.processInfo.environment) -> JournalSink? {
        guard let stream = environment["JOURNAL_STREAM"] else { return nil }
        let numbers = stream.split(separator: ":").compactMap { UInt64($0) }
        var status = stat()
        guard numbers.count == 2, fstat(STDERR_FILENO, &status) == 0, UInt64(status.st_dev) == numbers[0], UInt64(status.st_ino) == numbers[1]
        else { return nil }
        return JournalSink()
    }

    public func write(_ level: LogLevel, _ message: String, _ fields: [String: String]) {
        var entries = ["MESSAGE=\(logLine(message, fields))", "PRIORITY=\(level.rawValue)", "SYSLOG_IDENTIFIER=fringewatch"]
        entries += fields.map { "\(Self.name(of: $0.key))=\($0.value)" }
        var bytes = entries.map { Array($0.utf8) }
        let sent = bytes.withUnsafeMutableVectors { vectors in sd_journal_sendv(vectors.baseAddress, Int32(vectors.count)) }
        if sent < 0 { StandardErrorSink().write(level, message, fields) }
    }

    /// Journal fields are capitals, digits and underscores.
    static func name(of field: String) -> String {
        "FRINGEWATCH_" + String(field.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}

extension [[UInt8]] {
    /// Calls `body` with an `iovec` for each element; they are valid until it returns.
    fileprivate mutating func withUnsafeMutableVectors<Result>(_ body: (UnsafeMutableBufferPointer<iovec>) -> Result) -> Result {
        let lengths = map(\.count)
        var all = flatMap(\.self)
        return all.withUnsafeMutableBytes { bytes in
            var offset = 0
            var vectors = lengths.map { length in
                defer { offset += length }
                return iovec(iov_base: bytes.baseAddress.map { $0 + offset }, iov_len: length)
            }
            return vectors.withUnsafeMutableBufferPointer { body($0) }
        }
    }
}
