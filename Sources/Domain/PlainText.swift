// Text from outside (a catalogue, a server's answer, a file's name), made fit to be shown.

extension Unicode.Scalar {
    /// Whether it could end a line, steer a terminal or make a text look like another one: control characters, line and paragraph
    /// separators, and the marks that turn the direction of writing round.
    public var isUnsafeInALine: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        case .format: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
        default: false
        }
    }
}

extension StringProtocol {
    /// The text as one line that cannot forge another: characters that could become spaces.
    /// - Parameter limit: characters; a longer text is cut and ends in `...`.
    public func onOneLine(upTo limit: Int = .max) -> String {
        var line = String.UnicodeScalarView()
        for scalar in unicodeScalars.prefix(limit) { line.append(scalar.isUnsafeInALine ? " " : scalar) }
        return String(line) + (limit < .max && unicodeScalars.dropFirst(limit).first != nil ? "..." : "")
    }

    /// The text between quotation marks, on one line and not too long: for messages.
    public var quoted: String { "\"\(onOneLine(upTo: 80))\"" }
}

extension UInt8 {
    /// Of ASCII.
    public var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: false
        }
    }

    /// Of ASCII.
    public var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
