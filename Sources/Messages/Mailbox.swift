/// An address as it stands in From or To: `alerts@example.org` or `Volcano watch <alerts@example.org>`.
public struct Mailbox: Hashable, Sendable, CustomStringConvertible {
    /// What stands before the address; empty for none.
    public let name: String
    /// `local@domain`, ASCII.
    public let address: String

    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// - Throws: ``Invalid`` for anything that is not exactly one address, or that could begin another header or address.
    public init(_ text: String) throws(Invalid) {
        func refuse(_ why: String) -> Invalid { Invalid(description: "'\(oneLine(text))' is not a mail address: \(why)") }
        if text.unicodeScalars.contains(where: HeaderValue.isRefused) { throw refuse("it holds a control character") }
        guard text.utf8.count <= 400 else { throw refuse("it is too long") }
        if let open = text.lastIndex(of: "<") {
            guard text.hasSuffix(">") else { throw refuse("write it as Name <local@domain>") }
            address = String(text[text.index(after: open)...].dropLast())
            var name = text[..<open].trimmed
            if name.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") { name = String(name.dropFirst().dropLast()) }
            guard !name.contains(where: { "\"\\<>".contains($0) }) else { throw refuse("the name may not hold quotes, backslashes or <>") }
            self.name = name
        } else {
            (name, address) = ("", text.trimmed)
        }
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), address.utf8.count <= 254 else { throw refuse("it needs one @") }
        guard parts[0].utf8.allSatisfy(isAtomByte), !parts[0].hasPrefix("."), !parts[0].hasSuffix("."), !parts[0].contains("..") else {
            throw refuse("the part before the @ may hold letters, digits, single dots and !#$%&'*+-/=?^_`{|}~")
        }
        guard MailDomain(String(parts[1])) != nil else { throw refuse("the part after the @ is not a host name (write others as xn--...)") }
    }

    public var description: String { name.isEmpty ? address : "\(name) <\(address)>" }

    /// For a header: the name quoted or encoded as it needs.
    /// - Parameter used: characters that already stand in the line.
    func wire(after used: Int) -> String {
        if name.isEmpty { return address }
        guard isPlain(name) else { return encodedWords(name, after: used) + "\r\n <\(address)>" }
        let quoted = name.utf8.allSatisfy { isAtomByte($0) && $0 != 46 || $0 == 32 } ? name : "\"\(name)\""
        return quoted + (used + quoted.utf8.count + address.utf8.count + 3 > 78 ? "\r\n " : " ") + "<\(address)>"
    }
}

/// A host name: what stands after the @ of a Message-ID.
public struct MailDomain: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// Letters, digits and inner hyphens in labels of at most 63, at most 253 in all.
    public init?(_ text: String) {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let fits = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 45 }
        }
        guard fits, text.utf8.count <= 253 else { return nil }
        self.text = text
    }

    public var description: String { text }
}

func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122: true
    default: false
    }
}

private func isAtomByte(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || ".!#$%&'*+-/=?^_`{|}~".utf8.contains(byte) }

extension StringProtocol {
    /// Without spaces at both ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
