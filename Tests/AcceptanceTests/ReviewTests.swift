import Console
import Domain
import EmbeddedCatalogue
import Foundation
import Testing

@Suite struct ReviewTests {
    @Test func `an expert's rejection is kept with its crop, withdraws the episode, tells those who were told, and is exported`() async throws {
        try await withStation { station in
            try station.configure()
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)
            try station.publish("20250613_20250707", .uplift)
            try await station.settle("20250613_20250707", daemon)
            let alert = try #require(try await station.alerts().first)

            let waiting = try await station.fringewatch("review", "list", "--json").decoded([WaitingReport].self, ConsoleJSON.decoder())
            #expect(waiting.map(\.alert) == [alert.id] && waiting.first?.finding.pMax == alert.finding.pMax)
            let listed = try await station.fringewatch("review", "list", "--pictures", station.folder.path + "/pictures")
            #expect(listed.output.contains("Alcedo") && listed.output.contains("\(alert.id).png"))

            let unsure = try await station.fringewatch("review", alert.id.text, "--verdict", "unsure", "--by", "Ana")
            #expect(unsure.status == 0 && !unsure.output.contains("withdrawn"), "\(unsure.errors)")
            #expect(try await station.fringewatch("review", "list").output.isEmpty, "an unsure one waits no more")
            let judged = try await station.fringewatch(
                "review", alert.id.text, "--verdict", "atmosphere", "--by", "Luis", "--why", "gone in the next pair, \"see\" GNSS")
            #expect(judged.status == 0 && judged.output.contains("the episode is withdrawn"), "\(judged.errors)")
            try await station.until("the withdrawal is delivered", daemon) { try station.hook.receipts().count == 2 }
            try await station.until("it is in the maildir too", daemon) { try station.filed().count == 2 }
            #expect(try station.filed().contains { $0.contains("CANCELLED") })
            #expect(try await station.alerts().map(\.kind) == [.cancelled, .new])
            #expect(try await station.status().openEpisodes == 0)

            let explained = try await station.fringewatch("explain", "\(Station.frame)/20250613_20250707")
            #expect(explained.output.contains("verdict 1") && explained.output.contains("unsure, by Ana"))
            #expect(explained.output.contains("verdict 2") && explained.output.contains("atmosphere, by Luis"))
            let history = try await station.fringewatch("review", "history", "--json").decoded([ReviewVerdict].self, ConsoleJSON.decoder())
            #expect(history.map(\.verdict) == [.unsure, .atmosphere])

            let folder = station.folder.appending(path: "export")
            #expect(try await station.fringewatch("review", "export", folder.path).status == 0)
            let table = try String(contentsOf: folder.appending(path: "verdicts.csv"), encoding: .utf8).split(separator: "\n")
            #expect(
                table.count == 2 && table[1].contains(",atmosphere,0,353040,") && table[1].contains("\"gone in the next pair, \"\"see\"\" GNSS\""))
            let crop = folder.appending(path: "\(Station.frame)_20250613_20250707_v1_353040.tif")
            let scanned = try await station.fringewatch("scan", crop.path, "--volcano", "353040", "--json")
            #expect(scanned.status == 0 && scanned.output.contains("\"scored\""), "the crop is a GeoTIFF that can be looked at")
        }
    }

    @Test func `wrong verdicts are refused with what to do, and a file that no catalogue listed can be judged`() async throws {
        try await withStation { station in
            try station.configure()
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)
            let phase = station.scenes.phase(.uplift).path
            for (arguments, status, words) in [
                (["no-such-alert", "--verdict", "other"], Int32(1), "there is no alert no-such-alert"),
                (["no-such-alert", "--verdict", "maybe"], 64, "use deformation, atmosphere, other, unsure"),
                (["\(Station.frame)/20250101_20250113", "--verdict", "other"], 1, "say which with --volcano"),
                (["\(Station.frame)/20240101_20240113", "--verdict", "other", "--volcano", "353040"], 1, "no catalogue has listed it"),
                ([phase, "--verdict", "other"], 64, "--volcano"),
                ([phase, "--verdict", "other", "--volcano", "Etna"], 64, "shows nothing round that place"),
                ([phase, "--verdict", "other", "--volcano", "353040", "--region", "1,2"], 64, "--region"),
                ([phase, "--verdict", "other", "--volcano", "353040", "--region", "10,20,5"], 1, "lies outside the crop"),
            ] {
                let result = try await Program.run(["review"] + arguments, environment: ["RUNTIME_DIRECTORY": station.runtime.path])
                #expect(result.status == status && result.errors.contains(words), "\(arguments): \(result.status) \(result.errors)")
            }
            let archived = try await station.fringewatch(
                "review", "\(Station.frame)/20250101_20250113", "--verdict", "other", "--volcano", "353040", "--by", "Ana")
            #expect(archived.status == 0 && archived.errors.contains("no longer kept"), "\(archived.errors)")
            let judged = try await station.fringewatch("review", phase, "--verdict", "deformation", "--volcano", "Alcedo", "--by", "Ana")
            #expect(judged.status == 0, "\(judged.errors)")
            // A path that names a frame and a pair is no promise that a catalogue has listed them.
            let unlisted = station.folder.appending(path: "\(Station.frame)/20240101_20240113/20240101_20240113.geo.diff_pha.tif")
            try FileManager.default.createDirectory(at: unlisted.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: phase, toPath: unlisted.path)
            let named = try await station.fringewatch("review", unlisted.path, "--verdict", "other", "--volcano", "Alcedo", "--by", "Ana")
            #expect(named.status == 0, "\(named.errors)")
            let folder = station.folder.appending(path: "export")
            let exported = try await station.fringewatch("review", "export", folder.path)
            #expect(exported.output.contains("3 verdicts and 2 crops"), "\(exported.output)")
            #expect(exported.errors.contains("no crop is kept of \(Station.frame)/20250101_20250113/353040"))
            daemon.signal(SIGTERM)
            #expect(try await daemon.exit(within: 20) == 0)
            #expect(try await station.fringewatch("review", "list").status == 69)
        }
    }
}
