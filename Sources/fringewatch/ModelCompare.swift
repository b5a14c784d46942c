import ArgumentParser
import Configuration
import Daemon
import Detection
import Domain
import Foundation
import ModelStore
import Retraining

extension ModelCommand {
    struct Compare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let two models judge the reviewed interferograms and further folders, and print what each gets right.",
            discussion: """
                The reviewed interferograms come from the running daemon, or from a folder that review export wrote (--reviewed). A data \
                folder has verdicts.csv, or the subfolders deformation and none with GeoTIFFs of wrapped phase, which are looked at whole, as the \
                daemon does; or manifest.csv or PNGs, as for evaluate, of which the middle 224 x 224 pixels are scored.
                """)
        @Argument(help: "A model of the store, or a .safetensors file.") var first: String
        @Argument(help: "The other one.") var second: String
        @Option(
            name: .long, help: ArgumentHelp("A folder that review export wrote, instead of asking the daemon.", valueName: "folder"),
            completion: .directory)
        var reviewed: String?
        @Option(
            name: .long, help: ArgumentHelp("A folder of labelled crops or patches; may be repeated.", valueName: "folder"), completion: .directory)
        var data: [String] = []
        @Option(name: .long, help: "Threads for the network.") var threads = 2
        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        struct Line: Codable {
            let data: String
            let kind: JudgedSet.Kind
            let model: String
            let flagged: FlagCounts
            let alerted: FlagCounts
            let area: Double?

            init(data: String, kind: JudgedSet.Kind, model: String, _ scores: ModelScores, _ thresholds: FlagThresholds) {
                (self.data, self.kind, self.model, area) = (data, kind, model, scores.area)
                (flagged, alerted) = (scores.counts(\.notify, of: thresholds), scores.counts(\.alert, of: thresholds))
            }
        }

        func validate() throws { if threads < 1 { throw ValidationError("--threads must be 1 or more") } }

        func run() async throws {
            let desk = try Desk(configuration)
            let thresholds = desk.thresholds
            let models = try [first, second].map { text in
                let weights = try desk.weights(text)
                return try orFail { try CNNModel.load(weights: weights) }
            }
            var lines: [Line] = []
            for (name, set) in try await sets(desk, side: models.map(\.side).max() ?? 0) {
                for model in models {
                    let detector = VolcanoDetector(model: model, settings: DetectionSettings(desk.settings.detection), threads: threads)
                    let scores = try ModelScores(of: set, by: detector)
                    lines.append(Line(data: name, kind: set.kind, model: model.id.description, scores, thresholds))
                }
            }
            if try output.printedJSON(lines) { return }
            print(Self.table(lines, thresholds))
        }

        private func sets(_ desk: Desk, side: Int) async throws -> [(String, JudgedSet)] {
            var sets: [(String, JudgedSet)] = []
            if reviewed != nil || data.isEmpty {
                let crops = try await reviewedCrops(folder: reviewed, desk)
                guard !crops.isEmpty || !data.isEmpty else {
                    say("no verdict with a crop was given yet: name a folder of labelled crops or patches with --data")
                    throw Exit.failure
                }
                sets.append(("reviewed", .crops(crops)))
            }
            for folder in data {
                sets.append((folder, try orFail { try JudgedSet(folder: URL(fileURLWithPath: folder), least: side) }))
            }
            return sets
        }

        /// The heading names the thresholds of most volcanoes.
        static func table(_ lines: [Line], _ thresholds: FlagThresholds) -> String {
            let (notify, alert) = (thresholds.standard.notify, thresholds.standard.alert)
            var table = Table([
                ("data", .left), ("as", .left), ("model", .left), ("kept \(alert)", .right), ("kept \(notify)", .right), ("false \(notify)", .right),
                ("false \(alert)", .right), ("AUC", .right),
            ])
            for line in lines {
                table.add([
                    line.data, line.kind.rawValue, line.model, "\(line.alerted.kept)/\(line.alerted.positives)",
                    "\(line.flagged.kept)/\(line.flagged.positives)",
                    "\(line.flagged.falsePositives)/\(line.flagged.negatives)", "\(line.alerted.falsePositives)/\(line.alerted.negatives)",
                    line.area.map { decimal($0, 4) } ?? "-",
                ])
            }
            return table.render(width: terminalWidth())
        }
    }
}

/// The judged crops: of an exported folder, or asked of the daemon.
func reviewedCrops(folder: String?, _ desk: ModelCommand.Desk) async throws -> [ReviewedCrop] {
    if let folder { return try readCrops(URL(fileURLWithPath: folder)) }
    let temporary = FileManager.default.temporaryDirectory.appendingPathComponent("fringewatch-reviewed-\(UUID().uuidString)")
    let client = ConsoleClient(runtimeDirectory: desk.settings.runtimeDirectory)
    let exported = try await DaemonOptions.talk(client) { try await ReviewedCase.export(to: temporary, from: $0) }
    let crops = exported.crops == 0 ? [] : try readCrops(temporary)
    try FileManager.default.removeItem(at: temporary)
    return crops
}

func readCrops(_ folder: URL) throws -> [ReviewedCrop] { try orFail { try ReviewedCrop.read(folder) } }

/// Says what went wrong, and fails.
private func orFail<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch {
        say("fringewatch: \(printable("\(error)"))")
        throw Exit.failure
    }
}
