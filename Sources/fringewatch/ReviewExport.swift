import ArgumentParser
import Console
import Domain
import Foundation
import Raster

extension ReviewCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the judged crops and verdicts.csv into a folder: a data set for training.",
            discussion: """
                Of several verdicts on one interferogram and volcano the last is written. Those whose crop is no longer kept are named, and \
                written to verdicts-without-crops.csv.
                """)

        @Argument(help: "The folder; made if absent.", completion: .directory) var folder: String
        @OptionGroup var daemon: DaemonOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let result = try await daemon.talk { try await ReviewedCase.export(to: URL(fileURLWithPath: folder), from: $0) }
            for gone in result.withoutCrop { say("no crop is kept of \(printable(gone)): it is in verdicts-without-crops.csv") }
            if try output.printedJSON(result) { return }
            print("\(counted(result.verdicts, "verdict")) and \(counted(result.crops, "crop")) written to \(folder)")
        }
    }
}

/// One judged crop, as it stands in verdicts.csv.
struct ReviewedCase {
    struct Exported: Codable {
        let verdicts: Int
        let crops: Int
        let withoutCrop: [String]
    }

    static let table = "verdicts.csv"
    static let withoutCrops = "verdicts-without-crops.csv"
    /// What a training reads: file, verdict, volcano, column and row; the rest says where it comes from.
    static let columns = [
        "file", "verdict", "label", "volcano", "frame", "pair", "episode", "latitude", "longitude", "place_latitude", "place_longitude", "column",
        "row", "region", "p_max", "model", "alert", "who", "when", "why",
    ]

    /// The last verdict on each subject, in the order in which they were given.
    static func inForce(_ verdicts: [ReviewVerdict]) -> [ReviewVerdict] {
        Dictionary(verdicts.map { ($0.subject.key, $0) }, uniquingKeysWith: { $0.number > $1.number ? $0 : $1 }).values.sorted {
            $0.number < $1.number
        }
    }

    static func export(to folder: URL, from client: ConsoleClient) async throws -> Exported {
        let verdicts = inForce(try await client.ask("/v1/verdicts", as: [ReviewVerdict].self))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let heading = columns.joined(separator: ",")
        var (lines, without, gone): ([String], [String], [String]) = ([heading], [heading], [])
        for verdict in verdicts {
            if let name = verdict.crop, let crop = try await crop(of: verdict, client) {
                try crop.write(to: folder.appendingPathComponent(name), options: .atomic)
                lines.append(line(verdict, file: name))
            } else {
                without.append(line(verdict, file: ""))
                gone.append(verdict.subject.key)
            }
        }
        for (name, lines) in [(table, lines), (withoutCrops, without)] {
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appendingPathComponent(name), options: .atomic)
        }
        return Exported(verdicts: verdicts.count, crops: lines.count - 1, withoutCrop: gone)
    }

    /// Nil for one that was kept and is gone.
    private static func crop(of verdict: ReviewVerdict, _ client: ConsoleClient) async throws -> Data? {
        do { return try await client.data("/v1/crop", query: [("verdict", "\(verdict.number)")]) } catch ConsoleClient.Failure.refused { return nil }
    }

    static func line(_ verdict: ReviewVerdict, file: String) -> String {
        let subject = verdict.subject
        let place = verdict.region?.middle ?? verdict.finding?.place
        // Pixels of the crop, whose grid depends on its middle alone.
        let grid = GridGeometry.crop(around: subject.centre)
        let pixel = place.map { (Int(grid.column(longitude: $0.longitude)), Int(grid.row(latitude: $0.latitude))) }
        let label = verdict.verdict.isDeformation.map { $0 ? "1" : "0" }
        return [
            file, verdict.verdict.rawValue, label, subject.volcano?.description, subject.interferogram?.frame.name,
            subject.interferogram?.pair.description, verdict.alert.map { String($0.text.prefix { $0 != "." }) }, "\(subject.centre.latitude)",
            "\(subject.centre.longitude)", place.map { "\($0.latitude)" }, place.map { "\($0.longitude)" }, pixel.map { "\($0.0)" },
            pixel.map { "\($0.1)" }, verdict.region?.description, verdict.finding.map { "\($0.pMax.value)" }, verdict.model?.description,
            verdict.alert?.text, verdict.who, isoTime(verdict.at), verdict.why,
        ].map { quoted($0 ?? "") }.joined(separator: ",")
    }

    /// RFC 4180: in quotes where it must be; line breaks become spaces, so that a line is a case.
    private static func quoted(_ text: String) -> String {
        let clean = printable(text)
        guard clean.contains(where: { $0 == "," || $0 == "\"" }) else { return clean }
        return "\"" + clean.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}
