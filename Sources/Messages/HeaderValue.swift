/// The value of one mail or HTTP header. It cannot end its line: whatever could is refused (promise P16).
public struct HeaderValue: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// - Throws: ``Invalid`` for control characters (C0, DEL, C1), Unicode's line and paragraph separators, and beyond 900 bytes.
    public init(_ text: String) throws(Invalid) {
        if let bad = text.unicodeScalars.first(where: Self.isRefused) {
            throw Invalid(description: "a header may not hold the character U+" + String(bad.value, radix: 16, uppercase: true))
        }
        guard text.utf8.count <= 900 else { throw Invalid(description: "a header may not be longer than 900 bytes") }
        self.text = text
    }

    public var description: String { text }

    static func isRefused(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
        default: false
        }
    }
}

/// One line of plain text: characters that could break a line or a header become spaces, so that a hostile name or source cannot
/// forge lines in a message.
func oneLine(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { line.append(HeaderValue.isRefused(scalar) ? " " : scalar) }
    return String(line)
}
