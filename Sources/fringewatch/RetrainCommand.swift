import ArgumentParser
import Configuration
import Daemon
import Detection
import Domain
import Foundation
import ModelStore
import Retraining
import Training

struct RetrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retrain",
        abstract: "Let the model in force learn from the experts' verdicts, and judge whether the challenger may take its place.",
        discussion: """
            The last layer, of each network of the model, is trained on the reviewed crops beside a base set of synthetic patches, starting from the model in force or, if \
            that was retrained before, from the one it came from; what the layers before it say of each patch is computed once. Crops of one episode, and of one volcano, count together no more than \
            a few: repeated false positives do not swamp the rest.

            The challenger goes into the store. It may be promoted only if it keeps every confirmed positive that the present model flags \
            at the alert threshold, lowers the false positives both on the replayed crops and on volcanoes held out, and is no worse on \
            base patches, which no model chose. Exit code 0: it may be promoted (and was, with --promote); 1: it may not, and the reasons are listed.
            """)

    @Option(
        name: .long, help: ArgumentHelp("A folder that review export wrote, instead of asking the daemon.", valueName: "folder"),
        completion: .directory)
    var reviewed: String?
    @Option(
        name: .long, help: ArgumentHelp("Take the base set from this recipe's data instead of the standard scenes.", valueName: "recipe"),
        completion: .file(extensions: ["yaml", "yml"]))
    var base: String?
    @Option(name: .long, help: "Patches of the standard base set.") var basePatches = 3000
    @Option(name: .long, help: ArgumentHelp("Keep the base patches here, and take them from here.", valueName: "folder"), completion: .directory)
    var cache: String?
    @Option(name: .long, help: "The challenger's name; by default the present one's with -reviewed and the date.") var name: String?
    @Option(name: .long, help: "How strongly the last layer is held to what it was, 0.001 to 1000.") var caution = Retraining.Settings().caution
    @Option(name: .long, help: "The same seed gives the same challenger.") var seed: UInt64 = 1
    @Option(name: .long, help: "Threads.") var threads = 2
    @Flag(name: .long, help: "Promote it if it may be promoted.") var promote = false
    @OptionGroup var signature: ModelCommand.Signature
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if threads < 1 || basePatches < 100 { throw ValidationError("--threads must be 1 or more, --base-patches 100 or more") }
        guard (0.001...1000).contains(caution) else { throw ValidationError("--caution takes 0.001 to 1000") }
        if let name, !ModelID.isStorable(name: name) {
            throw ValidationError("--name takes letters, digits, point, hyphen and underscore, at most 80, and not \"shipped\"")
        }
    }

    struct Report: Codable {
        let challenger: String
        let present: String
        let finding: PromotionRule.Finding
        let lines: [ModelCommand.Compare.Line]
        let seconds: Double
    }

    func run() async throws {
        let desk = try ModelCommand.Desk(configuration)
        if promote { try desk.refuseIfConfigured() }
        let began = Date()
        let present = try desk.weightsInForce()
        let crops = try await reviewedCrops(folder: reviewed, desk)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fringewatch-retrain-\(UUID().uuidString)")
        var isKept = false
        defer {
            if !isKept { do { try FileManager.default.removeItem(at: folder) } catch { say("\(folder.path) could not be removed: \(error)") } }
        }
        let outcome: Retraining.Outcome
        do {
            let retraining = try Retraining(present, untaught: try desk.untaught(present), settings: settings(desk))
            let base = try baseData()
            outcome = try retraining.run(
                reviewed: crops, base: base.parts.flatMap(\.patches), held: base.validation.flatMap(\.patches),
                name: name ?? Self.name(after: try ModelCard(besideWeights: present).name, on: began),
                into: folder
            ) { say($0) }
        } catch {
            say("fringewatch: \(error)")
            throw Exit.failure
        }
        let reference: ModelReference
        do { reference = try desk.tell { try $0.install(weights: outcome.challenger) } } catch {
            isKept = true
            say("the challenger is kept: fringewatch model install \(outcome.challenger.path)")
            throw error
        }
        let report = Self.report(outcome, reference, desk.thresholds, seconds: Date().timeIntervalSince(began))
        if try !output.printedJSON(report) {
            print(ModelCommand.Compare.table(report.lines, desk.thresholds))
            say("\(reference) is in the store; it took \(StatusCommand.duration(report.seconds))")
        }
        guard outcome.finding.mayPromote else {
            for reason in outcome.finding.reasons { say("it may not be promoted: \(reason)") }
            throw Exit.failure
        }
        guard promote else { return say("it may be promoted: fringewatch model promote \(reference)") }
        guard try desk.weightsInForce() == present else {
            say("it is not promoted: another model came into force meanwhile. Compare with that: fringewatch model compare \(reference)")
            throw Exit.failure
        }
        let why = signature.why.isEmpty ? "retrained on \(crops.count) reviewed crops" : signature.why
        try await ModelCommand.report(try desk.tell { try $0.promote(reference, who: signature.who, why: why, at: Date()) }, desk)
    }

    private func settings(_ desk: ModelCommand.Desk) -> Retraining.Settings {
        var settings = Retraining.Settings()
        (settings.caution, settings.seed, settings.threads) = (caution, seed, threads)
        settings.rule = PromotionRule(thresholds: desk.thresholds)
        settings.detection = DetectionSettings(desk.settings.detection)
        return settings
    }

    /// Its validation share calibrates the challenger.
    private func baseData() throws -> TrainingData {
        var recipe: Recipe
        if let base {
            recipe = try Recipe(contentsOf: URL(fileURLWithPath: base))
        } else {
            recipe = Recipe()
            var scenes = SyntheticScenes()
            scenes.patches = basePatches
            // Not the seed of a training: what is to be kept should be shown on scenes that are new.
            scenes.seed = seed &+ 1_000_000
            recipe.data = [Recipe.DataPart(name: "base", source: .synthetic(scenes))]
        }
        recipe.threads = threads
        let shows = isatty(STDERR_FILENO) == 1
        return try TrainingData(recipe, cache: cache.map { PatchCache(folder: URL(fileURLWithPath: $0)) }) { name, done, all in
            if shows, done % 300 == 0 { say("\(name): \(done) of \(all) patches") }
        }
    }

    /// `starter-reviewed-20261122`, also after the second round.
    private static func name(after present: String, on day: Date) -> String {
        let root = present.range(of: "-reviewed-").map { String(present[..<$0.lowerBound]) } ?? present
        return "\(root)-reviewed-\(AcquisitionDate(day))"
    }

    private static func report(
        _ outcome: Retraining.Outcome, _ reference: ModelReference, _ thresholds: FlagThresholds, seconds: Double
    ) -> Report {
        func line(
            _ data: String, _ model: String, _ scores: ModelScores, as kind: JudgedSet.Kind = .crops
        ) -> ModelCommand.Compare.Line {
            ModelCommand.Compare.Line(data: data, kind: kind, model: model, scores, thresholds)
        }
        let present = outcome.replayed.present.model.description
        return Report(
            challenger: "\(reference)", present: present, finding: outcome.finding,
            lines: [
                line("replayed", present, outcome.replayed.present), line("replayed", "\(reference)", outcome.replayed.challenger),
                line("volcanoes held out", outcome.heldOut.untaught.model.description, outcome.heldOut.untaught),
                line("volcanoes held out", "challengers without them", outcome.heldOut.challenger),
                line("base patches held back", present, outcome.unchosen.present, as: .patches),
                line("base patches held back", "\(reference)", outcome.unchosen.challenger, as: .patches),
            ], seconds: seconds)
    }
}
