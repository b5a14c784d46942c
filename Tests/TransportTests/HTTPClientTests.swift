import Domain
import Foundation
import LoopbackServers
import Testing

@testable import Transport

/// A client that may talk to the tests' servers.
func loopbackClient(
    hosts: [String] = ["127.0.0.1", "localhost"], redirects: Int = 5, limits: HostLimits = HostLimits(concurrency: 8, ratePerSecond: 0),
    privateHosts: [String] = [], authority: Bool = true
) throws -> HTTPClient {
    let policy = HTTPPolicy(
        allowedHosts: try hosts.map { try #require(HostPattern($0)) }, privateHosts: try privateHosts.map { try #require(HostPattern($0)) },
        redirectLimit: redirects, limits: limits, caBundle: authority ? try TestCertificates.shared().authority : nil,
        userAgent: "fringewatch/test")
    return HTTPClient(policy: policy)
}

/// The kind of error that the work ends with; nil if it succeeds.
func failure(_ work: () async throws(TransportError) -> Void) async -> TransportError.Kind? {
    do throws(TransportError) {
        try await work()
        return nil
    } catch {
        return error.kind
    }
}

@Suite struct HTTPClientTests {
    let nginx: NginxServer
    init() throws { nginx = try NginxServer.shared() }

    @Test func `a file comes with its status, headers and body`() async throws {
        let response = try await loopbackClient().send(HTTPRequest(.get, nginx.url("/small.txt")))
        #expect(response.status == 200)
        #expect(response.body == Data("small\n".utf8))
        #expect(response.contentType == "text/plain")
        #expect(response.headers["content-LENGTH"] == "6")
        #expect(try #require(response.lastModified).timeIntervalSinceNow > -3600)
        #expect(response.finalURL == nginx.url("/small.txt"))
        #expect(response.retryAdvice == .done)
    }

    @Test func `a HEAD has no body and no limit`() async throws {
        var request = HTTPRequest(.head, nginx.url("/data.bin"))
        request.bodyLimit = 10
        let response = try await loopbackClient().send(request)
        #expect(response.body.isEmpty)
        #expect(response.headers["Content-Length"] == "\(1 << 20)")
    }

    @Test func `a POST carries its body and the user agent`() async throws {
        var request = HTTPRequest(.post, nginx.url("/request"))
        request.body = Data("twelve bytes".utf8)
        let response = try await loopbackClient().send(request)
        #expect(String(decoding: response.body, as: UTF8.self).hasPrefix("POST fringewatch/test 12 "))
    }

    @Test func `an unchanged resource is answered with 304`() async throws {
        let client = try loopbackClient()
        let first = try await client.send(HTTPRequest(.get, nginx.url("/small.txt")))
        for (tag, date) in [(first.entityTag, nil), (nil, first.lastModified)] {
            var request = HTTPRequest(.get, nginx.url("/small.txt"))
            try request.onlyIfChanged(entityTag: tag, lastModified: date)
            #expect(try await client.send(request).isNotModified)
        }
        var changed = HTTPRequest(.get, nginx.url("/small.txt"))
        try changed.onlyIfChanged(entityTag: "\"another\"", lastModified: nil)
        #expect(try await client.send(changed).status == 200)
    }

    @Test func `503 and 429 come with their Retry-After, as seconds and as a date`() async throws {
        let client = try loopbackClient()
        #expect(try await client.send(HTTPRequest(.get, nginx.url("/busy"))).retryAdvice == .later(retryAfter: 7))
        let limited = try await client.send(HTTPRequest(.get, nginx.url("/limited")))
        #expect(try #require(limited.retryAfter) > 1e9)
        #expect(try await client.send(HTTPRequest(.get, nginx.url("/gone"))).retryAdvice == .gone)
        #expect(try await client.send(HTTPRequest(.get, nginx.url("/missing"))).retryAdvice == .never)
    }

    @Test func `compressed answers are counted after decompression`() async throws {
        var request = HTTPRequest(.get, nginx.url("/gzip/letters.txt"))
        let response = try await loopbackClient().send(request)
        #expect(response.headers["Content-Encoding"] == "gzip")
        #expect(response.body.count == 200_000)
        request.bodyLimit = 100_000
        #expect(await failure { () async throws(TransportError) in _ = try await HTTPClient(policy: loopbackPolicy).send(request) } == .tooLarge)
    }

    private var loopbackPolicy: HTTPPolicy { HTTPPolicy(allowedHosts: [HostPattern("127.0.0.1")].compactMap { $0 }) }

    @Test func `a body over the limit is refused, announced or not`() async throws {
        let odd = try OddServer()
        let client = try loopbackClient()
        for url in [nginx.url("/data.bin"), odd.url("/endless-body")] {
            var request = HTTPRequest(.get, url)
            request.bodyLimit = 500_000
            #expect(await failure { () async throws(TransportError) in _ = try await client.send(request) } == .tooLarge)
        }
    }

    @Test func `an endless error page is cut, its status kept`() async throws {
        let odd = try OddServer()
        let response = try await loopbackClient().send(HTTPRequest(.get, odd.url("/endless-error")))
        #expect(response.status == 500)
        #expect(response.body.count == 64 << 10)
    }

    @Test(arguments: [
        ("/truncated", TransportError.Kind.truncated), ("/truncated-chunks", .truncated), ("/garbage", .connectionLost),
        ("/endless-head", .connectionLost), ("/hang-up", .connectionLost), ("/silent", .timeout),
    ])
    func `a misbehaving server gives a named error`(path: String, kind: TransportError.Kind) async throws {
        let odd = try OddServer()
        let client = try loopbackClient()
        var request = HTTPRequest(.get, odd.url(path))
        request.timeouts.total = .seconds(2)
        #expect(await failure { () async throws(TransportError) in _ = try await client.send(request) } == kind)
    }

    @Test func `a dead port is a connect error and an unknown name a resolve error`() async throws {
        let client = try loopbackClient(hosts: ["127.0.0.1", "no-such-host.invalid"])
        let dead = try #require(URL(string: "http://127.0.0.1:\(freePort())/"))
        let unknown = try #require(URL(string: "https://no-such-host.invalid/"))
        #expect(await failure { () async throws(TransportError) in _ = try await client.send(HTTPRequest(.get, dead)) } == .connect)
        #expect(await failure { () async throws(TransportError) in _ = try await client.send(HTTPRequest(.get, unknown)) } == .resolve)
    }

    @Test func `a transfer below the lowest speed is given up`() async throws {
        let client = try loopbackClient()
        var request = HTTPRequest(.get, nginx.url("/throttled/data.bin"))
        request.timeouts = Timeouts(total: .seconds(30), lowSpeedBytesPerSecond: 5000, lowSpeedTime: .seconds(1))
        #expect(await failure { () async throws(TransportError) in _ = try await client.send(request) } == .tooSlow)
    }

    @Test func `cancelling the task ends the transfer`() async throws {
        let odd = try OddServer()
        let client = try loopbackClient()
        let request = HTTPRequest(.get, odd.url("/silent"))
        let task = Task { await failure { () async throws(TransportError) in _ = try await client.send(request) } }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        // Left alone, the server would have hung up after 30 s, which is another error.
        #expect(await task.value == .cancelled)
    }

    @Test func `a second request goes over the same connection`() async throws {
        let client = try loopbackClient()
        var numbers: Set<Substring> = []
        for _ in 0..<5 {
            let body = try await client.send(HTTPRequest(.get, nginx.url("/request"))).body
            numbers.insert(try #require(String(decoding: body, as: UTF8.self).split(separator: " ").last))
        }
        #expect(numbers.count == 1)
    }

    @Test func `TLS with the right authority works and others are refused`() async throws {
        let request = HTTPRequest(.get, nginx.tlsURL("/small.txt"))
        let trusting = try loopbackClient()
        #expect(try await trusting.send(request).status == 200)
        let distrusting = try loopbackClient(authority: false)
        #expect(await failure { () async throws(TransportError) in _ = try await distrusting.send(request) } == .certificate)
        let other = HTTPRequest(.get, nginx.otherTLSURL("/small.txt"))
        #expect(await failure { () async throws(TransportError) in _ = try await trusting.send(other) } == .certificate)
    }

    @Test func `a Unix socket is spoken to whatever the host's name`() async throws {
        let url = try #require(URL(string: "http://fringewatch/small.txt"))
        var request = HTTPRequest(.get, url)
        request.unixSocketPath = nginx.socketPath
        #expect(try await loopbackClient(hosts: []).send(request).body == Data("small\n".utf8))
    }
}
