/// How a network is trained, apart from its data and its learning-rate schedule.
public struct TrainingSettings: Hashable, Sendable {
    public var optimiser: Optimiser
    public var loss: CrossEntropy
    /// Multiplies the learning rate of the parameters whose names begin with a prefix; the longest prefix wins.
    public var rateMultipliers: [String: Float]
    /// Parameters whose names begin with one of these stay as they are; their normalisations use the running statistics.
    public var frozen: [String]
    /// Whether weight decay also applies to biases and normalisations, as PyTorch's optimisers do unless told otherwise.
    public var decaysAll: Bool
    /// For dropout.
    public var seed: UInt64
    /// Changes the time a step takes and nothing else.
    public var threads: Int

    public init(
        optimiser: Optimiser = .sgd(), loss: CrossEntropy = CrossEntropy(), rateMultipliers: [String: Float] = [:],
        frozen: [String] = [], decaysAll: Bool = true, seed: UInt64 = 0, threads: Int = 1
    ) {
        self.optimiser = optimiser
        self.loss = loss
        self.rateMultipliers = rateMultipliers
        self.frozen = frozen
        self.decaysAll = decaysAll
        self.seed = seed
        self.threads = threads
    }

    func isFrozen(_ name: String) -> Bool { frozen.contains { name.hasPrefix($0) } }

    func rateMultiplier(of name: String) -> Float {
        rateMultipliers.filter { name.hasPrefix($0.key) }.max { $0.key.count < $1.key.count }?.value ?? 1
    }
}

/// Why a training cannot begin or go on.
public enum TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
    case labels(count: Int, items: Int)
    case label(Int, classes: Int)
    case targets(count: Int, items: Int, classes: Int)
    case target([Float], item: Int)
    case sampleWeights(count: Int, items: Int)
    case sampleWeight(Float, item: Int)
    case emptyBatch
    case noSuchParameter(prefix: String)
    case classWeights(count: Int, classes: Int)
    case classWeight(Float)
    case labelSmoothing(Float)
    case notScores(Shape)
    case diverged(step: Int)
    case otherState(file: String, reason: String)

    public var description: String {
        switch self {
        case .labels(let count, let items): "\(count) labels for \(items) items: give one label for each"
        case .label(let label, let classes): "the label \(label) is none of the \(classes) classes 0 ..< \(classes)"
        case .targets(let count, let items, let classes):
            "\(count) target probabilities for \(items) items of \(classes) classes: give one for each item and class"
        case .target(let target, let item): "the target \(target) of item \(item) is no probability for each class: none below 0, their sum 1"
        case .sampleWeights(let count, let items): "\(count) sample weights for \(items) items: give one weight for each"
        case .sampleWeight(let weight, let item): "the sample weight \(weight) of item \(item) is not a finite number of at least 0"
        case .emptyBatch: "the batch is empty: a step needs at least one item"
        case .noSuchParameter(let prefix): "no parameter's name begins with \(prefix): a learning rate or a frozen layer would be without effect"
        case .classWeights(let count, let classes): "\(count) class weights for \(classes) classes: give one weight for each"
        case .classWeight(let weight): "the class weight \(weight) is not a finite number of at least 0"
        case .labelSmoothing(let value): "a label smoothing of \(value) is outside 0 ..< 1"
        case .notScores(let shape): "the network gives \(shape), not one score for each class: end it with a dense layer"
        case .diverged(let step): "the loss of step \(step) is not a finite number: lower the learning rate; the weights are those before the step"
        case .otherState(let file, let reason): "the training state \(file) does not continue this training: \(reason)"
        }
    }
}
