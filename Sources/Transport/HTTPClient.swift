internal import Domain
public import FoundationEssentials

/// Asks HTTP servers within a policy. Connections are kept and used again; nothing blocks Swift's own threads.
public final class HTTPClient: Sendable {
    public let policy: HTTPPolicy
    private let now: @Sendable () -> Date
    private let gates: HostGates
    private let pool = HandlePool()

    /// - Parameters:
    ///   - clock: paces the requests to one host.
    ///   - now: the wall clock, for a Retry-After that is a date.
    public init(
        policy: HTTPPolicy, clock: some Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.policy = policy
        self.now = now
        gates = HostGates(limits: policy.limits, clock: PacingClock(clock))
    }

    /// The complete answer, whatever its status, its body in memory.
    ///
    /// - Throws: ``TransportError`` if no complete answer came.
    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        guard let response = try await answer(to: request, destination: .memory) else {
            throw TransportError(.internal, "only a download can start anew")
        }
        return response
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
        guard request.method == .get else { throw TransportError(.invalidRequest, "only a GET can be downloaded to a file") }
        let file = PartFile(part)
        if let response = try await answer(to: request, destination: .part(file, expected: validator, fresh: false)) { return response }
        guard let response = try await answer(to: request, destination: .part(file, expected: nil, fresh: true)) else {
            throw TransportError(.connectionLost, "\(request.url.absoluteString) answers with ranges that were not asked for")
        }
        return response
    }

    /// Follows redirects, each checked like the first request. Nil: a part has to be fetched from its first byte.
    private func answer(to request: HTTPRequest, destination: Hop.Destination) async throws(TransportError) -> HTTPResponse? {
        let origin = try WebAddress(request.url)
        var address = origin
        for _ in 0...max(0, policy.redirectLimit) {
            // Behind a Unix socket the host is only a name.
            let allowsPrivate = if request.unixSocketPath == nil { try policy.admit(address) } else { true }
            let hop = Hop(
                address: address, request: request, policy: policy, allowsPrivateAddresses: allowsPrivate,
                sendsBearerToken: address.scheme == origin.scheme && address.origin == origin.origin, destination: destination)
            guard let answer = try await run(hop) else { return nil }
            guard let next = answer.redirect, request.followRedirects, request.method != .post, request.unixSocketPath == nil else {
                return try response(answer, from: address)
            }
            address = try WebAddress(next)
        }
        throw TransportError(
            .tooManyRedirects, "\(origin) redirects more than \(policy.redirectLimit) times, at last to \(address); check the address")
    }

    private func run(_ hop: Hop) async throws(TransportError) -> Hop.Answer? {
        try await gates.enter(hop.address.origin, leavesRoom: hop.request.leavesRoom)
        defer { gates.leave(hop.address.origin, leavesRoom: hop.request.leavesRoom) }
        let cancellation = CancellationFlag()
        let server = "\(hop.address) \(hop.request.unixSocketPath ?? "")"
        let result = await withTaskCancellationHandler {
            await onOwnThread { [pool] in
                guard let handle = pool.take(server) else { return Hop.Result.failure(outOfResources) }
                defer { pool.giveBack(handle, for: server) }
                return hop.run(on: handle, cancellation: cancellation)
            }
        } onCancel: {
            cancellation.raise()
        }
        switch result ?? .failure(outOfResources) {
        case .answer(let answer): return answer
        case .startAnew: return nil
        case .failure(let error): throw error
        }
    }

    private func response(_ answer: Hop.Answer, from address: WebAddress) throws(TransportError) -> HTTPResponse {
        guard let url = URL(string: address.text) else {
            throw TransportError(.invalidRequest, "the address \(address.text.quoted) of the answer is no URL")
        }
        return HTTPResponse(
            status: answer.head.status, headers: answer.head.headers, body: answer.body, finalURL: url,
            retryAfter: retryAfterSeconds(answer.head.headers, now: now()))
    }
}

private let outOfResources = TransportError(.internal, "the system has no thread or memory left for a transfer; raise the service's limits")
