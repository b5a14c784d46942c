/// An address of an envelope: `local@domain`, ASCII, without quotes, comments or a display name.
public struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    public let text: String
    /// What stands after the @.
    public let domain: HostName

    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        /// The text, fit to be shown.
        public let found: String
        /// What is wrong with it and how to write it.
        public let reason: String
        public var description: String { "\(found) is not an email address: \(reason)" }
    }

    /// - Throws: ``Invalid`` for anything that is not one plain address (RFC 5321: local part at most 64 bytes, the whole at most 254).
    public init(_ text: String) throws(Invalid) {
        func refuse(_ why: String) -> Invalid { Invalid(found: text.quoted, reason: why) }
        guard text.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else { throw refuse("it holds a space or control character") }
        guard text.utf8.allSatisfy({ $0 < 128 }) else {
            throw refuse("only ASCII addresses can be delivered everywhere; write an internationalised domain as xn--...")
        }
        guard text.utf8.count <= 254 else { throw refuse("it is longer than 254 characters") }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw refuse("it needs exactly one @") }
        guard (1...64).contains(parts[0].utf8.count) else { throw refuse("the part before the @ must have 1 to 64 characters") }
        guard parts[0].utf8.allSatisfy(\.isAtomByte), !parts[0].hasPrefix("."), !parts[0].hasSuffix("."), !parts[0].contains("..")
        else { throw refuse("the part before the @ may hold letters, digits, single dots and !#$%&'*+-/=?^_`{|}~") }
        guard let domain = HostName(parts[1]) else { throw refuse("the part after the @ is not a host name") }
        self.text = text
        self.domain = domain
    }

    public var description: String { text }
}

extension UInt8 {
    /// Whether it may stand in an address or a name without quotes (RFC 5322, 3.2.3), the dot included.
    public var isAtomByte: Bool { isLetterOrDigit || ".!#$%&'*+-/=?^_`{|}~".utf8.contains(self) }
}
