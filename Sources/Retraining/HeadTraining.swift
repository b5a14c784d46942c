import Detection
import Evaluation
import NeuralNetwork
import Synthesis
import Training

/// Trains a network's last dense layer on features that the frozen layers before it gave once: minutes instead of hours.
struct HeadTraining {
    let encoding: InputEncoding
    /// Gives logits.
    let network: Network
    let parameters: Parameters
    let threads: Int

    /// What the frozen layers say of patches.
    struct Features: Sendable {
        /// (patches, features).
        var values: [Float] = []
        var labels: [Int] = []
        var weights: [Double] = []

        static func + (a: Features, b: Features) -> Features {
            Features(values: a.values + b.values, labels: a.labels + b.labels, weights: a.weights + b.weights)
        }
    }

    /// How the head is trained.
    struct Plan {
        var epochs = 30
        var batch = 128
        var learningRate: Float = 0.002
        /// The judged crops' share of all weight; the rest keeps what the model knew.
        var reviewedShare = 0.35
        var seed: UInt64 = 1
    }

    /// - Parameter progress: told how many are done.
    func features(of patches: [TeachingPatch], progress: (Int) -> Void = { _ in }) throws -> Features {
        let compiled = try CompiledNetwork(network, parameters)
        var features = Features(labels: patches.map { $0.isDeformation ? 1 : 0 }, weights: patches.map(\.weight))
        for start in stride(from: 0, to: patches.count, by: 32) {
            let some = patches[start..<min(start + 32, patches.count)]
            let values = some.flatMap { encoding.values(of: $0.levels) }
            features.values += try compiled.features(Tensor(shape: network.input.batch(of: some.count), values: values), threads: threads).values
            progress(start + some.count)
        }
        return features
    }

    /// The network's parameters with a head that has learnt from both.
    /// - Throws: `TrainingError`, `WeightFileError`, `RetrainingError` where the network has no dense layer at its end.
    func train(base: Features, reviewed: Features, _ plan: Plan) throws -> Parameters {
        guard let head = network.head else { throw RetrainingError.noHead(network.name) }
        let start = try Parameters(weights: parameters.weightFile(name: "head", only: head), for: head)
        let trainer = try Trainer(head, start, settings: TrainingSettings(optimiser: .adamW(weightDecay: 0.001), seed: plan.seed, threads: threads))
        let all = base + reviewed
        let weights = Self.weights(base: base, reviewed: reviewed, share: plan.reviewedShare)
        let width = head.input.count
        let steps = plan.epochs * ((all.labels.count + plan.batch - 1) / plan.batch)
        for epoch in 0..<plan.epochs {
            var random = SeededGenerator(seed: plan.seed, purpose: "retraining", index: epoch)
            let order = all.labels.indices.shuffled(using: &random)
            for from in stride(from: 0, to: order.count, by: plan.batch) {
                let some = order[from..<min(from + plan.batch, order.count)]
                let values = some.flatMap { all.values[$0 * width..<($0 + 1) * width] }
                let left = 1 - Float(trainer.steps) / Float(steps)
                try trainer.step(
                    batch: Tensor(shape: head.input.batch(of: some.count), values: values), labels: some.map { all.labels[$0] },
                    sampleWeights: some.map { Float(weights[$0]) }, learningRate: plan.learningRate * left)
            }
        }
        let learnt = trainer.parameters
        return parameters.replacing(Dictionary(learnt.names.compactMap { name in learnt[name].map { (name, $0) } }, uniquingKeysWith: { $1 }))
    }

    /// Weights, and what their probabilities were fitted to.
    struct Trained {
        var parameters: Parameters
        /// Nil where they are as the training left them.
        var calibration: ModelCard.Calibration?
    }

    /// - Parameters:
    ///   - held: what was not trained on; without patches of both classes nothing is fitted.
    ///   - prevalence: the share of deformation that probabilities are to hold for; nil for that of `held`.
    /// - Throws: `EvaluationError` where more of the network's margin means less deformation.
    func calibrated(_ parameters: Parameters, on held: Features, prevalence: Double?) throws -> Trained {
        guard let head = network.head else { throw RetrainingError.noHead(network.name) }
        guard Set(held.labels).count == 2 else { return Trained(parameters: parameters, calibration: nil) }
        let compiled = try CompiledNetwork(head, try Parameters(weights: parameters.weightFile(name: "head", only: head), for: head))
        let logits = try compiled.forward(
            Tensor(shape: head.input.batch(of: held.labels.count), values: held.values), threads: threads
        ).values
        let cases = held.labels.indices.map { ScoredCase(score: Double(logits[2 * $0 + 1] - logits[2 * $0]), isPositive: held.labels[$0] == 1) }
        let fit = try LogisticCalibration(fitting: cases, prevalence: prevalence)
        let share = prevalence ?? Double(held.labels.count { $0 == 1 }) / Double(held.labels.count)
        let reliability = try Reliability(
            cases.map { ScoredCase(score: fit.probability(margin: $0.score), isPositive: $0.isPositive) }, prevalence: share)
        return Trained(
            parameters: network.calibrating(parameters, fit),
            calibration: ModelCard.Calibration(
                scale: fit.scale, shift: fit.shift, prevalence: share, brierScore: reliability.brierScore,
                expectedCalibrationError: reliability.expectedCalibrationError,
                on: "\(cases.count) base patches that were not trained on, to which it was fitted"))
    }

    /// How much each item counts, 1 on the average: the base has its share, half of it for each class; the judged crops have theirs, as
    /// their own weights divide it.
    private static func weights(base: Features, reviewed: Features, share: Double) -> [Double] {
        let classes = zip(base.labels, base.weights).reduce(into: [Int: Double]()) { $0[$1.0, default: 0] += $1.1 }
        let judged = reviewed.weights.reduce(0, +)
        let count = Double(base.labels.count + reviewed.labels.count)
        let first = zip(base.labels, base.weights).map { label, weight in
            weight / (classes[label] ?? 1) / Double(classes.count) * (1 - share) * count
        }
        return first + reviewed.weights.map { $0 / judged * share * count }
    }
}

/// Why a retraining cannot be done.
public enum RetrainingError: Error, Sendable, CustomStringConvertible {
    case noHead(String)
    case tooFew(String)
    case unknownArchitecture(String)

    public var description: String {
        switch self {
        case .noHead(let network): "\(network) has no dense layer at its end that could be trained alone: train it with fringewatch train"
        case .tooFew(let what): "there is too little to learn from: \(what)"
        case .unknownArchitecture(let name): "the architecture \(name) is not known to this version"
        }
    }
}
