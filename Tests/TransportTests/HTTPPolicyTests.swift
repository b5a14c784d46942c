import Domain
import Foundation
import LoopbackServers
import Testing

@testable import Transport

@Suite struct HTTPPolicyTests {
    let nginx: NginxServer
    init() throws { nginx = try NginxServer.shared() }

    @Test(arguments: [
        ("https://gws-access.jasmin.ac.uk/public/", true), ("https://GWS-ACCESS.jasmin.ac.uk:443/", true),
        ("http://gws-access.jasmin.ac.uk/", false), ("https://dap.ceda.ac.uk/x", true), ("https://ceda.ac.uk/", false),
        ("https://evilceda.ac.uk/", false), ("https://ceda.ac.uk.evil.example/", false), ("https://example.org/", false),
        ("http://plain.example.org/", true), ("http://127.0.0.1:8080/", true), ("http://127.0.0.1:8081/", false),
        ("http://2130706433:8080/", true), ("http://localhost/", false), ("https://dap.ceda.ac.uk./", false),
    ])
    func `only listed hosts are admitted, and only they may be plain that say so`(url: String, admitted: Bool) throws {
        let policy = try HTTPPolicy(
            allowedHosts: ["gws-access.jasmin.ac.uk", "*.ceda.ac.uk", "plain.example.org", "127.0.0.1:8080"].map {
                try #require(HostPattern($0))
            }, plainHosts: [try #require(HostPattern("plain.example.org"))])
        let address = try WebAddress(url)
        #expect(((try? policy.admit(address)) != nil) == admitted)
    }

    @Test(arguments: [
        "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://example.org/", "//example.org/", "/relative", "", "https://",
        "https://user:password@example.org/", "https://example.org/a b", "https://example.org/\r\nX: y", "https://example.org\\@evil/",
        "https://exämple.org/", "https://[::1%25eth0]/", "https://example.org:99999/",
    ])
    func `what is no plain web address is refused`(url: String) {
        #expect(throws: TransportError.self) { try WebAddress(url) }
    }

    @Test func `a name that resolves to loopback is refused unless it may`() async throws {
        // libcurl resolves every name below .localhost to loopback.
        let request = HTTPRequest(.get, nginx.url("/small.txt", host: "fringewatch.localhost"))
        let plain = try #require(HostPattern("fringewatch.localhost"))
        let refusing = HTTPClient(policy: HTTPPolicy(allowedHosts: [plain], plainHosts: [plain]))
        #expect(await failure { () async throws(TransportError) in _ = try await refusing.send(request) } == .refusedByPolicy)
        #expect(try nginx.log().contains("fringewatch.localhost") == false)
        let allowing = HTTPClient(policy: HTTPPolicy(allowedHosts: [plain], plainHosts: [plain], privateHosts: [plain]))
        #expect(try await allowing.send(request).status == 200)
    }

    @Test(arguments: [
        ("/loop", TransportError.Kind.tooManyRedirects), ("/to-file", .refusedByPolicy), ("/to-other-host", .refusedByPolicy),
    ])
    func `a bad redirect is refused`(path: String, kind: TransportError.Kind) async throws {
        let client = try loopbackClient()
        let request = HTTPRequest(.get, nginx.url(path))
        #expect(await failure { () async throws(TransportError) in _ = try await client.send(request) } == kind)
    }

    @Test func `a good redirect is followed, but not for a POST or against the request's will`() async throws {
        let client = try loopbackClient()
        let followed = try await client.send(HTTPRequest(.get, nginx.url("/hop")))
        #expect(followed.body == Data("small\n".utf8))
        #expect(followed.finalURL == nginx.url("/small.txt"))
        var request = HTTPRequest(.get, nginx.url("/hop"))
        request.followRedirects = false
        #expect(try await client.send(request).status == 302)
        #expect(try await client.send(HTTPRequest(.post, nginx.url("/hop"))).status == 302)
        #expect(try await loopbackClient(redirects: 1).send(HTTPRequest(.get, nginx.url("/hop"))).status == 200)
        let request2 = HTTPRequest(.get, nginx.url("/hop"))
        let none = try loopbackClient(redirects: 0)
        #expect(await failure { () async throws(TransportError) in _ = try await none.send(request2) } == .tooManyRedirects)
    }

    @Test func `a token goes to its own host only`() async throws {
        let client = try loopbackClient()
        for (path, expected) in [("/authorization", "Bearer t0ken"), ("/to-same", "Bearer t0ken"), ("/to-localhost", "")] {
            var request = HTTPRequest(.get, nginx.url(path))
            request.bearerToken = Secret("t0ken")
            #expect(try await client.send(request).body == Data(expected.utf8))
        }
    }

    @Test func `an encoded line break in a redirect adds no header`() async throws {
        let odd = try OddServer()
        let client = try loopbackClient()
        #expect(try await client.send(HTTPRequest(.get, odd.url("/header-injection"))).status == 404)
        #expect(try odd.requests().allSatisfy { !$0.contains("\nX-Evil") })
        #expect(try odd.requests().count == 2)
    }

    @Test(arguments: [
        ("X-A", "b\r\nEvil: 1"), ("X-A", "b\n"), ("X-A", "b\0"), ("X A", "b"), ("X:A", "b"), ("", "b"), ("X\r\nA", "b"), ("X-A", "ü"),
    ])
    func `a header that could end its line is refused`(name: String, value: String) {
        #expect(throws: TransportError.self) { try HTTPHeader(name: name, value: value) }
    }

    @Test func `a token with a line break is refused before anything is sent`() async throws {
        let odd = try OddServer()
        let client = try loopbackClient()
        var request = HTTPRequest(.get, odd.url("/status/200"))
        request.bearerToken = Secret("t0ken\r\nEvil: 1")
        let sent = request
        #expect(await failure { () async throws(TransportError) in _ = try await client.send(sent) } == .invalidRequest)
        #expect(try odd.requests().isEmpty)
    }
}

extension NginxServer {
    func log() throws -> String { try String(contentsOf: folder.appending(path: "access.log"), encoding: .utf8) }
}
