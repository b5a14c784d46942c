public import Domain

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
