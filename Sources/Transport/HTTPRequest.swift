public import Domain
public import FoundationEssentials

/// One request. What it may reach is the client's ``HTTPPolicy``; what it may cost is written here.
public struct HTTPRequest: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
    }

    public var method: Method
    public var url: URL
    public var headers: [HTTPHeader] = []
    /// The body of a `.post`.
    public var body: Data?
    /// The most bytes of answer that are kept, in memory (after decompression) or in the part file; more is `.tooLarge`.
    public var bodyLimit = 16 << 20
    public var timeouts = Timeouts()
    /// For what is long and not urgent: it waits while only the host's last two places are free, and lets others go first.
    public var leavesRoom = false
    /// Speak over this Unix socket: the URL's host is then only a name, and no redirect is followed.
    public var unixSocketPath: String?
    /// Redirects of GET and HEAD are followed up to the policy's limit, each one checked as if it had been asked for.
    public var followRedirects = true
    /// Sent as `Authorization: Bearer` to the scheme, host and port of `url` only, never to where a redirect leads.
    public var bearerToken: Secret?
    /// Let the server compress the answer. `download` never does: ranges and checksums count plain bytes.
    public var acceptsCompression = true

    /// The status is the answer: of the body at most 64 KiB are kept, and whatever happens after the head is no error.
    public var needsOnlyStatus = false

    public init(_ method: Method = .get, _ url: URL) {
        self.method = method
        self.url = url
    }

    /// Asks for the resource only if it is no longer what these validators describe; the answer is 304 otherwise.
    ///
    /// - Throws: `.invalidRequest` if the entity tag holds characters that no header may.
    public mutating func onlyIfChanged(entityTag: String?, lastModified: Date?) throws(TransportError) {
        if let entityTag { headers.append(try HTTPHeader(name: "If-None-Match", value: entityTag)) }
        if let lastModified {
            headers.append(try HTTPHeader(name: "If-Modified-Since", value: HTTPDate.format(lastModified)))
        }
    }
}

/// How long a request may take. No wait is unbounded.
public struct Timeouts: Hashable, Sendable {
    /// Name resolution, connection and TLS handshake.
    public var connect: Duration
    /// One hop from its first byte to its last; redirects start anew.
    public var total: Duration
    /// Slower than this for `lowSpeedTime` is `.tooSlow`. JASMIN has been seen to throttle to 9 kB/s, which is still useful.
    public var lowSpeedBytesPerSecond: Int
    public var lowSpeedTime: Duration

    public init(
        connect: Duration = .seconds(10), total: Duration = .seconds(60), lowSpeedBytesPerSecond: Int = 1000,
        lowSpeedTime: Duration = .seconds(30)
    ) {
        self.connect = connect
        self.total = total
        self.lowSpeedBytesPerSecond = lowSpeedBytesPerSecond
        self.lowSpeedTime = lowSpeedTime
    }

    /// For files of tens of megabytes: an hour in all, ended early by the low-speed limit.
    public static let download = Timeouts(total: .seconds(3600))
}
