public import Domain

/// An address as it stands in From or To: `alerts@example.org` or `Volcano watch <alerts@example.org>`.
public struct Mailbox: Hashable, Sendable, CustomStringConvertible {
    /// What stands before the address; empty for none.
    public let name: String
    public let address: EmailAddress

    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// - Parameter name: one line without quotes, backslashes and angle brackets.
    /// - Throws: ``Invalid`` for a name that could begin another header or address.
    public init(name: String = "", address: EmailAddress) throws(Invalid) {
        guard !name.unicodeScalars.contains(where: \.isUnsafeInALine) else {
            throw Invalid(description: "the name \(name.quoted) holds a control character")
        }
        guard name.utf8.count <= 200, !name.contains(where: { "\"\\<>".contains($0) }) else {
            throw Invalid(description: "the name \(name.quoted) is too long or holds quotes, backslashes or <>")
        }
        self.name = name.trimmed
        self.address = address
    }

    /// - Throws: ``Invalid`` for anything that is not exactly one address, or that could begin another header or address.
    public init(_ text: String) throws(Invalid) {
        var name = ""
        var address = text
        if let open = text.lastIndex(of: "<") {
            guard text.hasSuffix(">") else { throw Invalid(description: "\(text.quoted) is not a mail address: write it as Name <local@domain>") }
            address = String(text[text.index(after: open)...].dropLast())
            name = text[..<open].trimmed
            if name.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") { name = String(name.dropFirst().dropLast()) }
        }
        let plain: EmailAddress
        do throws(EmailAddress.Invalid) {
            plain = try EmailAddress(address)
        } catch {
            throw Invalid(description: error.description)
        }
        try self.init(name: name, address: plain)
    }

    public var description: String { name.isEmpty ? address.text : "\(name) <\(address)>" }

    /// For a header: the name quoted or encoded as it needs.
    /// - Parameter used: characters that already stand in the line.
    func wire(after used: Int) -> String {
        if name.isEmpty { return address.text }
        guard isPlain(name) else { return encodedWords(name, after: used) + "\r\n <\(address)>" }
        let quoted = name.utf8.allSatisfy { $0.isAtomByte && $0 != UInt8(ascii: ".") || $0 == UInt8(ascii: " ") } ? name : "\"\(name)\""
        return quoted + (used + quoted.utf8.count + address.text.utf8.count + 3 > 78 ? "\r\n " : " ") + "<\(address)>"
    }
}

extension StringProtocol {
    /// Without spaces at both ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
