public import FoundationEssentials

/// Asks HTTP servers within a policy. Connections are kept and used again; nothing blocks Swift's own threads.
public final class HTTPClient: Sendable {
    public let policy: HTTPPolicy
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - clock: paces the requests to one host.
    ///   - now: the wall clock, for a Retry-After that is a date.
    public init(
        policy: HTTPPolicy, clock: some Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.policy = policy
        self.now = now
    }

    /// The complete answer, whatever its status, its body in memory.
    ///
    /// - Throws: ``TransportError`` if no complete answer came.
    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        throw TransportError(.internal, "not built yet")
    }

    /// Streams a successful answer into a part file and goes on where an earlier attempt ended.
    ///
    /// A file `<part>.validator` beside the part remembers which version the part belongs to (ETag, else Last-Modified). With it, the
    /// rest is asked for with Range and If-Range; a version that has changed in the meantime is fetched anew from its first byte.
    /// An answer that is not 2xx leaves the part alone and has its body (at most 64 KiB) in memory.
    ///
    /// - Parameters:
    ///   - part: a file of this download's own; it is complete and synced to disk when a 2xx response is returned.
    ///   - validator: the version that the caller expects; a part of any other version is thrown away. Nil: whatever the part is of.
    /// - Throws: ``TransportError``; after `.truncated`, `.connectionLost`, `.timeout`, `.tooSlow` and `.cancelled` the part is kept.
    public func download(_ request: HTTPRequest, toPart part: URL, validator: String? = nil) async throws(TransportError) -> HTTPResponse {
        throw TransportError(.internal, "not built yet")
    }
}
