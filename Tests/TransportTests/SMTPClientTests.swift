import Domain
import Foundation
import LoopbackServers
import Testing

@testable import Transport

@Suite struct SMTPClientTests {
    let server: MailServer
    let sender: EmailAddress
    init() throws {
        server = try MailServer()
        sender = try EmailAddress("fringewatch@example.org")
    }

    private let message = Data("From: fringewatch@example.org\r\nSubject: Sierra Negra\r\n\r\n.a line with a dot\r\n..\r\nend\r\n".utf8)

    private func client(
        _ security: SMTPSettings.Security = .startTLS, port: Int? = nil, password: String? = MailServer.password,
        user: String = MailServer.user, authority: Bool = true, timeouts: Timeouts = Timeouts(total: .seconds(10), lowSpeedBytesPerSecond: 0)
    ) throws -> SMTPClient {
        let port = port ?? [.startTLS: server.startTLSPort, .none: server.plainPort, .tls: server.tlsPort][security] ?? 0
        return SMTPClient(
            settings: try SMTPSettings(
                host: "localhost", port: port, security: security,
                credentials: password.map { .init(user: user, password: Secret($0)) }, ehloName: "daemon.example.org",
                caBundle: authority ? TestCertificates.shared().authority : nil, timeouts: timeouts))
    }

    private func failure(_ client: SMTPClient, to: String = "known@example.org", _ message: Data? = nil) async throws -> SMTPError? {
        let recipient = try EmailAddress(to)
        do throws(SMTPError) {
            _ = try await client.send(message: message ?? self.message, from: sender, to: recipient)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a mail goes over STARTTLS with a password and comes out byte for byte`() async throws {
        let receipt = try await client().send(message: message, from: sender, to: EmailAddress("known@example.org"))
        #expect(receipt == SMTPReceipt(code: 250, text: "2.0.0 Ok: queued as 001"))
        let mail = try #require(try server.mails().first)
        let envelope = "from=fringewatch@example.org to=known@example.org tls=True user=alerts ehlo=daemon.example.org"
        #expect(mail == envelope + "\n\n" + String(decoding: message, as: UTF8.self))
    }

    @Test func `TLS from the first byte and plain loopback work too`() async throws {
        let recipient = try EmailAddress("known@example.org")
        #expect(try await client(.tls).send(message: message, from: sender, to: recipient).code == 250)
        #expect(try await client(.none, password: nil).send(message: message, from: sender, to: recipient).code == 250)
        #expect(try server.mails().map { $0.contains("tls=True") } == [true, false])
    }

    @Test func `a wrong password is told apart and waits for the operator`() async throws {
        let error = try #require(try await failure(client(password: "wrong")))
        #expect(error.kind == .authentication(code: 535))
        #expect(!error.isPermanent)
        #expect(error.message.contains("Authentication credentials invalid") && !error.message.contains("wrong"))
    }

    @Test func `a server that cannot check passwords now is asked again`() async throws {
        guard case .authentication = try await failure(client(user: "locked"))?.kind else {
            Issue.record("no authentication error")
            return
        }
    }

    @Test func `no password where one is needed is an authentication error`() async throws {
        #expect(try await failure(client(password: nil))?.kind == .authentication(code: 530))
    }

    @Test(arguments: [
        ("unknown@example.org", SMTPError.Kind.refusedForGood(code: 550), true), ("busy@example.org", .refusedForNow(code: 451), false),
        ("later@example.org", .refusedForNow(code: 421), false), ("full@example.org", .refusedForGood(code: 552), true),
    ])
    func `replies of the 5xx class are permanent, of the 4xx class temporary`(to: String, kind: SMTPError.Kind, permanent: Bool) async throws {
        let error = try #require(try await failure(client(), to: to))
        #expect(error.kind == kind)
        #expect(error.isPermanent == permanent)
        #expect(try server.mails().isEmpty)
    }

    @Test func `a relay without STARTTLS gets neither the password nor the mail`() async throws {
        #expect(try await failure(client(.startTLS, port: server.plainPort))?.kind == .noStartTLS)
        #expect(try server.mails().isEmpty)
    }

    @Test func `a certificate of another host or authority is refused`() async throws {
        #expect(try await failure(client(port: server.otherPort))?.kind == .certificate)
        #expect(try await failure(client(authority: false))?.kind == .certificate)
        #expect(try await failure(client(.tls, authority: false))?.kind == .certificate)
        #expect(try server.mails().isEmpty)
    }

    @Test func `a dead relay is a connect error`() async throws {
        #expect(try await failure(client(port: freePort()))?.kind == .connect)
    }

    @Test func `a relay that never answers runs into the deadline`() async throws {
        let impatient = try client(timeouts: Timeouts(total: .seconds(2), lowSpeedBytesPerSecond: 0))
        #expect(try await failure(impatient, to: "mute@example.org")?.kind == .timeout)
    }

    @Test(.timeLimit(.minutes(1))) func `a mail that the relay already has is not hung up on by a cancellation`() async throws {
        let client = try client()
        let task = Task { [sender, message] in try await client.send(message: message, from: sender, to: EmailAddress("slow@example.org")) }
        let marker = server.folder.appending(path: "slow.tmp").path
        while !FileManager.default.fileExists(atPath: marker) { try await Task.sleep(for: .milliseconds(20)) }
        task.cancel()
        #expect(try await task.value.code == 250)
    }

    @Test(arguments: [
        "Subject: x\n\nbody\n", "Subject: x\r\n\r\nbody\r\n.\nMAIL FROM:<evil@example.com>\r\n", "Subject: x\r\r\n", "no line end",
        "", "Subject: \u{E4}\r\n", "a\0b\r\n", String(repeating: "x", count: 999) + "\r\n", "ends with\r",
    ])
    func `a message that is no clean mail never reaches the relay`(text: String) async throws {
        let error = try #require(try await failure(client(), Data(text.utf8)))
        #expect(error.kind == .invalidMessage)
        #expect(error.isPermanent)
        #expect(try server.mails().isEmpty)
    }

    @Test func `lines of 998 bytes are sent`() async throws {
        #expect(try await failure(client(), Data((String(repeating: "x", count: 998) + "\r\n").utf8)) == nil)
    }
}

@Suite struct SMTPSettingsTests {
    private func settings(
        host: String = "relay.example.org", port: Int = 587, security: SMTPSettings.Security = .startTLS, user: String = "u",
        password: String = "p", ehlo: String? = nil, plainAllowed: Bool = false
    ) throws(SMTPError) -> SMTPSettings {
        try SMTPSettings(
            host: host, port: port, security: security, credentials: .init(user: user, password: Secret(password)), ehloName: ehlo,
            plainAllowed: plainAllowed)
    }

    @Test(arguments: ["", "relay example", "relay\r\nMAIL", "relay/x", "a@b", "user:p@host", "-x", "relay?x", "1.2.3.4:25"])
    func `a host that is no host is refused`(host: String) { #expect(throws: SMTPError.self) { try settings(host: host) } }

    @Test(arguments: ["a\r\nMAIL FROM:<x>", "a b", "", "[1.2.3.4]", "a/b", "a%0d%0a"])
    func `an EHLO name that is no host name is refused`(name: String) { #expect(throws: SMTPError.self) { try settings(ehlo: name) } }

    @Test(arguments: [0, -1, 65_536])
    func `a port out of range is refused`(port: Int) { #expect(throws: SMTPError.self) { try settings(port: port) } }

    @Test func `plain mail is for loopback only, unless it is allowed`() throws {
        #expect(throws: SMTPError.self) { try settings(security: .none) }
        #expect(throws: SMTPError.self) { try settings(host: "10.0.0.1", security: .none) }
        for host in ["127.0.0.1", "127.8.0.1", "::1", "localhost"] { _ = try settings(host: host, security: .none) }
        _ = try settings(security: .none, plainAllowed: true)
    }

    @Test(arguments: [("u\r\nx", "p"), ("u", "p\n"), ("", "p"), ("u", ""), ("u\0", "p")])
    func `a user or password that could end its line is refused`(user: String, password: String) {
        #expect(throws: SMTPError.self) { try settings(user: user, password: password) }
    }
}

@Suite struct SMTPReplyTests {
    @Test func `lines become replies and the answer to the message is found`() {
        var replies = SMTPReplies()
        for line in ["220 hi", "250-a", "250-b", "250 c", "250 ok", "250 ok", "354 go", "250-2.0.0 queued", "250 as 7", "221 bye"] {
            replies.append(line: line)
        }
        #expect(replies.complete.map(\.code) == [220, 250, 250, 250, 354, 250, 221])
        #expect(replies.toMessage == SMTPReply(code: 250, text: "2.0.0 queued as 7"))
        #expect(replies.refusal == nil)
    }
}
