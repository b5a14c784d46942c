/// An address of an envelope: `local@domain`, ASCII, without quotes, comments or a display name.
public struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong and how to write it.
        public let description: String
    }

    /// - Throws: ``Invalid`` for anything that is not one plain address (RFC 5321: local part at most 64 bytes, the whole at most 254).
    public init(_ text: String) throws(Invalid) {
        func refuse(_ why: String) -> Invalid { Invalid(description: "\(quoted(text)) is not an email address: \(why)") }
        guard text.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else { throw refuse("it holds a space or control character") }
        guard text.utf8.allSatisfy({ $0 < 128 }) else {
            throw refuse("only ASCII addresses can be delivered everywhere; write an internationalised domain as xn--...")
        }
        guard text.utf8.count <= 254 else { throw refuse("it is longer than 254 characters") }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw refuse("it needs exactly one @") }
        guard (1...64).contains(parts[0].utf8.count) else { throw refuse("the part before the @ must have 1 to 64 characters") }
        guard parts[0].utf8.allSatisfy(Self.isAtomByte), !parts[0].hasPrefix("."), !parts[0].hasSuffix("."), !parts[0].contains("..")
        else { throw refuse("the part before the @ may hold letters, digits, single dots and !#$%&'*+-/=?^_`{|}~") }
        guard isHostName(parts[1]) else { throw refuse("the part after the @ is not a host name") }
        self.text = text
    }

    public var local: Substring { text[..<(text.firstIndex(of: "@") ?? text.endIndex)] }
    public var domain: Substring { text.split(separator: "@").last ?? "" }
    public var description: String { text }

    private static func isAtomByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: ".!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }
}

/// Letters, digits and inner hyphens in labels of at most 63, at most 253 in all.
func isHostName(_ text: some StringProtocol) -> Bool {
    (1...253).contains(text.utf8.count)
        && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy(isHostByte)
        }
}

/// Letters, digits, hyphen and the underscore that some machines carry in their names.
func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 45, 95: true
    default: false
    }
}
