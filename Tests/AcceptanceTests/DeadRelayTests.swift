import Console
import Domain
import EmbeddedCatalogue
import Foundation
import LoopbackServers
import Testing

@Suite struct DeadRelayTests {
    @Test func `P5 P6 a dead mail relay delays nobody else, is tried on schedule, and gets the mail when it is back`() async throws {
        try await withStation { station in
            let relay = try MailServer()
            let dead = try freePort()
            try station.configure(
                receivers: [
                    "{name: observatory, kind: email, to: [known@observatory.example]}", station.hookReceiver, station.maildirReceiver,
                ], more: "retries: {waits: [1s, 2s, 1h]}\n" + station.smtp(port: dead))
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)
            try station.publish("20250613_20250707", .uplift)
            try await station.until("the others have it", daemon) {
                try station.hook.receipts().count == 1 && (try station.filed().count) == 1
            }
            try await station.until("the relay was tried three times", daemon) { try await mail(station)?.attempts == 3 }
            let waiting = try #require(try await mail(station))
            guard case .waiting(let until) = waiting.state else { throw Program.Trouble(description: "\(waiting) should wait") }
            // After one second, two seconds, and then an hour.
            #expect((3590...3620).contains(until.timeIntervalSinceNow))
            #expect(waiting.lastError?.isEmpty == false)
            #expect(try await station.status().deliveries == ["delivered": 2, "waiting": 1])

            _ = try station.serve("forward-port.py", "\(dead)", "\(relay.startTLSPort)")
            // The first retry may come before the forwarder listens.
            try await station.until("the mail is delivered", daemon) {
                guard try await mail(station)?.state.kind != .delivered else { return true }
                let retry = try await station.fringewatch("deliveries", "retry", waiting.id)
                #expect(
                    retry.status == 0 || retry.errors.contains("at this moment") || retry.errors.contains("has been delivered"), "\(retry.errors)")
                return false
            }
            #expect(try relay.mails().count == 1)
            #expect(try station.hook.receipts().count == 1)
            #expect(try station.filed().count == 1)
            let again = try await station.fringewatch("deliveries", "retry", waiting.id)
            #expect(again.status == 1 && again.errors.contains("never sent twice"))
        }
    }

    private func mail(_ station: Station) async throws -> Delivery? {
        try await station.deliveries().first { $0.receiver.text == "observatory" }
    }
}
