import Detection
import Evaluation
import NeuralNetwork
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

        mutating func append(_ other: Features, weighted factor: Double = 1) {
            values += other.values
            labels += other.labels
            weights += other.weights.map { $0 * factor }
        }
    }

    /// How the head is trained.
    struct Plan {
        /// The judged crops' share of all weight; the rest keeps what the model knew.
        var reviewedShare = 0.35
        /// How strongly it is held to what it was, of 256 features: see `HeadRegression`. More of them are held more strongly each, for
        /// together they would move it further.
        var caution = 0.5

        func caution(features: Int) -> Double { caution * Double(features) / 256 }
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
    /// - Throws: `RetrainingError` where the network does not end with a dense layer for two classes.
    func train(base: Features, reviewed: Features, _ plan: Plan) throws -> Parameters {
        let head = try Head(network, parameters)
        var all = base
        all.append(reviewed)
        let units = Units(base.values, width: head.width)
        let regression = HeadRegression(
            rows: units.scaled(all.values), width: head.width, labels: all.labels,
            weights: Self.weights(base: base, reviewed: reviewed, share: plan.reviewedShare), start: head.margins(all.values),
            caution: plan.caution(features: head.width))
        return parameters.replacing(head.adding(units.unscaled(try regression.solve())))
    }

    /// Weights, and what their probabilities were fitted to.
    struct Trained {
        var parameters: Parameters
        /// Nil where they are as the training left them.
        var calibration: ModelCard.Calibration?
    }

    /// Gives probabilities the meaning that they had before: where the model before said as much of what was held back, so does this one.
    /// - Parameters:
    ///   - held: what was not trained on; without patches of both classes nothing is fitted.
    ///   - prevalence: the share of deformation that probabilities are to hold for; nil for that of `held`.
    /// - Throws: `EvaluationError` where more of the network's margin means less deformation.
    func calibrated(_ learnt: Parameters, on held: Features, prevalence: Double?) throws -> Trained {
        guard Set(held.labels).count == 2 else { return Trained(parameters: learnt, calibration: nil) }
        func cases(_ parameters: Parameters) throws -> [ScoredCase] {
            zip(try Head(network, parameters).margins(held.values), held.labels).map { ScoredCase(score: $0, isPositive: $1 == 1) }
        }
        func fit(_ parameters: Parameters) throws -> LogisticCalibration {
            try LogisticCalibration(fitting: cases(parameters), prevalence: prevalence)
        }
        let change = try fit(learnt).relative(to: fit(parameters))
        let calibrated = network.calibrating(learnt, change)
        let share = prevalence ?? Double(held.labels.count { $0 == 1 }) / Double(held.labels.count)
        let reliability = try Reliability(
            cases(calibrated).map { ScoredCase(score: LogisticCalibration.identity.probability(margin: $0.score), isPositive: $0.isPositive) },
            prevalence: share)
        return Trained(
            parameters: calibrated,
            calibration: ModelCard.Calibration(
                scale: change.scale, shift: change.shift, prevalence: share, brierScore: reliability.brierScore,
                expectedCalibrationError: reliability.expectedCalibrationError,
                on: "\(held.labels.count) base patches that were not trained on, where it was fitted to what the model before said"))
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

/// The last dense layer of a network for two classes.
private struct Head {
    let width: Int
    private let name: String
    private let weight: Tensor
    private let bias: Tensor

    init(_ network: Network, _ parameters: Parameters) throws(RetrainingError) {
        guard case .dense(let dense)? = network.head?.layers.first, network.head?.layers.count == 1,
            let weight = parameters["\(dense.name).weight"], let bias = parameters["\(dense.name).bias"], bias.values.count == 2
        else { throw .noHead(network.name) }
        (width, name, self.weight, self.bias) = (weight.values.count / 2, dense.name, weight, bias)
    }

    /// How much the logit of deformation exceeds the other, of rows of features.
    func margins(_ rows: [Float]) -> [Double] {
        let difference = (0..<width).map { Double(weight.values[width + $0]) - Double(weight.values[$0]) }
        let start = Double(bias.values[1]) - Double(bias.values[0])
        return stride(from: 0, to: rows.count, by: width).map { row in
            (0..<width).reduce(start) { $0 + Double(rows[row + $1]) * difference[$1] }
        }
    }

    /// The layer's tensors with this added to the margin, half to each class.
    func adding(_ change: HeadRegression.Change) -> [String: Tensor] {
        var (weight, bias) = (weight, bias)
        for (feature, value) in change.weights.enumerated() {
            weight.values[feature] -= Float(value / 2)
            weight.values[width + feature] += Float(value / 2)
        }
        bias.values[0] -= Float(change.bias / 2)
        bias.values[1] += Float(change.bias / 2)
        return ["\(name).weight": weight, "\(name).bias": bias]
    }
}

/// Features in units of their standard deviation round their mean.
private struct Units {
    private let means: [Double]
    private let deviations: [Double]

    init(_ rows: [Float], width: Int) {
        let count = Double(max(1, rows.count / width))
        var (sums, squares) = ([Double](repeating: 0, count: width), [Double](repeating: 0, count: width))
        for (index, value) in rows.enumerated() { sums[index % width] += Double(value) }
        let means = sums.map { $0 / count }
        for (index, value) in rows.enumerated() {
            squares[index % width] += (Double(value) - means[index % width]) * (Double(value) - means[index % width])
        }
        let deviations = squares.map { ($0 / count).squareRoot() }
        // What hardly ever varies gets no weight to speak of, instead of an enormous one.
        let floor = 0.01 * deviations.reduce(0, +) / Double(max(1, width))
        self.means = means
        self.deviations = deviations.map { $0 + max(floor, 1e-12) }
    }

    func scaled(_ rows: [Float]) -> [Float] {
        let width = means.count
        return rows.enumerated().map { Float((Double($1) - means[$0 % width]) / deviations[$0 % width]) }
    }

    /// The same change for features as they are.
    func unscaled(_ change: HeadRegression.Change) -> HeadRegression.Change {
        let weights = zip(change.weights, deviations).map { $0 / $1 }
        return HeadRegression.Change(weights: weights, bias: zip(weights, means).reduce(change.bias) { $0 - $1.0 * $1.1 })
    }
}

/// Why a retraining cannot be done.
public enum RetrainingError: Error, Sendable, CustomStringConvertible {
    case noHead(String)
    case tooFew(String)
    case unknownArchitecture(String)
    case noConvergence

    public var description: String {
        switch self {
        case .noConvergence: "the last layer's training found no end: a patch's features are not finite"
        case .noHead(let network):
            "\(network) has no dense layer for two classes at its end that could be trained alone: train it with fringewatch train"
        case .tooFew(let what): "there is too little to learn from: \(what)"
        case .unknownArchitecture(let name): "the architecture \(name) is not known to this version"
        }
    }
}
