/// What a client may reach and how hard it may ask. Anything not allowed here is refused before a byte is sent.
public struct HTTPPolicy: Sendable {
    /// The hosts that may be asked, also after a redirect.
    public var allowedHosts: [HostPattern]
    /// Hosts that may be spoken to without TLS. Loopback always may.
    public var plainHosts: [HostPattern]
    /// Hosts whose names may resolve to loopback, link-local and private addresses. An address literal or `localhost` that stands
    /// in `allowedHosts` under its own name needs no entry here.
    public var privateHosts: [HostPattern]
    public var redirectLimit: Int
    public var limits: HostLimits
    /// PEM file of the certificate authorities to trust instead of the system's.
    public var caBundle: String?
    public var userAgent: String

    public init(
        allowedHosts: [HostPattern], plainHosts: [HostPattern] = [], privateHosts: [HostPattern] = [], redirectLimit: Int = 5,
        limits: HostLimits = HostLimits(), caBundle: String? = nil, userAgent: String = "fringewatch"
    ) {
        self.allowedHosts = allowedHosts
        self.plainHosts = plainHosts
        self.privateHosts = privateHosts
        self.redirectLimit = redirectLimit
        self.limits = limits
        self.caBundle = caBundle
        self.userAgent = userAgent
    }
}

/// Courtesy towards one host.
public struct HostLimits: Hashable, Sendable {
    /// Requests at the same time, 1 or more.
    public let concurrency: Int
    /// Requests a second in the long run; 0 for no limit.
    public let ratePerSecond: Double
    /// Requests that may follow each other at once after a pause.
    public let burst: Int

    public init(concurrency: Int = 4, ratePerSecond: Double = 10, burst: Int = 20) {
        self.concurrency = max(1, concurrency)
        self.ratePerSecond = max(0, ratePerSecond)
        self.burst = max(1, burst)
    }
}

/// `data.example.org`, `*.example.org` (any name below it, not itself), an address literal, each with an optional `:port`.
public struct HostPattern: Hashable, Sendable, CustomStringConvertible {
    /// In lower case; IPv6 without brackets.
    let name: String
    let isSuffix: Bool
    let port: Int?

    /// Nil if it is none of the forms above.
    public init?(_ text: String) {
        var rest = Substring(text.lowercased())
        isSuffix = rest.hasPrefix("*.")
        if isSuffix { rest = rest.dropFirst(2) }
        if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") {
            let after = rest[rest.index(after: close)...]
            guard let port = Self.port(after), IPAddress(String(rest[rest.index(after: rest.startIndex)..<close])) != nil, !isSuffix
            else { return nil }
            name = String(rest[rest.index(after: rest.startIndex)..<close])
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
        guard let port = Self.port(rest[colon...]) else { return nil }
        let labels = rest[..<colon].split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= (isSuffix ? 2 : 1), rest[..<colon].utf8.count <= 253,
            labels.allSatisfy({ (1...63).contains($0.utf8.count) && $0.utf8.allSatisfy(isHostByte) })
        else { return nil }
        name = String(rest[..<colon])
        self.port = port.number
    }

    private static func port(_ text: Substring) -> (number: Int?, Void)? {
        if text.isEmpty { return (nil, ()) }
        guard text.first == ":", let number = Int(text.dropFirst()), (1...65_535).contains(number) else { return nil }
        return (number, ())
    }

    func matches(host: String, port: Int) -> Bool {
        (self.port == nil || self.port == port) && (isSuffix ? host.hasSuffix("." + name) : host == name)
    }

    public var description: String {
        let shown = name.contains(":") ? "[\(name)]" : name
        return (isSuffix ? "*." : "") + shown + (port.map { ":\($0)" } ?? "")
    }
}
