import Checksums
public import Detection
public import Evaluation
public import FoundationEssentials
public import NeuralNetwork

/// A trained network made ready for use: batch normalisation folded, calibrated, measured, with its card.
public struct ModelPackage: Sendable {
    /// The safetensors file.
    public let weights: Data
    public let card: ModelCard
    /// Scores of the validation sets by the packed weights.
    public let scores: [ScoredPatches]
    /// Why it is not calibrated although that was wanted; nil where it is.
    public let calibrationProblem: EvaluationError?
    /// Why it will see each patch alone; nil where it will not.
    public let surroundingsProblem: SurroundingsFit.Problem?

    /// - Throws: `WeightFileError` where half precision cannot hold it.
    public init(_ trained: TrainedNetwork, _ recipe: Recipe, _ data: TrainingData) throws {
        let precision: WeightFile.Precision = recipe.isHalfPrecision ? .half : .single
        let (network, folded) = try trained.network.folded(trained.parameters)
        let plain = try CompiledNetwork(network, folded)
        let plainMargins = try data.validation.map { try Scoring.margins(of: $0.patches, plain, threads: recipe.threads) }
        var fit: Fit?
        // A model that cannot be calibrated took as long to train as any other: it is kept, and says so.
        do throws(EvaluationError) {
            fit = try Self.fit(recipe.calibration, data.validation, plainMargins)
            calibrationProblem = nil
        } catch { calibrationProblem = error }
        let calibrated = fit.map { network.calibrating(folded, $0.calibration) } ?? folded
        let secondLook = try SecondLook(recipe)
        let file = calibrated.weightFile(name: recipe.name)
        weights = try (secondLook.map { file.with(secondLook: $0.weights) } ?? file).encoded(precision)
        // Measured as stored: half precision has rounded them.
        let rounded = try Parameters(weights: WeightFile(data: weights, name: recipe.name).firstLook, for: network)
        let stored = try CompiledNetwork(network, rounded)
        let scores = try data.validation.map { set in
            let margins = try Scoring.margins(of: set.patches, stored, threads: recipe.threads)
            return ScoredPatches(name: set.name, patches: set.patches, probabilities: margins.map(LogisticCalibration.identity.probability))
        }
        self.scores = scores
        var surroundings: ModelCard.Surroundings?
        var surroundingsProblem: SurroundingsFit.Problem?
        let sets = data.validation.filter { fit?.sets.contains($0.name) ?? true }
        do {
            surroundings = try SurroundingsFit.surroundings(
                of: network.logits, rounded, patches: sets.flatMap(\.patches), name: sets.map(\.name).joined(separator: ", "),
                threads: recipe.threads)
        } catch let problem as SurroundingsFit.Problem { surroundingsProblem = problem }
        self.surroundingsProblem = surroundingsProblem
        card = try Self.card(
            trained, recipe, data, checksum: Checksums.sha256(of: weights), fit: fit, surroundings: surroundings, secondLook: secondLook?.card,
            scores: scores)
    }

    /// Writes NAME.safetensors and NAME.json into a folder, each whole or not at all, the card last.
    /// - Throws: `DurableFileError`.
    @discardableResult
    public func write(to folder: URL) throws -> URL {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let location = folder.appending(path: "\(card.name).safetensors")
        try DurableFile.write(weights, to: location)
        try DurableFile.write(card.encoded(), to: ModelCard.location(besideWeights: location))
        return location
    }

    struct Fit {
        let calibration: LogisticCalibration
        let prevalence: Double
        let sets: [String]
    }

    private static func fit(
        _ plan: Recipe.CalibrationPlan, _ sets: [TrainingData.ValidationSet], _ margins: [[Double]]
    ) throws(EvaluationError) -> Fit? {
        guard plan.isWanted else { return nil }
        let chosen = zip(sets, margins).filter { plan.data == nil || $0.0.name == plan.data }
        let cases = chosen.flatMap { set, margins in
            zip(set.patches, margins).map { ScoredCase(score: $1, isPositive: $0.label == .deformation) }
        }
        let share = Double(cases.count { $0.isPositive }) / Double(max(1, cases.count))
        return Fit(
            calibration: try LogisticCalibration(fitting: cases, prevalence: plan.prevalence), prevalence: plan.prevalence ?? share,
            sets: chosen.map(\.0.name))
    }
}

extension ModelPackage {
    private static func card(
        _ trained: TrainedNetwork, _ recipe: Recipe, _ data: TrainingData, checksum: String, fit: Fit?,
        surroundings: ModelCard.Surroundings?, secondLook: ModelCard.SecondLook?, scores: [ScoredPatches]
    ) throws -> ModelCard {
        let plan = recipe.training
        let shown = trained.records.last.map { $0.steps * plan.batch } ?? 0
        return ModelCard(
            name: recipe.name, architecture: recipe.architecture.name, sha256: checksum,
            layers: trained.network.description.split(separator: "\n").dropFirst().map { $0.drop { $0 == " " } }.map(String.init),
            input: ModelCard.Input(recipe.input),
            training: ModelCard.Training(
                data: data.summary,
                recipe: "\(shown) presentations in \(trained.records.count) epochs, the weights of epoch \(trained.bestEpoch) taken"
                    + (recipe.start.kept > 0 ? ", \(Int((100 * recipe.start.kept).rounded())) % of those begun with in them" : ""),
                recipeText: recipe.text.isEmpty ? nil : recipe.text, seed: recipe.seed, counts: counts(data),
                startedFrom: recipe.start.weights.isEmpty ? nil : recipe.start.weights.map(\.lastPathComponent).joined(separator: ", "),
                teachers: trained.teachers.isEmpty ? nil : trained.teachers),
            metrics: try scores.flatMap(metrics), knownFailures: [],
            calibration: try fit.map { try calibration($0, scores) }, surroundings: surroundings, thresholds: scores.flatMap(thresholds),
            secondLook: secondLook)
    }

    private static func counts(_ data: TrainingData) -> [ModelCard.Count] {
        func count(_ name: String, _ use: String, _ patches: [LabelledPatch]) -> ModelCard.Count {
            let positives = patches.count { $0.label == .deformation }
            return ModelCard.Count(source: name, use: use, deformation: positives, background: patches.count - positives)
        }
        return data.parts.map { count($0.name, "training", $0.patches) } + data.validation.map { count($0.name, "validation", $0.patches) }
    }

    private static func calibration(_ fit: Fit, _ scores: [ScoredPatches]) throws -> ModelCard.Calibration {
        let reliability = try Reliability(scores.filter { fit.sets.contains($0.name) }.flatMap(\.cases), prevalence: fit.prevalence)
        return ModelCard.Calibration(
            scale: fit.calibration.scale, shift: fit.calibration.shift, prevalence: fit.prevalence, brierScore: reliability.brierScore,
            expectedCalibrationError: reliability.expectedCalibrationError,
            on: "the validation data \(fit.sets.joined(separator: ", ")), to which it was fitted")
    }

    private static func metrics(_ set: ScoredPatches) throws(EvaluationError) -> [ModelCard.Metric] {
        let curve = try ROCCurve(set.cases), confusion = Confusion(set.cases, above: 0.5)
        let on = "validation data \(set.name): \(curve.positives) patches with deformation, \(curve.negatives) without"
        return [
            ("AUC", curve.area), ("accuracy at 0.5", confusion.accuracy ?? 0), ("TPR at 0.5", confusion.truePositiveRate ?? 0),
            ("TNR at 0.5", confusion.trueNegativeRate ?? 0), ("TPR at TNR 0.98", curve.best(atTrueNegativeRate: 0.98).truePositiveRate),
        ].map { ModelCard.Metric(name: $0, value: $1, on: on) }
    }

    /// Scores below which shares of the background lie, as far out as ten patches lie beyond.
    private static func thresholds(_ set: ScoredPatches) -> [ModelCard.Threshold] {
        let quiet = set.cases.filter { !$0.isPositive }.map(\.score).sorted()
        return [0.9, 0.98, 0.99, 0.999].filter { (1 - $0) * Double(quiet.count) >= 9.99 }.map { share in
            let index = min(quiet.count - 1, Int((share * Double(quiet.count)).rounded(.up)) - 1)
            return ModelCard.Threshold(quietShare: share, score: quiet[index], on: "\(quiet.count) patches without deformation of \(set.name)")
        }
    }
}

extension Network {
    /// The same weights with a calibration in the last dense layer: both rows times the scale, the shift added to deformation's bias.
    public func calibrating(_ parameters: Parameters, _ calibration: LogisticCalibration) -> Parameters {
        guard let last = layers.last(where: { if case .dense = $0 { true } else { false } }), case .dense(let dense) = last,
            var weight = parameters["\(dense.name).weight"], var bias = parameters["\(dense.name).bias"]
        else { return parameters }
        for index in weight.values.indices { weight.values[index] *= Float(calibration.scale) }
        for index in bias.values.indices { bias.values[index] *= Float(calibration.scale) }
        bias.values[1] += Float(calibration.shift)
        return parameters.replacing(["\(dense.name).weight": weight, "\(dense.name).bias": bias])
    }
}

extension ModelPackage {
    /// Writes NAME.validation.csv: every validation patch with its probability.
    /// - Throws: `DurableFileError`.
    public func writeScores(to folder: URL) throws {
        try ScoredPatches.write(scores, to: folder.appending(path: "\(card.name).validation.csv"))
    }
}
