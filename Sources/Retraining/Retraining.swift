import Checksums
public import Detection
import Domain
import Evaluation
public import FoundationEssentials
import NeuralNetwork
import Synthesis
public import Training

/// Makes a challenger: a model with a last layer that has learnt from experts' verdicts too, beside the base set that keeps what it knew. Where
/// a second network looks at what is doubtful, its last layer learns the same.
///
/// It begins with the weights that no verdict has taught, the present model's or those that this one was once made from, and learns from all
/// verdicts anew: otherwise a volcano that is held out would have been taught in the rounds before.
public struct Retraining: Sendable {
    /// What may be chosen.
    public struct Settings: Sendable {
        public var balance = Balance()
        public var rule = PromotionRule()
        public var detection = DetectionSettings()
        /// Draws for each judged crop.
        public var draws = 12
        /// The judged crops' share of all weight.
        public var reviewedShare = 0.35
        /// How strongly the last layer is held to what it was. Chosen on synthetic scenes that no figure is reported on: far less
        /// forgets what the base set does not show, far more learns nothing.
        public var caution = 0.5
        /// Volcanoes are held out in so many parts.
        public var folds = 4
        public var seed: UInt64 = 1
        public var threads = 2

        public init() {}
    }

    public let settings: Settings
    private let present: CNNModel
    /// Of the model that no verdict has taught.
    private let weights: URL
    private let untaught: CNNModel
    /// Of the model's own network, then of the one that takes a second look, where there is one.
    private let heads: [HeadTraining]

    /// - Parameters:
    ///   - present: weights of the present model, with its card beside it.
    ///   - untaught: those of the model that it was retrained from; nil where no verdict has taught the present one.
    /// - Throws: `ModelError`, `RetrainingError`, `WeightFileError`.
    public init(_ present: URL, untaught weights: URL? = nil, settings: Settings) throws {
        self.settings = settings
        self.weights = weights ?? present
        self.present = try CNNModel.load(weights: present)
        untaught = try weights.map(CNNModel.load) ?? self.present
        let (card, file) = (untaught.card, try WeightFile(contentsOf: self.weights))
        func training(_ name: String, _ weights: WeightFile) throws -> HeadTraining {
            guard let architecture = Architecture(name: name) else { throw RetrainingError.unknownArchitecture(name) }
            let network = try architecture.stored(channels: card.input.channels)
            return HeadTraining(
                encoding: card.input.encoding, network: network.logits, parameters: try Parameters(weights: weights, for: network),
                threads: settings.threads)
        }
        heads = try [training(card.architecture, file.firstLook)] + (card.secondLook.map { [try training($0.architecture, file.secondLook)] } ?? [])
    }

    private var own: HeadTraining { heads[0] }

    /// What came of it.
    public struct Outcome: Sendable {
        /// The challenger's weights, with its card beside them.
        public let challenger: URL
        public let replayed: (present: ModelScores, challenger: ModelScores)
        /// By the model that no verdict has taught, and by challengers that were not taught the volcano.
        public let heldOut: (untaught: ModelScores, challenger: ModelScores)
        /// Base patches that were held back.
        public let unchosen: (present: ModelScores, challenger: ModelScores)
        public let finding: PromotionRule.Finding
    }

    /// Trains, and judges the challenger. Blocks for minutes.
    /// - Parameters:
    ///   - base: patches with labels that the present model should go on getting right.
    ///   - held: more of their kind, not trained on, which the challenger is calibrated with; it is not where they lack a class.
    ///   - folder: where the challenger is written, NAME.safetensors and NAME.json; also for what is needed meanwhile.
    ///   - progress: what is being done.
    /// - Throws: `RetrainingError`, `TrainingError`, errors of the file system.
    public func run(
        reviewed: [ReviewedCrop], base: [LabelledPatch], held: [LabelledPatch] = [], name: String, into folder: URL,
        progress: (String) -> Void = { _ in }
    ) throws -> Outcome {
        guard !reviewed.isEmpty else { throw RetrainingError.tooFew("no verdict of deformation, atmosphere or other has a crop") }
        guard Set(base.map(\.label)).count == 2 else { throw RetrainingError.tooFew("the base set needs patches with and without deformation") }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        progress("features of \(base.count + held.count) base patches")
        let known = try Known(base: features(of: base), held: features(of: held), heldPatches: held)
        progress("features of \(reviewed.count) reviewed crops")
        let taught = try lessons(reviewed)
        progress("training the challenger")
        let challenger = try write(
            train(known, taught, reviewed, only: Array(reviewed.indices)), name: name, reviewed, known, into: folder)
        let model = try CNNModel.load(weights: challenger)
        progress("replaying the reviewed crops with both models")
        let replayed = (
            present: try ModelScores(of: reviewed, by: detector(present)), challenger: try ModelScores(of: reviewed, by: detector(model))
        )
        progress("holding out volcanoes")
        let heldOut = (
            untaught: try apart(replayed.present, reviewed), challenger: try holdOut(known, taught, reviewed, into: folder)
        )
        let unchosen = (
            present: try ModelScores(of: held, by: detector(present)), challenger: try ModelScores(of: held, by: detector(model))
        )
        return Outcome(
            challenger: challenger, replayed: replayed, heldOut: heldOut, unchosen: unchosen,
            finding: settings.rule.judge(replayed: replayed, heldOut: heldOut, unchosen: unchosen))
    }

    /// What each network sees in the same patches.
    private typealias Features = [HeadTraining.Features]

    /// What the present model knows, as features of patches.
    private struct Known {
        let base: Features
        let held: Features
        /// What `held` are the features of.
        let heldPatches: [LabelledPatch]
    }

    private func features(of patches: [TeachingPatch]) throws -> Features { try heads.map { try $0.features(of: patches) } }

    private func features(of patches: [LabelledPatch]) throws -> Features {
        let side = own.network.input[1]
        return try features(
            of: patches.map { TeachingPatch(levels: $0.centre(side), isDeformation: $0.label == .deformation, weight: Double($0.weight)) })
    }

    private func detector(_ model: CNNModel) -> VolcanoDetector {
        VolcanoDetector(model: model, settings: settings.detection, threads: settings.threads)
    }

    /// What each crop teaches, as features, with its weight in the balance of all that are trained on left to `train`.
    private func lessons(_ reviewed: [ReviewedCrop]) throws -> [Features] {
        try reviewed.enumerated().map { index, crop in
            var random = SeededGenerator(seed: settings.seed, purpose: "draws of \(crop.name)", index: index)
            return try features(
                of: TeachingPatches(side: own.network.input[1], draws: settings.draws).patches(of: crop, weight: 1, using: &random))
        }
    }

    /// Trains each network's head on some of the reviewed crops, balanced among themselves, and calibrates what comes of it.
    private func train(
        _ known: Known, _ lessons: [Features], _ reviewed: [ReviewedCrop], only chosen: [Int]
    ) throws -> [HeadTraining.Trained] {
        let cases = chosen.map {
            Balance.Case(volcano: reviewed[$0].volcano, episode: reviewed[$0].episode, isDeformation: reviewed[$0].isDeformation)
        }
        let weights = settings.balance.weights(cases)
        let plan = HeadTraining.Plan(reviewedShare: settings.reviewedShare, caution: settings.caution)
        return try heads.enumerated().map { number, head in
            var taught = HeadTraining.Features()
            for (index, weight) in zip(chosen, weights) { taught.append(lessons[index][number], weighted: weight) }
            return try head.calibrated(
                head.train(base: known.base[number], reviewed: taught, plan), on: known.held[number],
                prevalence: untaught.card.calibration?.prevalence)
        }
    }

    // MARK: The hold-out

    /// Volcanoes in parts, each as even as names allow; none where there is one volcano only.
    private func parts(_ reviewed: [ReviewedCrop]) -> [Set<String>] {
        let volcanoes = Set(reviewed.map(\.volcano)).sorted()
        guard volcanoes.count > 1 else { return [] }
        let folds = min(settings.folds, volcanoes.count)
        return (0..<folds).map { fold in Set(volcanoes.enumerated().filter { $0.offset % folds == fold }.map(\.element)) }
    }

    /// What the model says that no verdict has taught.
    /// - Parameter present: scores of the present one, which may be the same.
    private func apart(_ present: ModelScores, _ reviewed: [ReviewedCrop]) throws -> ModelScores {
        if parts(reviewed).isEmpty { return ModelScores(model: untaught.id, cases: []) }
        return untaught.id == present.model ? present : try ModelScores(of: reviewed, by: detector(untaught))
    }

    /// Each part of the volcanoes is judged by a challenger that was trained without it.
    private func holdOut(
        _ known: Known, _ lessons: [Features], _ reviewed: [ReviewedCrop], into folder: URL
    ) throws -> ModelScores {
        var cases: [ModelScores.Case] = []
        for (number, part) in parts(reviewed).enumerated() {
            let others = reviewed.indices.filter { !part.contains(reviewed[$0].volcano) }
            let file = try write(
                train(known, lessons, reviewed, only: others), name: "held-out-\(number)", reviewed, known, into: folder)
            let model = try CNNModel.load(weights: file)
            cases += try ModelScores(of: reviewed.filter { part.contains($0.volcano) }, by: detector(model)).cases
            for leftover in [file, ModelCard.location(besideWeights: file)] { try FileManager.default.removeItem(at: leftover) }
        }
        return ModelScores(model: untaught.id, cases: cases)
    }

    // MARK: The file

    /// Measured anew, for it depends on the head too; where that cannot be, what held for the model before is nearer than nothing.
    private func surroundings(_ parameters: Parameters, _ known: Known) throws -> ModelCard.Surroundings? {
        do {
            return try SurroundingsFit.surroundings(
                of: own.network, parameters, patches: known.heldPatches, name: "the base set", threads: settings.threads)
        } catch is SurroundingsFit.Problem { return untaught.card.surroundings }
    }

    private static let notCalibrated = "Its probabilities were not calibrated anew after it was retrained."

    private func write(
        _ trained: [HeadTraining.Trained], name: String, _ reviewed: [ReviewedCrop], _ known: Known, into folder: URL
    ) throws -> URL {
        let (parameters, calibration) = (trained[0].parameters, trained[0].calibration)
        let before = untaught.card
        // As precise as the model that it comes from.
        let file = try Data(contentsOf: weights)
        let old = try WeightFile(data: file, name: weights.lastPathComponent)
        let new = trained.dropFirst().reduce(parameters.weightFile(name: name)) { $0.with(secondLook: $1.parameters.weightFile(name: name)) }
        let data = try new.encoded(file.count < 3 * old.tensors.values.reduce(0) { $0 + $1.values.count } ? .half : .single)
        let positives = reviewed.count { $0.isDeformation }
        let card = ModelCard(
            name: name, architecture: before.architecture, sha256: Checksums.sha256(of: data), layers: before.layers, input: before.input,
            classes: before.classes,
            training: ModelCard.Training(
                data:
                    "\(reviewed.count) reviewed crops (\(positives) with deformation) beside \(known.base[0].labels.count) base patches; before: \(before.training.data)",
                recipe:
                    "\(before.secondLook == nil ? "the last layer" : "both networks' last layers") of \(untaught.id) trained anew (caution \(settings.caution)), the layers before it as they were",
                seed: settings.seed, startedFrom: untaught.id.description, reviewedCrops: reviewed.count),
            metrics: [], knownFailures: before.knownFailures + (calibration == nil ? [Self.notCalibrated] : []),
            calibration: calibration,
            surroundings: try surroundings(parameters, known), secondLook: before.secondLook)
        let location = folder.appendingPathComponent("\(name).safetensors")
        try data.write(to: location, options: .atomic)
        try card.encoded().write(to: ModelCard.location(besideWeights: location), options: .atomic)
        return location
    }
}
