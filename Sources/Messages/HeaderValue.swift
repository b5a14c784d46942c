internal import Domain

/// The value of one mail or HTTP header. It cannot end its line: whatever could is refused (promise P16).
public struct HeaderValue: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// - Throws: ``Invalid`` for characters that are unsafe in a line, and beyond 900 bytes.
    public init(_ text: String) throws(Invalid) {
        if let bad = text.unicodeScalars.first(where: \.isUnsafeInALine) {
            throw Invalid(description: "a header may not hold the character U+" + String(bad.value, radix: 16, uppercase: true))
        }
        guard text.utf8.count <= 900 else { throw Invalid(description: "a header may not be longer than 900 bytes") }
        self.text = text
    }

    public var description: String { text }
}
