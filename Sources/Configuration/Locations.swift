import FoundationEssentials

/// An address of an envelope: `local@domain`, ASCII, without display name, spaces or control characters.
public struct MailAddress: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, (1...64).contains(parts[0].utf8.count), Self.isLocalPart(parts[0]),
            isHostName(parts[1])
        else { return nil }
        self.text = text
    }

    public var description: String { text }

    private static func isLocalPart(_ text: Substring) -> Bool {
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122: true
            default: ".!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
            }
        }
        return allowed && !text.hasPrefix(".") && !text.hasSuffix(".") && !text.contains("..")
    }
}

extension ValueKind where Value == MailAddress {
    static let mailAddress = ValueKind("an email address, such as observatory@example.org") { (text, _) throws(Misfit) in
        guard let address = MailAddress(text) else {
            let inner = text.split(separator: "<").last?.prefix { $0 != ">" }
            throw Misfit(inner.flatMap { MailAddress(String($0)) }.map { "write the address alone: \($0)" })
        }
        return address
    }
}

extension ValueKind where Value == String {
    static let host = ValueKind("a host name or an IP address") { (text, _) throws(Misfit) in
        guard isHostName(text) || isIPv6(text) else {
            throw Misfit(text.contains("://") ? "write the host alone, without scheme and path" : nil)
        }
        return text
    }

    /// `host`, `host:port`, `*.domain`
    static let hostPattern = ValueKind("a host, host:port or *.domain") { (text, _) throws(Misfit) in
        var name = Substring(text)
        if name.hasPrefix("*.") { name = name.dropFirst(2) }
        if isIPv6(String(name)) { return text }
        if let colon = name.lastIndex(of: ":") {
            guard let port = Int(name[name.index(after: colon)...]), (1...65_535).contains(port) else {
                throw Misfit(text.contains("://") ? "write the host alone, without scheme and path" : nil)
            }
            name = name[..<colon]
        }
        let bare = name.hasPrefix("[") && name.hasSuffix("]") ? name.dropFirst().dropLast() : name
        guard isHostName(bare) || isIPv6(String(bare)) else { throw Misfit() }
        return text.lowercased()
    }
}

extension ValueKind where Value == URL {
    /// An absolute path, or one relative to the file that names it.
    static let path = ValueKind<URL>("a path, absolute or relative to this file") { (text, context) throws(Misfit) in
        guard !text.isEmpty, isOneLine(text, upTo: 1000), !text.hasPrefix("~"), !text.contains("://") else {
            throw Misfit(text.hasPrefix("~") ? "write the home directory out" : nil)
        }
        let absolute = text.hasPrefix("/") ? text : context.folder.path + "/" + text
        // Foundation would look whether a folder is there and then write a slash behind it: the same text must always give the same value,
        // or a reload takes a folder that the start has made for another one.
        return URL(filePath: absolute, directoryHint: .notDirectory).standardizedFileURL
    }

    /// `https://host[:port]/path`, or http; without user, password or fragment.
    static let webAddress = ValueKind<URL>("a web address, such as https://example.org/path") { (text, _) throws(Misfit) in
        guard text.utf8.count <= 2000, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), let url = URL(string: text),
            ["https", "http"].contains(url.scheme?.lowercased()), let host = url.host, !host.isEmpty
        else { throw Misfit(text.contains("://") ? nil : "it begins with https://") }
        guard url.user == nil, url.password == nil else { throw Misfit("a user or password does not belong into an address") }
        guard url.fragment == nil else { throw Misfit("leave out what follows the #") }
        return url
    }
}

func isHostName(_ text: some StringProtocol) -> Bool {
    (1...253).contains(text.utf8.count)
        && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy {
                    (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
                }
        }
}

/// Whether the text has the signs of an IPv6 address; the transport parses it in earnest.
func isIPv6(_ text: String) -> Bool {
    text.utf8.count(where: { $0 == UInt8(ascii: ":") }) >= 2 && text.utf8.count <= 45
        && text.utf8.allSatisfy { (48...58).contains($0) || (65...70).contains($0) || (97...102).contains($0) || $0 == 46 }
}
