import Console
import Domain
import EmbeddedCatalogue
import Foundation
import LoopbackServers
import Testing

/// What an operator does at the command line.
@Suite(.serialized) struct CommandTests {
    @Test func `check-config shows all mistakes at once with file and line and ends with 78, and so does run`() async throws {
        try await withStation { station in
            let templates = station.folder.appending(path: "templates")
            let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../alert-templates").standardizedFileURL
            try FileManager.default.copyItem(at: shipped, to: templates)
            try station.configure(more: "templates: \(templates.path)")
            let good = try await station.fringewatch("check-config", "--config", station.configuration.path)
            #expect(good.status == 0 && good.output.contains("The configuration is right"), "\(good.errors)")

            let subject = templates.appending(path: "es/subject.txt.mustache")
            try Data(("{{volcano.nickname}}\n" + String(contentsOf: subject, encoding: .utf8)).utf8).write(to: subject)
            let template = try await station.fringewatch("check-config", "--config", station.configuration.path)
            #expect(template.status == 78 && template.errors.contains("es/subject.txt.mustache") && template.errors.contains("volcano.nickname"))
            let run = try await station.fringewatch("run", "--config", station.configuration.path)
            #expect(run.status == 78 && run.errors.contains("volcano.nickname"))

            let text = try String(contentsOf: station.configuration, encoding: .utf8)
            let bad =
                text.replacingOccurrences(of: "others: 1s", with: "others: soon").replacingOccurrences(of: "kind: jasmin", with: "kind: jasmine")
                .replacingOccurrences(of: "[353040]", with: "[Alcedoo]") + "colour: blue\n"
            try Data(bad.utf8).write(to: station.configuration)
            for command in ["check-config", "run"] {
                let checked = try await station.fringewatch(command, "--config", station.configuration.path)
                #expect(checked.status == 78)
                for (key, piece) in [("kind:", "jasmine"), ("polling:", "soon"), ("watch:", "Alcedoo"), ("colour:", "colour")] {
                    let line = try #require(bad.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains(key) }) + 1
                    let found = checked.errors.split(separator: "\n").contains { $0.contains("config.yaml:\(line):") && $0.contains(piece) }
                    #expect(found, "\(command): \(key) in line \(line) is not named in\n\(checked.errors)")
                }
            }
            #expect(!FileManager.default.fileExists(atPath: station.state.path), "nothing was begun")
        }
    }

    @Test func `P17 a test alert takes the real path to every receiver and is marked TEST`() async throws {
        try await withStation { station in
            let relay = try MailServer()
            try station.configure(
                receivers: [
                    "{name: observatory, kind: email, to: [known@observatory.example]}", station.hookReceiver, station.maildirReceiver,
                ], more: station.smtp(port: relay.startTLSPort))
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)
            let sent = try await station.fringewatch("send-test-alert")
            #expect(sent.status == 0 && sent.output.contains("3 deliveries are on the way"))
            try await station.until("it has arrived everywhere", daemon) {
                try await station.deliveries().count { $0.state.kind == .delivered } == 3
            }
            let mail = try #require(try relay.mails().first)
            let read = try await ReadMail.read(mail.components(separatedBy: "\n\n").dropFirst().joined(separator: "\n\n"), in: station.folder)
            let filed = try await ReadMail.read(try #require(try station.filed().first), in: station.folder)
            for message in [read, filed] {
                #expect(message.headers["subject"]?.contains("TEST") == true && message.headers["x-fringewatch-kind"] == "TEST")
                #expect(message.parts.prefix(2).allSatisfy { $0.text.contains("TEST") } && message.parts.last?.type == "image/png")
            }
            let receipt = try #require(try station.hook.receipts().first)
            let body = String(decoding: try Data(contentsOf: station.webhooks.appending(path: receipt.body)), as: UTF8.self)
            #expect(body.contains(#""type":"alert.test""#) && body.contains(#""test":true"#))

            let one = try await station.fringewatch("send-test-alert", "--receiver", "hook")
            #expect(one.status == 0 && one.output.contains("1 delivery is on the way"))
            let nobody = try await station.fringewatch("send-test-alert", "--receiver", "nobody")
            #expect(nobody.status == 1 && nobody.errors.contains("observatory, hook, mailbox"))
            #expect(try await station.alerts().allSatisfy { $0.kind == .test })
            #expect(try await station.status().openEpisodes == 0)
        }
    }

    @Test func `scan prints a table or JSON of a folder's interferograms and draws them`() async throws {
        let scenes = try Scenes.shared()
        let folder = try temporaryFolder("scan")
        defer { try? FileManager.default.removeItem(at: folder) }
        let frame = folder.appending(path: "\(Station.frame)")
        try FileManager.default.createDirectory(at: frame, withIntermediateDirectories: true)
        for (pair, kind) in [("20250501_20250525", Scenes.Kind.quiet), ("20250613_20250707", .uplift)] {
            try FileManager.default.copyItem(at: scenes.phase(kind), to: frame.appending(path: "\(pair).geo.diff_pha.tif"))
            try FileManager.default.copyItem(at: scenes.coherence(kind), to: frame.appending(path: "\(pair).geo.cc.tif"))
        }
        let table = try await Program.run(["scan", folder.path])
        #expect(table.status == 0 && table.output.contains("P_max") && table.output.contains("Alcedo"))
        #expect(table.output.contains("20250501_20250525") && table.output.contains("20250613_20250707"))

        let pictures = folder.appending(path: "pictures")
        let json = try await Program.run(["scan", folder.path, "--volcano", "Alcedo", "--json", "--image", pictures.path])
        #expect(json.status == 0 && json.errors.isEmpty)
        let results = try json.decoded([Scanned].self, ConsoleJSON.decoder())
        #expect(results.map(\.file) == ["20250501_20250525.geo.diff_pha.tif", "20250613_20250707.geo.diff_pha.tif"])
        #expect(results.allSatisfy { $0.volcano.value == 353040 })
        for result in results {
            let picture = try Data(contentsOf: URL(fileURLWithPath: try #require(result.picture)))
            #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]) && picture.count > 10_000)
        }
        guard case (.scored(let quiet), .scored(let uplift)) = (results[0].result, results[1].result) else {
            throw Program.Trouble(description: "both should be scored: \(json.output)")
        }
        #expect(quiet.pMax < uplift.pMax && uplift.pMax.value > 0.8 && quiet.pMax.value < 0.4)

        let broken = frame.appending(path: "20250701_20250713.geo.diff_pha.tif")
        try Data("<html>sorry</html>".utf8).write(to: broken)
        let some = try await Program.run(["scan", folder.path, "--json"])
        #expect(some.status == 1 && some.errors.contains("20250701_20250713") && some.errors.contains("1 of 3 files"))
        #expect(try some.decoded([Scanned].self, ConsoleJSON.decoder()).count == 2, "the others are scanned all the same")
    }

    @Test func `scan keeps to a configuration's limits, as the daemon does`() async throws {
        try await withStation { station in
            let file = station.scenes.phase(.uplift).path
            for (limits, expected) in [("minimum_valid_share: 2 %", "scored"), ("minimum_valid_share: 99 %", "not_assessable")] {
                try station.configure(more: "detection: {\(limits)}")
                let scanned = try await Program.run(["scan", file, "--volcano", "Alcedo", "--config", station.configuration.path, "--json"])
                #expect(scanned.status == 0 && scanned.output.contains("\"\(expected)\""), "\(limits): \(scanned.output) \(scanned.errors)")
            }
        }
    }

    private struct Scanned: Decodable {
        struct Number: Decodable {
            let value: Int
            init(from decoder: any Decoder) throws { value = try decoder.singleValueContainer().decode(Int.self) }
        }
        let file: String
        let volcano: Number
        let result: Assessment.Result
        let picture: String?
    }

    private static let failures: [(arguments: [String], status: Int32)] = [
        (["status", "--nonsense"], 64), (["scan"], 64), (["explain", "20250707_20250613"], 64), (["priority", "add", "Alcedo"], 64),
        (["status"], 69), (["alerts"], 69), (["deliveries"], 69), (["send-test-alert"], 69), (["explain", "20250613_20250707"], 69),
        (["check-config", "--config", "/nowhere/config.yaml"], 78), (["run", "--config", "/nowhere/config.yaml"], 78), (["--version"], 0),
        (["--help"], 0),
    ]

    @Test(arguments: failures)
    func `each kind of failure has its exit code`(arguments: [String], status: Int32) async throws {
        let result = try await Program.run(arguments, environment: ["RUNTIME_DIRECTORY": "/nowhere/run"])
        #expect(result.status == status)
        #expect(status == 0 ? !result.output.isEmpty && result.errors.isEmpty : result.output.isEmpty && !result.errors.isEmpty)
    }
}
