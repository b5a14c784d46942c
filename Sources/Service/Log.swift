/// How important a message is; the numbers are syslog's.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
    case debug = 7

    /// The more important one is the lesser number.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Where messages go.
public protocol LogSink: Sendable {
    func write(_ level: LogLevel, _ message: String, _ fields: [String: String])
}

/// Writes messages: a constant text that can be searched for, and the particulars as fields.
///
///     log.warning("a frame could not be listed", ["frame": frame.name, "error": "\(error)"])
public struct Log: Sendable {
    private let sink: any LogSink
    /// Less important messages are left out.
    public let level: LogLevel

    public init(to sink: any LogSink, level: LogLevel = .info) {
        self.sink = sink
        self.level = level
    }

    /// The journal where standard error is connected to it, else standard error.
    public static func standard(level: LogLevel) -> Log { Log(to: JournalSink.ifConnected() ?? StandardErrorSink(), level: level) }

    public func error(_ message: StaticString, _ fields: [String: String] = [:]) { write(.error, message, fields) }
    public func warning(_ message: StaticString, _ fields: [String: String] = [:]) { write(.warning, message, fields) }
    public func notice(_ message: StaticString, _ fields: [String: String] = [:]) { write(.notice, message, fields) }
    public func info(_ message: StaticString, _ fields: [String: String] = [:]) { write(.info, message, fields) }
    public func debug(_ message: StaticString, _ fields: [String: String] = [:]) { write(.debug, message, fields) }

    private func write(_ level: LogLevel, _ message: StaticString, _ fields: [String: String]) {
        guard level <= self.level else { return }
        sink.write(level, "\(message)", fields)
    }
}

/// One message as one line: the text, then the fields in alphabetical order. Control characters cannot forge a line.
func logLine(_ message: String, _ fields: [String: String]) -> String {
    let particulars = fields.sorted { $0.key < $1.key }.map { key, value in
        let text = String(value.map { $0.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 } ? $0 : " " })
        return text.contains(" ") || text.isEmpty ? "\(key)=\"\(text)\"" : "\(key)=\(text)"
    }
    return ([message] + particulars).joined(separator: " ")
}
