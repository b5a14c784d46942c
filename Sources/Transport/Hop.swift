internal import CCurl
internal import Domain
internal import FoundationEssentials

/// One request to one server, without redirects: everything that its thread needs to know.
struct Hop: Sendable {
    enum Destination: Sendable {
        case memory
        /// `fresh`: whatever the part holds, start at the first byte.
        case part(PartFile, expected: String?, fresh: Bool)
    }

    struct Answer: Sendable {
        let head: ResponseHead
        let body: Data
        let redirect: String?
    }

    enum Result: Sendable {
        case answer(Answer)
        /// The part cannot be gone on with: ask again from the first byte.
        case startAnew
        case failure(TransportError)
    }

    let address: WebAddress
    let request: HTTPRequest
    let policy: HTTPPolicy
    /// Whether the host's name may resolve to addresses that are not public.
    let allowsPrivateAddresses: Bool
    let sendsBearerToken: Bool
    let destination: Destination

    /// Runs on this thread, as long as it takes.
    func run(on handle: CurlHandle, cancellation: CancellationFlag) -> Result {
        do throws(TransportError) {
            var lines = try headerLines()
            var resumeAt = 0
            if case .part(let part, let expected, fresh: false) = destination, let point = part.resumePoint(expected: expected) {
                resumeAt = point.offset
                lines += ["Range: bytes=\(resumeAt)-", "If-Range: \(point.ifRange.value)"]
            }
            configure(handle, headerLines: lines)
            let sink = makeSink(resumeAt: resumeAt)
            let exchange = HTTPExchange(sink: sink, hop: self, cancellation: cancellation)
            let outcome = handle.perform(exchange)
            if resumeAt > 0, (sink as? PartSink)?.needsFreshStart == true || exchange.head.status == 416 { return .startAnew }
            try exchange.judge(outcome)
            try sink.finish()
            let body = (sink as? MemorySink)?.body ?? (sink as? PartSink)?.memory.body ?? Data()
            return .answer(Answer(head: exchange.head, body: body, redirect: outcome.redirect))
        } catch {
            return .failure(error)
        }
    }

    private func makeSink(resumeAt: Int) -> any BodySink {
        switch destination {
        case .memory:
            MemorySink(
                limit: request.bodyLimit, hasBody: request.method != .head, keepsAll: !request.needsOnlyStatus, peer: address.origin)
        case .part(let part, _, _): PartSink(part: part, resumeAt: resumeAt, limit: request.bodyLimit, peer: address.origin)
        }
    }

    private func headerLines() throws(TransportError) -> [String] {
        var headers = request.headers
        if sendsBearerToken, let token = request.bearerToken {
            headers.append(try HTTPHeader(name: "Authorization", value: "Bearer \(token.revealed)"))
        }
        // "Name;" is how libcurl writes an empty value; "Expect:" keeps it from waiting for a 100.
        return headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" } + ["Expect:"]
    }

    private func configure(_ handle: CurlHandle, headerLines: [String]) {
        handle.set(CURLOPT_URL, address.text)
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_FOLLOWLOCATION, 0)
        handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        // A proxy from the environment would hide the addresses that the policy is to judge.
        handle.set(CURLOPT_PROXY, "")
        handle.set(CURLOPT_USERAGENT, policy.userAgent)
        handle.set(CURLOPT_HTTPHEADER, lines: headerLines)
        handle.set(CURLOPT_SSL_VERIFYPEER, 1)
        handle.set(CURLOPT_SSL_VERIFYHOST, 2)
        handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let caBundle = policy.caBundle { handle.set(CURLOPT_CAINFO, caBundle) }
        if let path = request.unixSocketPath { handle.set(CURLOPT_UNIX_SOCKET_PATH, path) }
        if case .memory = destination, request.acceptsCompression { handle.set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate") }
        handle.set(request.timeouts)
        switch request.method {
        case .get: handle.set(CURLOPT_HTTPGET, 1)
        case .head: handle.set(CURLOPT_NOBODY, 1)
        case .post: (request.body ?? Data()).withUnsafeBytes { handle.setPostBody($0) }
        }
    }
}

extension CurlHandle {
    func set(_ timeouts: Timeouts) {
        set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds: timeouts.connect)
        set(CURLOPT_TIMEOUT_MS, milliseconds: timeouts.total)
        guard timeouts.lowSpeedBytesPerSecond > 0 else { return }
        set(CURLOPT_LOW_SPEED_LIMIT, timeouts.lowSpeedBytesPerSecond)
        set(CURLOPT_LOW_SPEED_TIME, seconds: timeouts.lowSpeedTime)
    }
}

/// The running transfer of a hop.
final class HTTPExchange: WireCallbacks {
    private(set) var head = ResponseHead()
    private let sink: any BodySink
    private let hop: Hop
    private let cancellation: CancellationFlag
    /// Why one of the callbacks ended the transfer.
    private var stop: TransportError?
    private var hasEnough = false
    private var refusedAddress: IPAddress?

    init(sink: any BodySink, hop: Hop, cancellation: CancellationFlag) {
        self.sink = sink
        self.hop = hop
        self.cancellation = cancellation
    }

    var isCancelled: Bool { cancellation.isRaised }

    func admits(_ address: IPAddress?) -> Bool {
        guard let address else { return hop.request.unixSocketPath != nil }
        if hop.allowsPrivateAddresses || address.isPublic { return true }
        refusedAddress = address
        return false
    }

    func receive(line: UnsafeRawBufferPointer) -> Bool {
        let wasComplete = head.isComplete
        guard head.append(line: line) else {
            stop = TransportError(.connectionLost, "\(hop.address.origin) sends no proper HTTP head, or one that is too long")
            return false
        }
        guard head.isComplete, !wasComplete else { return true }
        do throws(TransportError) {
            try sink.begin(head)
            return true
        } catch {
            stop = error
            return false
        }
    }

    func receive(body: UnsafeRawBufferPointer) -> Bool {
        do throws(TransportError) {
            hasEnough = try !sink.take(body)
            return !hasEnough
        } catch {
            stop = error
            return false
        }
    }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }

    /// Returns if the answer is complete, throws why it is not.
    func judge(_ outcome: CurlHandle.Outcome) throws(TransportError) {
        if let stop { throw stop }
        if outcome.code == CURLE_OK || hasEnough || hop.request.needsOnlyStatus && head.isComplete { return }
        if isCancelled { throw TransportError(.cancelled, "the request to \(hop.address.origin) was cancelled") }
        let failure = CurlFailure(outcome.code, detail: outcome.detail)
        if failure == .connect, let refusedAddress {
            let what = "\(hop.address) is refused: its name leads to \(refusedAddress), which is no public address"
            throw TransportError(.refusedByPolicy, what + "; allow private addresses for this host if that is meant")
        }
        throw TransportError(failure, detail: outcome.detail, peer: hop.address.origin)
    }
}
