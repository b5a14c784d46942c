import Console
import Domain
import EmbeddedCatalogue
import Foundation
import LoopbackServers
import Testing

/// From an interferogram in a catalogue to everything that its receivers get.
@Suite(.serialized) struct MessageTests {
    /// The second pair overlaps the first and shares no acquisition with it: it confirms.
    private let first = "20250601_20250625"
    private let second = "20250613_20250707"

    @Test func `an interferogram on JASMIN becomes a mail over STARTTLS and AUTH, a file in a maildir and a signed webhook`() async throws {
        try await withStation { station in
            let relay = try MailServer()
            try station.configure(
                receivers: [
                    "{name: observatory, kind: email, to: [known@observatory.example, nobody@observatory.example]}", station.hookReceiver,
                    station.maildirReceiver,
                ], more: station.smtp(port: relay.startTLSPort))
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)
            for pair in [first, second] {
                try station.publish(pair, .uplift)
                try await station.settle(pair, daemon)
            }

            let deliveries = try await station.deliveries()
            #expect(deliveries.count == 8)
            try checkRefused(deliveries.filter { $0.address == "nobody@observatory.example" })
            for delivery in deliveries where delivery.address != "nobody@observatory.example" {
                #expect(delivery.state.kind == .delivered && delivery.attempts == 1, "\(delivery)")
            }
            #expect(try await station.alerts().map(\.kind) == [.confirmed, .new])

            let mails = try relay.mails()
            #expect(mails.count == 2)
            for mail in mails {
                let envelope = try #require(mail.split(separator: "\n").first)
                #expect(envelope.hasPrefix("from=fringewatch@observatory.example to=known@observatory.example tls=True user=alerts "))
            }
            try await checkThread(mails.map { $0.components(separatedBy: "\n\n").dropFirst().joined(separator: "\n\n") }, station)
            try await checkThread(try station.filed(), station)
            try await checkWebhooks(station, types: ["alert.new", "alert.confirmed"])

            let listed = try await station.fringewatch("deliveries", "list", "--state", "failed")
            #expect(listed.status == 0 && listed.output.contains("nobody@observatory.example") && listed.output.contains("550"))
            let status = try await station.fringewatch("status")
            #expect(status.status == 2 && status.output.contains("2 deliveries have failed"))
            daemon.signal(SIGTERM)
            #expect(try await daemon.exit(within: 10) == 0)
            #expect(try relay.mails().count == 2)
        }
    }

    @Test func `an interferogram on CEDA becomes a signed webhook`() async throws {
        try await withStation { station in
            try station.configure(
                catalogue: ["kind: ceda", "url: \(station.address.ceda.absoluteString)"], receivers: [station.hookReceiver])
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)
            for pair in [first, second] {
                try station.publish(pair, .uplift)
                try await station.settle(pair, daemon)
            }
            try await checkWebhooks(station, types: ["alert.new", "alert.confirmed"])
            let account = try #require(try await station.accounts(first).first)
            #expect(account.catalogue == "source" && account.outcome == "scored")
            #expect(account.source.hasPrefix(station.address.ceda.absoluteString) && account.source.hasSuffix("/\(first)/"))
            #expect(
                station.catalogue.requests.contains {
                    $0.query == "json" && $0.path.hasSuffix("/128/\(Station.frame)") || $0.path.hasSuffix("/128/\(Station.frame)/")
                })
        }
    }

    private func checkRefused(_ deliveries: [Delivery]) throws {
        #expect(deliveries.count == 2)
        for delivery in deliveries {
            guard case .failed(_, let reason) = delivery.state else {
                Issue.record("\(delivery) should have failed")
                continue
            }
            #expect(reason.contains("550") && delivery.attempts == 1)
        }
    }

    /// Two mails of one episode: text, HTML, an inline picture, and one thread.
    private func checkThread(_ mails: [String], _ station: Station) async throws {
        #expect(mails.count == 2)
        var read: [ReadMail] = []
        for mail in mails { read.append(try await ReadMail.read(mail, in: station.folder)) }
        read.sort { ($0.headers["x-fringewatch-revision"] ?? "") < ($1.headers["x-fringewatch-revision"] ?? "") }
        for mail in read {
            #expect(mail.defects == 0)
            #expect(mail.parts.map(\.type) == ["text/plain", "text/html", "image/png"])
            let (text, page, picture) = (mail.parts[0], mail.parts[1], mail.parts[2])
            #expect(text.text.contains("Alcedo") && text.text.contains("not reviewed"))
            let cid = try #require(picture.cid?.trimmingCharacters(in: ["<", ">"]))
            #expect(page.text.contains("cid:\(cid)") && picture.disposition == "inline")
            let size = try #require(picture.png)
            #expect(
                (400...1600).contains(size[0]) && (400...2400).contains(size[1]) && (20_000...1_500_000).contains(picture.bytes),
                "\(size), \(picture.bytes) bytes")
            #expect(mail.headers["subject"]?.contains("Alcedo") == true)
        }
        let ids = read.compactMap(\.messageID)
        #expect(Set(ids).count == 2)
        #expect(read.first?.headers["references"] == nil)
        #expect(read.last?.headers["references"] == ids.first && read.last?.headers["in-reply-to"] == ids.first)
    }

    private func checkWebhooks(_ station: Station, types: [String]) async throws {
        let signed: [String] = try await Python.json(Self.verify, [station.webhooks.path, station.secret.path])
        #expect(signed == types)
        if let python = try await Python.interpreter(with: "jsonschema") {
            let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../alert-templates/webhook.schema.json")
            let result = try await Program.run(["-c", Self.validate, schema.standardizedFileURL.path, station.webhooks.path], program: python)
            #expect(result.status == 0 && result.output == "2\n", "\(result.errors)")
        }
    }

    /// Standard Webhooks, from its specification: prints the types of all webhooks; fails where a signature, a time or a field is wrong.
    private static let verify = """
        import base64, glob, hashlib, hmac, json, sys, time
        key = base64.b64decode(open(sys.argv[2]).read().strip().removeprefix("whsec_"))
        types = []
        for name in sorted(glob.glob(sys.argv[1] + "/*.json")):
            receipt = json.load(open(name))
            body = open(name.replace(".json", ".body"), "rb").read()
            h = receipt["headers"]
            signed = (h["webhook-id"] + "." + h["webhook-timestamp"] + ".").encode() + body
            good = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
            assert any(hmac.compare_digest(good, s) for s in h["webhook-signature"].split(" ")), "signature"
            assert abs(time.time() - int(h["webhook-timestamp"])) < 600, "timestamp"
            assert receipt["method"] == "POST" and h["content-type"].startswith("application/json")
            message = json.loads(body)
            alert, volcano, picture = message["data"]["alert"], message["data"]["volcano"], message["data"]["picture"]
            assert message["version"] == 1 and alert["id"].startswith(alert["episode"]) and alert["revision"] == len(types) + 1
            assert volcano["number"] == 353040 and 0.5 <= message["data"]["finding"]["p_max"] <= 1
            types.append(message["type"])
        json.dump(types, sys.stdout)
        """

    private static let validate = """
        import glob, json, jsonschema, sys
        validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
        files = glob.glob(sys.argv[2] + "/*.body")
        for name in files: validator.validate(json.load(open(name, "rb")))
        print(len(files))
        """
}
