public import FoundationEssentials

/// Hosts that a setting names: `data.example.org`, `*.example.org` (any name below it, not itself), or an address literal, each with
/// an optional `:port`. Without a port, every port is meant.
public struct HostPattern: Hashable, Sendable, CustomStringConvertible {
    /// In lower case; IPv6 without brackets.
    public let name: String
    /// Whether it begins with `*.`, which `name` leaves out.
    public let isSuffix: Bool
    public let port: Int?

    /// Nil if it is none of the forms above.
    public init?(_ text: String) {
        var rest = Substring(text.lowercased())
        isSuffix = rest.hasPrefix("*.")
        if isSuffix { rest = rest.dropFirst(2) }
        if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") {
            let address = String(rest[..<close].dropFirst())
            guard let port = Self.port(rest[close...].dropFirst()), IPAddress(address) != nil, !isSuffix else { return nil }
            name = address
            self.port = port.number
            return
        }
        if rest.utf8.count(where: { $0 == UInt8(ascii: ":") }) > 1 {
            guard !isSuffix, IPAddress(String(rest)) != nil else { return nil }
            name = String(rest)
            port = nil
            return
        }
        let colon = rest.firstIndex(of: ":") ?? rest.endIndex
        guard let port = Self.port(rest[colon...]), let host = HostName(rest[..<colon]), !isSuffix || host.text.contains(".") else { return nil }
        name = host.text
        self.port = port.number
    }

    /// The host and port that an address leads to; nil for an address without a usable host.
    public init?(of url: URL) {
        guard let host = url.host else { return nil }
        let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        self.init(url.port.map { "\(bracketed):\($0)" } ?? bracketed)
    }

    private static func port(_ text: Substring) -> (number: Int?, Void)? {
        if text.isEmpty { return (nil, ()) }
        guard text.first == ":", let number = Int(text.dropFirst()), (1...65_535).contains(number) else { return nil }
        return (number, ())
    }

    /// - Parameter host: in lower case; IPv6 without brackets.
    public func matches(host: String, port: Int) -> Bool {
        (self.port == nil || self.port == port) && (isSuffix ? host.hasSuffix("." + name) : host == name)
    }

    public var description: String {
        let shown = name.contains(":") ? "[\(name)]" : name
        return (isSuffix ? "*." : "") + shown + (port.map { ":\($0)" } ?? "")
    }
}
