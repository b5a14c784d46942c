import Console
import Domain
import EmbeddedCatalogue
import Foundation
import LoopbackServers
import Synthesis
import Testing

/// kill -9 at any moment loses nothing and repeats only what has no receipt.
@Suite(.serialized) struct KillTests {
    /// What came of each delivery so far: the ids that it had on the wire, once for each time that it came.
    private struct Received {
        var ids: [String: [String]] = [:]

        init(_ station: Station, _ relay: MailServer) throws {
            for receipt in try station.hook.receipts() {
                let body = try JSONDecoder().decode(Body.self, from: Data(contentsOf: station.webhooks.appending(path: receipt.body)))
                ids["\(body.data.alert.id)/hook", default: []].append(receipt.headers["webhook-id"] ?? "none")
            }
            for mail in try relay.mails() {
                func header(_ name: String) -> String {
                    mail.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) } ?? "none"
                }
                ids["\(header("X-Fringewatch-Alert"))/observatory", default: []].append(header("Message-ID"))
            }
        }

        private struct Body: Decodable {
            struct Content: Decodable { let alert: Identity }
            struct Identity: Decodable { let id: String }
            let data: Content
        }
    }

    @Test func `P1 P2 P3 P4 twelve kills at random moments lose nothing, and what has a receipt is never sent again`() async throws {
        try await withStation { station in
            let relay = try MailServer()
            // With a quiet time of a day each of these pairs opens an episode: many messages.
            try station.configure(
                receivers: ["{name: observatory, kind: email, to: [known@observatory.example]}", station.hookReceiver, station.maildirReceiver],
                more: "alerting: {quiet: 1d, historic_after: 3650d, send_ended: false}\n" + station.smtp(port: relay.startTLSPort))
            try station.publish("20250101_20250113", .quiet)
            var daemon = try await station.start(baseline: 1)
            station.catalogue.fail(.slow(600_000), where: ".tif")

            var random = SeededGenerator(seed: 20_250_613, purpose: "kills")
            let news = try pairs(from: "20250201", count: 12)
            var stages: [String: Int] = [:]
            var receipted: [String: Int] = [:]
            for (index, pair) in news.enumerated() {
                let known = try station.written().utf8.count
                if index > 0 { daemon = try station.start() }
                try station.publish(pair.description, index % 4 == 3 ? .quiet : .uplift)
                try await wait(for: Self.stages[index % Self.stages.count], station, known: known)
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...80, using: &random)))
                try await kill(daemon)
                let received = try Received(station, relay)
                for delivery in try await LedgerCopy.read(station).deliveries where delivery.state == "delivered" {
                    guard let ids = received.ids[delivery.id] else { continue }
                    let before = receipted[delivery.id] ?? ids.count
                    #expect(ids.count == before, "\(delivery.id) came again after its receipt was stored")
                    receipted[delivery.id] = ids.count
                }
                stages[try lastMessage(station), default: 0] += 1
            }
            daemon = try station.start()
            print(
                "the daemon was killed after writing: \(stages.sorted { $0.key < $1.key }.map { "\($0.value) x \($0.key)" }.joined(separator: "; "))")
            for pair in news { try await station.settle(pair.description, daemon) }
            try await station.until("nothing is left to send", daemon) {
                try await station.deliveries().allSatisfy { $0.state.kind == .delivered }
            }
            let (alerts, deliveries) = (try await station.alerts(), try await station.deliveries())
            try await kill(daemon)

            let ledger = try await LedgerCopy.read(station)
            #expect(
                Dictionary(grouping: ledger.interferograms, by: \.pair).mapValues { $0.map(\.outcome) }
                    == Dictionary(uniqueKeysWithValues: news.map { ($0.description, ["scored"]) } + [("20250101_20250113", ["baseline"])]))
            #expect(alerts.count == 9 && Set(alerts.map(\.observation.interferogram.pair)).count == 9, "one for each uplift")
            #expect(deliveries.count == 27)

            let received = try Received(station, relay)
            #expect(received.ids.count == 18)
            #expect(try station.filed().count == 9)
            #expect(received.ids.values.allSatisfy { Set($0).count == 1 }, "a repeat has the id of the first time")
            #expect(Set(received.ids.values.joined()).count == 18, "no two messages have the same id")
            for (delivery, before) in receipted { #expect(received.ids[delivery]?.count == before, "\(delivery)") }
            let repeats = received.ids.values.reduce(0) { $0 + $1.count - 1 }
            print("\(repeats) messages were repeated, \(receipted.count) had a receipt before a later kill")
            #expect(repeats <= 24, "at most one mail and one webhook can be between answer and receipt at a kill")
            #expect(!receipted.isEmpty)
        }
    }

    @Test func `P3 a kill between the relay's work and its answer sends the same message again, under the same id`() async throws {
        try await withStation { station in
            let port = try freePort()
            let folder = station.folder.appending(path: "late")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            _ = try station.serve("late-smtp-server.py", "\(port)", folder.path)
            try station.configure(
                receivers: ["{name: observatory, kind: email, to: [duty@observatory.example]}"],
                more: "smtp: {host: 127.0.0.1, port: \(port), security: none, from: fringewatch@observatory.example}\nretries: {waits: [1s]}")
            try station.publish("20250101_20250113", .quiet)
            var daemon = try await station.start(baseline: 1)
            try station.publish("20250613_20250707", .uplift)
            try await station.until("the relay has the message", daemon) { try mails(folder).count == 1 }
            try await kill(daemon)
            #expect(try await LedgerCopy.read(station).deliveries.map(\.state) == ["leased"])

            daemon = try station.start()
            try await station.until("its delivery is done", daemon) { try await station.deliveries().map(\.state.kind) == [.delivered] }
            let messages = try mails(folder)
            #expect(messages.count == 2)
            var ids: [String] = []
            for message in messages { ids.append(try #require(try await ReadMail.read(message, in: station.folder).messageID)) }
            #expect(Set(ids).count == 1)
        }
    }

    private func mails(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".eml") }.sorted().map {
            String(decoding: try Data(contentsOf: folder.appending(path: $0)), as: UTF8.self)
        }
    }

    /// What the daemon has last written when it is killed, a few milliseconds later; nil: while it starts.
    private static let stages: [String?] = [
        "a new interferogram is listed", "an interferogram is assessed", nil, "a message was delivered", "fringewatch is ready",
    ]

    /// Until the daemon has written this since its start; for a few seconds at most, since a kill before may have left nothing to do.
    private func wait(for stage: String?, _ station: Station, known: Int) async throws {
        let deadline = ContinuousClock.now + .milliseconds(stage == nil ? 150 : 4000)
        while ContinuousClock.now < deadline {
            let new = try station.written().utf8.dropFirst(known)
            if let stage, String(decoding: new, as: UTF8.self).contains(stage) { return }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func kill(_ daemon: ChildProcess) async throws {
        #expect(daemon.isRunning)
        daemon.signal(SIGKILL)
        #expect(try await daemon.exit(within: 10) == -SIGKILL)
    }

    /// The daemon's last message, without its data.
    private func lastMessage(_ station: Station) throws -> String {
        let line = try station.written().split(separator: "\n").last.map(String.init) ?? "nothing"
        return String(line.prefix { $0 != "=" }.split(separator: " ").dropLast().joined(separator: " "))
    }
}
