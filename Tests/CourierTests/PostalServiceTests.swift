import Domain
import Foundation
import LoopbackServers
import Testing
import Transport

@testable import Courier

@Suite(.timeLimit(.minutes(2))) struct PostalServiceTests {
    private func web() throws -> HTTPClient {
        HTTPClient(policy: HTTPPolicy(allowedHosts: [try #require(HostPattern("127.0.0.1"))], limits: HostLimits(ratePerSecond: 0)))
    }

    private func post(_ url: URL, timeouts: Timeouts = Timeouts(total: .seconds(10), lowSpeedBytesPerSecond: 0)) async throws -> Answer {
        let headers = [try HTTPHeader(name: "webhook-id", value: "a/hook"), try HTTPHeader(name: "Content-Type", value: "application/json")]
        return await PostalService(relay: nil, web: try web(), webhookTimeouts: timeouts).carry(
            .webhook(url, headers: headers, body: Data(#"{"kind":"TEST"}"#.utf8)), of: try delivery("a/hook"))
    }

    enum Expected { case accepted, later, refused, gone }

    @Test(arguments: [
        (200, Expected.accepted), (201, .accepted), (204, .accepted), (301, .refused), (302, .refused), (304, .refused), (307, .refused),
        (400, .refused), (401, .refused), (404, .refused), (408, .later), (410, .gone), (413, .refused), (425, .later), (429, .later),
        (500, .later), (502, .later), (503, .later), (599, .later),
    ])
    func `P6 a webhook's status decides`(status: Int, expected: Expected) async throws {
        let odd = try OddServer()
        switch (try await post(odd.url("/status/\(status)")), expected) {
        case (.accepted(let receipt), .accepted): #expect(receipt == "HTTP \(status)")
        case (.later(let reason, nil), .later), (.refused(let reason), .refused), (.gone(let reason), .gone):
            #expect(reason.contains("\(status)"))
        case (let answer, _): Issue.record("\(status) became \(answer)")
        }
        #expect(try odd.requests().count == 1)
    }

    @Test func `a webhook gets the body and headers as they were signed`() async throws {
        let odd = try OddServer()
        _ = try await post(odd.url("/status/200"))
        let request = try #require(try odd.requests().first)
        #expect(request.hasPrefix("POST /status/200 HTTP/1.1\r\n"))
        #expect(request.contains("\r\nwebhook-id: a/hook\r\n") && request.contains("\r\nContent-Type: application/json\r\n"))
        #expect(request.hasSuffix("\r\n\r\n" + #"{"kind":"TEST"}"#))
    }

    @Test func `a webhook's Retry-After comes back`() async throws {
        let odd = try OddServer()
        guard case .later(_, retryAfter: 17) = try await post(odd.url("/status/503/17")) else { throw ExpectedRetryAfter() }
    }
    private struct ExpectedRetryAfter: Error {}

    @Test func `P4 what follows a 2xx head cannot undo it`() async throws {
        let odd = try OddServer()
        #expect(try await post(odd.url("/truncated")) == .accepted(receipt: "HTTP 200"))
        #expect(try await post(odd.url("/endless-body")) == .accepted(receipt: "HTTP 200"))
    }

    @Test func `P16 a webhook on another host is refused, a dead or silent one tried later`() async throws {
        let odd = try OddServer()
        let dead = try await post(try #require(URL(string: "http://127.0.0.1:\(freePort())/")))
        let silent = try await post(odd.url("/silent"), timeouts: Timeouts(total: .seconds(1)))
        let other = try await post(try #require(URL(string: "https://example.org/")))
        guard case .later = dead, case .later = silent, case .refused = other else {
            Issue.record("dead: \(dead), silent: \(silent), other: \(other)")
            return
        }
    }

    @Test func `a mail's receipt is the relay's own words, and its refusals are judged`() async throws {
        let server = try MailServer()
        let relay = SMTPClient(settings: try SMTPSettings(host: "127.0.0.1", port: server.plainPort, security: .none))
        let service = PostalService(relay: relay, web: try web())
        let from = try EmailAddress("fringewatch@example.org")
        let message = Data("Subject: TEST\r\n\r\nhello\r\n".utf8)
        func carry(_ to: String) async throws -> Answer {
            await service.carry(.mail(message, from: from, to: try EmailAddress(to)), of: try delivery("a"))
        }
        #expect(try await carry("known@example.org") == .accepted(receipt: "250 2.0.0 Ok: queued as 001"))
        guard case .refused = try await carry("unknown@example.org"), case .later = try await carry("busy@example.org") else {
            Issue.record("550 must be final and 451 temporary")
            return
        }
        let without = PostalService(relay: nil, web: try web())
        guard case .later = await without.carry(.mail(message, from: from, to: from), of: try delivery("a")) else {
            Issue.record("without a relay a mail has to wait")
            return
        }
    }

    @Test func `P5 in the end everybody but the dead has the alert`() async throws {
        let server = try MailServer(), odd = try OddServer(), folder = try temporaryFolder("maildir")
        let dead = "http://127.0.0.1:\(try freePort())/"
        let store = MemoryStore([
            try delivery("m", receiver: "mail", address: "known@example.org"),
            try delivery("w", receiver: "hook", address: odd.url("/status/204").absoluteString),
            try delivery("d", receiver: "dead", address: dead), try delivery("f", receiver: "file", address: folder.path),
        ])
        let relay = SMTPClient(settings: try SMTPSettings(host: "127.0.0.1", port: server.plainPort, security: .none))
        let courier = Courier(store: store, source: ByReceiver(), carrier: PostalService(relay: relay, web: try web()), schedule: .short)
        let run = Task { await courier.run() }
        try await eventually("three are delivered and one waits") {
            let kinds = await store.deliveries.mapValues(\.state.kind)
            return kinds == ["m": .delivered, "w": .delivered, "d": .waiting, "f": .delivered]
        }
        run.cancel()
        await run.value
        #expect(try server.mails().count == 1)
        #expect(try odd.requests().count == 1)
    }

    private struct ByReceiver: MessageSource {
        func parcel(for delivery: Delivery, now: Date) throws -> Parcel {
            let message = Data("Subject: TEST\r\n\r\nhello\r\n".utf8)
            switch delivery.receiver.text {
            case "mail": return .mail(message, from: try EmailAddress("f@example.org"), to: try EmailAddress(delivery.address))
            case "file": return .maildir(message, folder: URL(filePath: delivery.address))
            default: return .webhook(try #require(URL(string: delivery.address)), headers: [], body: message)
            }
        }
    }
}

@Suite struct MaildirTests {
    let folder: URL
    let message = Data("Subject: x\r\n\r\nbody\r\n".utf8)
    init() throws { folder = try temporaryFolder("maildir") }

    private func names(_ part: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: part).path)
    }

    @Test func `a mail lands in new with the lines of a local file`() throws {
        let path = try Maildir(folder).deliver(message, name: "1.a.fringewatch")
        #expect(path == folder.path + "/new/1.a.fringewatch")
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("Subject: x\n\nbody\n".utf8))
        #expect(try names("tmp").isEmpty && names("cur").isEmpty)
    }

    @Test func `a repeat replaces the file, and adds none to what was read already`() throws {
        let maildir = Maildir(folder)
        _ = try maildir.deliver(message, name: "1.a.fringewatch")
        _ = try maildir.deliver(message, name: "1.a.fringewatch")
        #expect(try names("new") == ["1.a.fringewatch"])
        try FileManager.default.moveItem(
            at: folder.appending(path: "new/1.a.fringewatch"), to: folder.appending(path: "cur/1.a.fringewatch:2,S"))
        #expect(try maildir.deliver(message, name: "1.a.fringewatch").hasSuffix("/cur/1.a.fringewatch:2,S"))
        #expect(try names("new").isEmpty)
    }

    @Test func `a name is the same each time, safe, short and different for different deliveries`() throws {
        let created = Date(timeIntervalSince1970: 1_800_000_000.7)
        let long = String(repeating: "x", count: 400)
        let ids = ["a/b", "a-b", "a=2fb", "../../etc/passwd", "a:2,S", "é\n", long + "1", long + "2"]
        let made = ids.map { Maildir.fileName(id: $0, created: created) }
        #expect(Set(made).count == ids.count)
        #expect(made[0] == "1800000000.a=2fb.fringewatch")
        #expect(made.allSatisfy { name in name.utf8.count <= 200 && !name.contains { "/:\n".contains($0) } && !name.hasPrefix(".") })
    }

    @Test func `a link planted in tmp is not followed`() throws {
        let maildir = Maildir(folder), target = folder.appending(path: "target")
        _ = try maildir.deliver(message, name: "first")
        try FileManager.default.createSymbolicLink(at: folder.appending(path: "tmp/second"), withDestinationURL: target)
        #expect(throws: MaildirError.self) { try maildir.deliver(message, name: "second") }
        #expect(!FileManager.default.fileExists(atPath: target.path))
    }

    @Test func `a folder that cannot be made is an error that names it`() throws {
        let nowhere = folder.appending(path: "no/such/parent")
        let error = #expect(throws: MaildirError.self) { try Maildir(nowhere).deliver(message, name: "a") }
        #expect(error?.description.contains("no/such/parent") == true)
    }
}
