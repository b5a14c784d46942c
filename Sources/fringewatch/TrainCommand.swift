import ArgumentParser
import Detection
import Dispatch
import Foundation
import NeuralNetwork
import Synchronization
import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model by a recipe: NAME.safetensors with its card NAME.json.",
        discussion: """
            A recipe is a YAML file that names network, data, augmentation and schedule; config/recipes holds examples. The same recipe \
            with the same data gives the same weights. Ctrl-C leaves a checkpoint: go on with --resume.

            The output folder receives the model, its learning curves (NAME.curves.csv and .png), the validation scores \
            (NAME.validation.csv) and, while it is under way, the checkpoint. Exit codes: 1 failed, 75 stopped, go on with --resume, 78 the \
            recipe is wrong.
            """)

    @Argument(help: "The recipe.", completion: .file(extensions: ["yaml", "yml"]))
    var recipe: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Where the model goes; by default the folder NAME here.", valueName: "folder"), completion: .directory
    )
    var output: String?

    @Flag(name: .long, help: "Go on from the checkpoint in the output folder.")
    var resume = false

    @Flag(name: .long, help: "Begin anew, forgetting a checkpoint.")
    var restart = false

    @Flag(name: .long, help: "Read the recipe and the data (synthetic patches are made: --cache keeps them), say what would be trained on, and stop.")
    var check = false

    @Option(name: .long, help: "Threads; by default as the recipe says. Changes the time and nothing else.")
    var threads: Int?

    @Option(name: .long, help: ArgumentHelp("Keep synthetic patches here, and take them from here.", valueName: "folder"), completion: .directory)
    var cache: String?

    func validate() throws {
        if resume && restart { throw ValidationError("use either --resume or --restart") }
        if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
    }

    func run() throws {
        let stop = StopSignals()
        FreedMemory.keep()
        try reportingTrainingErrors {
            var plan = try Recipe(contentsOf: URL(fileURLWithPath: recipe))
            if let threads { plan.threads = threads }
            try plan.checkWeights()
            let folder = URL(fileURLWithPath: output ?? plan.name)
            let line = ProgressLine()
            let data = try TrainingData(plan, cache: cache.map { PatchCache(folder: URL(fileURLWithPath: $0)) }) { name, done, all in
                if stop.isAsked { throw TrainingRunError.interrupted(checkpoint: nil) }
                line.show("\(name): \(done) of \(all) patches")
            }
            line.clear()
            say(Self.summary(data))
            if check { return }
            say("matrix products: OpenBLAS, \(MatrixProduct.kernels) kernels")
            let run = TrainingRun(plan, data, folder: folder)
            let trained = try run.run(resume ? .resume : restart ? .restart : .anew, shouldStop: { stop.isAsked }) { Self.report($0, line) }
            line.clear()
            try finish(trained, plan, data, run, folder)
        }
    }

    private func finish(_ trained: TrainedNetwork, _ plan: Recipe, _ data: TrainingData, _ run: TrainingRun, _ folder: URL) throws {
        let package = try ModelPackage(trained, plan, data)
        if let problem = package.calibrationProblem { say("the model is not calibrated: \(problem)") }
        if let problem = package.surroundingsProblem { say("the model will see each patch of a crop alone, which takes longer: \(problem)") }
        let location = try package.write(to: folder)
        try package.writeScores(to: folder)
        if let checkpoint = run.checkpointLocation, FileManager.default.fileExists(atPath: checkpoint.path) {
            try FileManager.default.removeItem(at: checkpoint)
        }
        var table = Table([("on", .left), ("figure", .left), ("value", .right)])
        for metric in package.card.metrics { table.add([metric.on, metric.name, decimal(metric.value, 4)]) }
        print(table.render(width: nil))
        print("\(location.path), \(package.weights.count) bytes, sha256 \(package.card.sha256)")
    }

    private static func summary(_ data: TrainingData) -> String {
        var table = Table([("source", .left), ("use", .left), ("deformation", .right), ("background", .right), ("groups", .right)])
        func add(_ name: String, _ use: String, _ patches: [LabelledPatch]) {
            let positives = patches.count { $0.label == .deformation }
            table.add([name, use, "\(positives)", "\(patches.count - positives)", "\(Set(patches.map(\.group)).count)"])
        }
        for part in data.parts { add(part.name, "training", part.patches) }
        for set in data.validation { add(set.name, "validation", set.patches) }
        return table.render()
    }

    private static func report(_ event: TrainingEvent, _ line: ProgressLine) {
        switch event {
        case .began(let network, let weights, let patches, let steps, let resumedAt):
            say("\(network): \(weights) weights, \(patches) patches, \(steps) steps" + (resumedAt > 0 ? ", going on after step \(resumedAt)" : ""))
        case .step(let step, let steps, let epoch, let loss, let rate, let remaining):
            line.show(
                "epoch \(epoch), step \(step) of \(steps), loss \(decimal(loss, 4)), \(decimal(rate, 1)) patches/s, \(StatusCommand.duration(remaining)) left"
            )
        case .epoch(let record, let epochs, let isBest):
            line.clear()
            let measured = record.validation.map { "\($0.name) AUC \(decimal($0.auc, 4)) loss \(decimal($0.loss, 4))" }.joined(separator: ", ")
            say(
                "epoch \(record.epoch) of \(epochs): loss \(decimal(record.trainingLoss, 4)), accuracy \(decimal(record.trainingAccuracy, 4)); \(measured)"
                    + (isBest ? "  *" : ""))
        case .checkpoint: break
        case .ended(let early):
            line.clear()
            if early { say("no better epoch for as long as the recipe waits: ended") }
        }
    }
}

/// Says what went wrong while a recipe was read, a network trained or a comparison made, and ends with the code that belongs to it.
func reportingTrainingErrors(_ body: () throws -> Void) throws {
    do { try body() } catch let error as RecipeError {
        say("fringewatch: \(printableLines("\(error)"))")
        throw Exit.configuration
    } catch let error as TrainingRunError {
        say("fringewatch: \(printable("\(error)"))")
        switch error {
        case .interrupted, .comparisonInterrupted: throw Exit.temporary
        default: throw Exit.failure
        }
    } catch {
        say("fringewatch: \(printable("\(error)"))")
        throw Exit.failure
    }
}

/// One line on standard error that is written over; nothing where that is no terminal, apart from a line a minute.
final class ProgressLine {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var last = ContinuousClock.now - .seconds(60)

    func show(_ text: String) {
        let now = ContinuousClock.now
        guard now - last >= (isTerminal ? .milliseconds(200) : .seconds(60)) else { return }
        last = now
        FileHandle.standardError.write(Data((isTerminal ? "\u{1b}[2K\r\(printable(text))" : printable(text) + "\n").utf8))
    }

    func clear() {
        if isTerminal { FileHandle.standardError.write(Data("\u{1b}[2K\r".utf8)) }
    }
}

/// SIGINT and SIGTERM ask for an end; a second one ends at once.
final class StopSignals {
    private final class Flag: Sendable {
        let isRaised = Mutex(false)
    }

    private let flag = Flag()
    private var sources: [any DispatchSourceSignal] = []

    init() {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [flag] in
                let isSecond = flag.isRaised.withLock { isRaised in
                    defer { isRaised = true }
                    return isRaised
                }
                if isSecond { exit(128 + number) }
                FileHandle.standardError.write(Data("\nstopping after this step; once more to stop at once\n".utf8))
            }
            source.resume()
            sources.append(source)
        }
    }

    var isAsked: Bool { flag.isRaised.withLock { $0 } }
}

/// As `printable`, line breaks kept.
func printableLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }.joined(separator: "\n")
}
