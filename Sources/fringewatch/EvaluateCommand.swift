import ArgumentParser
import Detection
import Domain
import Evaluation
import Foundation
import Training

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a model on labelled patches: ROC, calibration, tables by volcano, kind, fringes.",
        discussion: """
            Each data folder holds manifest.csv (columns file, label; where there volcano, kind, fringes, signal_to_noise, latitude) or the subfolders \
            deformation and none, with grey PNGs (256 levels a cycle, 128 = no data) or GeoTIFFs of wrapped phase; the middle 224 x 224 pixels \
            are scored. GeoTIFFs, and PNGs with a latitude in degrees, are seen on square pixels, as in operation.

            With --compare, CONFIG is measured instead: the methods of a comparison are trained and cross-validated, resuming what was begun.
            """)

    @Argument(help: "The model (safetensors with its card beside it), then folders of data.", completion: .file())
    var paths: [String] = []

    @Option(name: .long, help: ArgumentHelp("Compare methods as this file says.", valueName: "config"), completion: .file(extensions: ["yaml"]))
    var compare: String?

    @Option(name: .long, help: "A score above it is called deformation.")
    var threshold = 0.5

    @Option(name: .long, help: "The share of deformation that the PPV is given for.")
    var prevalence = 0.003

    @Option(name: .long, help: "Threads for the network.")
    var threads = 2

    @Option(
        name: .long, help: ArgumentHelp("Write every patch with its score into this file.", valueName: "file"), completion: .file(extensions: ["csv"])
    )
    var csv: String?

    @Option(name: .long, help: ArgumentHelp("Write pictures here: ROC, reliability, worst errors.", valueName: "folder"), completion: .directory)
    var pictures: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("Where a comparison goes.", valueName: "folder"), completion: .directory)
    var output: String?

    @OptionGroup var options: OutputOptions

    func validate() throws {
        if threads < 1 { throw ValidationError("--threads must be 1 or more") }
        if !(0...1).contains(threshold) { throw ValidationError("--threshold is a probability, 0 to 1") }
        if !(prevalence > 0 && prevalence < 1) { throw ValidationError("--prevalence is a share between 0 and 1") }
        if compare != nil {
            if !paths.isEmpty { throw ValidationError("--compare takes its data from its file: give no model and no folders") }
        } else if paths.count < 2 {
            throw ValidationError("give a model and at least one folder of labelled patches")
        }
    }

    func run() throws {
        try reportingTrainingErrors { if let compare { try runComparison(compare) } else { try evaluate() } }
    }

    private func evaluate() throws {
        let model = try CNNModel.load(weights: URL(fileURLWithPath: paths[0]))
        let line = ProgressLine()
        let sets = try paths.dropFirst().map { path in
            let source = FolderSource(folder: URL(fileURLWithPath: path))
            return ScoredPatches(
                name: source.folder.lastPathComponent, patches: try source.patches(least: model.side) { line.show("\(path): \($0) of \($1) read") })
        }
        let scored = try sets.map { try $0.scored(by: model, threads: threads) { line.show("\($0) scored") } }
        line.clear()
        let (patches, scores) = (scored.flatMap(\.patches), scored.flatMap(\.probabilities))
        let report = try EvaluationReport(
            model: model.id.description, data: scored.map(\.name), patches: patches, probabilities: scores, threshold: threshold,
            prevalence: prevalence)
        if let csv { try ScoredPatches.write(scored, to: URL(fileURLWithPath: csv)) }
        if let pictures { try draw(scored, patches, scores, into: URL(fileURLWithPath: pictures)) }
        if try !options.printedJSON(report) { print(EvaluationText.text(report)) }
    }

    private func draw(_ scored: [ScoredPatches], _ patches: [LabelledPatch], _ scores: [Double], into folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let named = scored.filter { Set($0.patches.map(\.label)).count == 2 }.map { (name: $0.name, cases: $0.cases) }
        let curves = named.isEmpty ? [(name: "all", cases: scored.flatMap(\.cases))] : named
        try EvaluationPictures.curves(curves).write(to: folder.appending(path: "roc.png"), options: .atomic)
        try EvaluationPictures.reliability(curves).write(to: folder.appending(path: "reliability.png"), options: .atomic)
        try EvaluationPictures.worst(patches, scores, of: .deformation).write(to: folder.appending(path: "missed.png"), options: .atomic)
        try EvaluationPictures.worst(patches, scores, of: .background).write(to: folder.appending(path: "false-alarms.png"), options: .atomic)
    }

    private func runComparison(_ path: String) throws {
        let stop = StopSignals()
        let config = try ComparisonConfig(contentsOf: URL(fileURLWithPath: path))
        let folder = URL(fileURLWithPath: output ?? config.name)
        let line = ProgressLine()
        let result = try Comparison(config, folder: folder).run(shouldStop: { stop.isAsked }) { line.show($0) }
        line.clear()
        if try !options.printedJSON(result) { print(result.markdown) }
        say("\(folder.path): comparison.md, comparison.json, comparison.png")
    }
}

/// The report for people.
enum EvaluationText {
    static func text(_ report: EvaluationReport) -> String {
        var parts = [
            "\(report.model) on \(report.data.joined(separator: ", ")); deformation where the score is above \(decimal(report.threshold, 2))"
        ]
        parts.append(table([("all", report.overall)], heading: "patches", prevalence: report.prevalence))
        var sensitivity = Table([("TNR", .right), ("TPR", .right), ("score", .right)])
        for one in report.sensitivities {
            sensitivity.add([decimal(one.trueNegativeRate, 3), decimal(one.truePositiveRate, 4), decimal(one.threshold, 4)])
        }
        parts.append(sensitivity.render())
        parts.append("Brier score \(decimal(report.brierScore, 4)), expected calibration error \(decimal(report.expectedCalibrationError, 4))")
        for one in report.tables {
            // The full list is in the JSON.
            let worst = one.rows.sorted { ($0.figures.accuracy ?? 1, $0.name) < ($1.figures.accuracy ?? 1, $1.name) }.prefix(20)
            let isCut = one.rows.count > 24
            let rows = isCut ? Array(worst) : one.rows
            parts.append(
                "\(one.title) (\(one.note))\(isCut ? ", the 20 worst of \(one.rows.count)" : "")\n"
                    + table(rows.map { ($0.name, $0.figures) }, heading: "", prevalence: report.prevalence))
        }
        return parts.joined(separator: "\n\n")
    }

    private static func table(_ rows: [(String, EvaluationReport.Figures)], heading: String, prevalence: Double) -> String {
        var table = Table([
            (heading, .left), ("deformation", .right), ("background", .right), ("accuracy", .right), ("TPR", .right), ("TNR", .right),
            ("AUC", .right), ("PPV at \(prevalence)", .right),
        ])
        func cell(_ value: Double?) -> String { value.map { decimal($0, 4) } ?? "-" }
        for (name, figures) in rows {
            table.add([
                name, "\(figures.positives)", "\(figures.negatives)", cell(figures.accuracy), cell(figures.truePositiveRate),
                cell(figures.trueNegativeRate), cell(figures.auc), cell(figures.positivePredictiveValue),
            ])
        }
        return table.render()
    }
}
