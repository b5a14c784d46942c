/// The name of a host, such as `mail.example.org`, or its IPv4 address.
public struct HostName: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// Letters, digits and inner hyphens (and the underscore that some machines carry in their names) in labels of at most 63 bytes,
    /// at most 253 in all. Nil for anything else: internationalised names are written `xn--...`.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, labels.allSatisfy(Self.isLabel) else { return nil }
        self.text = text
    }

    private static func isLabel(_ text: Substring) -> Bool {
        (1...63).contains(text.utf8.count) && !text.hasPrefix("-") && !text.hasSuffix("-")
            && text.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    public var description: String { text }
}

/// Whether a URL's host is this machine itself, reached without a network: `localhost`, 127.0.0.0/8 or ::1.
public func isLoopback(host: String) -> Bool {
    let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    return IPAddress(bare)?.isLoopback ?? (bare.lowercased() == "localhost")
}
