import Configuration
import Courier
import Domain
import Foundation
import Ledger
import Testing
import Transport
import Volcanoes

@testable import Daemon

@Suite("Outbox") struct OutboxTests {
    private static let receivers = """
        smtp: {host: 127.0.0.1, port: 2525, security: none, from: fringewatch@example.org}
        receivers:
          - {name: all, kind: maildir, path: FOLDER/all}
          - {name: loud, kind: maildir, path: FOLDER/loud, from_tier: alert}
          - {name: darwin, kind: maildir, path: FOLDER/darwin, volcanoes: [353030]}
          - {name: listed, kind: maildir, path: FOLDER/listed, only_when_listed: true}
          - {name: news, kind: maildir, path: FOLDER/news, kinds: [NEW]}
          - {name: off, kind: maildir, path: FOLDER/off, enabled: false}
          - {name: staff, kind: email, to: [a@example.org, b@example.org]}
          - {name: hook, kind: webhook, url: "http://127.0.0.1:9/x", secret: {file: FOLDER/secret}}
        """

    private func stage(secret: String = "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()) async throws -> Stage {
        let stage = try await Stage()
        try Data(secret.utf8).write(to: stage.folder.appendingPathComponent("secret"))
        return stage
    }

    private func outbox() async throws -> (Stage, Runtime) {
        let stage = try await stage()
        return (stage, try stage.rewritten(watched: "{volcanoes: [353040]}", more: Self.receivers))
    }

    private func alert(_ runtime: Runtime, _ stage: Stage, kind: AlertKind, tier: Tier = .notify) async throws -> Alert {
        let test = try TestAlert.make(runtime: runtime, plan: await stage.watch.plan, receivers: [], now: Date(timeIntervalSince1970: 1_750_000_000))
            .alert
        return Alert(
            id: test.id, episode: test.episode, revision: 1, kind: kind, tier: tier, issued: test.issued,
            volcano: try #require(runtime.volcanoes[Stage.alcedo]), observation: test.observation, finding: test.finding, evidence: [], history: [],
            reason: .firstFlag, explanation: "", model: test.model, priority: nil)
    }

    @Test(arguments: [
        (AlertKind.new, Tier.alert, [String](), ["all", "loud", "news", "staff", "staff", "hook"]),
        (.new, .notify, [], ["all", "news", "staff", "staff", "hook"]),
        (.update, .alert, [], ["all", "loud", "staff", "staff", "hook"]),
        (.new, .alert, ["listed", "darwin"], ["all", "loud", "darwin", "listed", "news", "staff", "staff", "hook"]),
        (.test, .notify, [], ["all", "loud", "darwin", "listed", "news", "staff", "staff", "hook"]),
    ])
    func `each receiver hears what it asked for, each address once`(kind: AlertKind, tier: Tier, listed: [String], expected: [String]) async throws {
        let (stage, runtime) = try await outbox()
        let alert = try await alert(runtime, stage, kind: kind, tier: tier)
        let deliveries = runtime.outbox.deliveries(for: alert, listed: listed.compactMap(ReceiverName.init), now: alert.issued)
        #expect(deliveries.map(\.receiver.text) == expected)
        #expect(Set(deliveries.map(\.id)).count == deliveries.count)
        #expect(deliveries.allSatisfy { $0.state == .waiting(until: alert.issued) && $0.attempts == 0 })
    }

    @Test func `each channel gets its parcel`() async throws {
        let (stage, runtime) = try await outbox()
        let alert = try await alert(runtime, stage, kind: .new)
        for delivery in runtime.outbox.deliveries(for: alert, listed: [], now: alert.issued) {
            let parcel = try runtime.outbox.parcel(for: delivery, alert: alert, picture: Data([1, 2, 3]), now: alert.issued)
            switch (delivery.receiver.text, parcel) {
            case ("all", .maildir(let mail, let folder)), ("news", .maildir(let mail, let folder)):
                #expect(folder.lastPathComponent == delivery.receiver.text)
                #expect(String(decoding: mail, as: UTF8.self).contains("Message-ID:"))
            case ("staff", .mail(let mail, let from, let to)):
                #expect(from.text == "fringewatch@example.org" && to.text == delivery.address)
                #expect(String(decoding: mail, as: UTF8.self).contains("To: \(delivery.address)\r\n"))
            case ("hook", .webhook(let url, let headers, _)):
                #expect(url.port == 9)
                #expect(headers.contains { $0.name.lowercased() == "webhook-signature" })
            default: Issue.record("\(delivery.receiver) got another kind of parcel")
            }
        }
    }

    @Test func `a delivery to a receiver that was switched off or removed says what to do`() async throws {
        let (stage, runtime) = try await outbox()
        let alert = try await alert(runtime, stage, kind: .new)
        for name in ["off", "removed"] {
            let delivery = Delivery(
                id: "x", alert: alert.id, receiver: ReceiverName(name)!, address: "y", created: alert.issued, attempts: 0, lastError: nil,
                state: .waiting(until: alert.issued))
            let error = #expect(throws: OutboxError.self) { try runtime.outbox.parcel(for: delivery, alert: alert, picture: nil, now: alert.issued) }
            #expect(error?.description.contains("configure it again, or drop the delivery") == true)
        }
    }

    @Test func `P16 an address that was taken out of the configuration gets nothing more`() async throws {
        let (stage, runtime) = try await outbox()
        let alert = try await alert(runtime, stage, kind: .new)
        let delivery = Delivery(
            id: "x", alert: alert.id, receiver: ReceiverName("staff")!, address: "former@example.org", created: alert.issued, attempts: 0,
            lastError: nil,
            state: .waiting(until: alert.issued))
        #expect(throws: OutboxError.self) { try runtime.outbox.parcel(for: delivery, alert: alert, picture: nil, now: alert.issued) }
    }

    @Test(arguments: [("whsec_short", "secret of receiver hook"), ("", "an empty file")])
    func `a webhook secret that is none stops the start and says which`(secret: String, words: String) async throws {
        let stage = try await stage(secret: secret)
        let error = #expect(throws: (any Error).self) { try stage.rewritten(watched: "{volcanoes: [353040]}", more: Self.receivers) }
        #expect("\(try #require(error))".contains(words))
    }

    @Test func `P17 a test alert says TEST and reaches the named receivers only`() async throws {
        let (stage, runtime) = try await outbox()
        let test = try TestAlert.make(runtime: runtime, plan: await stage.watch.plan, receivers: [ReceiverName("news")!], now: Date())
        #expect(test.alert.kind == .test)
        #expect(test.deliveries.map(\.receiver.text) == ["news"])
        guard case .maildir(let mail, _) = try runtime.outbox.parcel(for: test.deliveries[0], alert: test.alert, picture: test.picture, now: Date())
        else {
            throw StageError(description: "no mail")
        }
        #expect(String(decoding: mail, as: UTF8.self).contains("Subject: [TEST]") || String(decoding: mail, as: UTF8.self).contains("TEST"))
    }
}
