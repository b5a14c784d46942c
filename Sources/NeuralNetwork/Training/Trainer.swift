/// Trains a network step by step. The same network, parameters, settings and batches give the same weights, bit for bit, whatever the
/// number of threads. Used from one thread at a time; a step blocks it.
public final class Trainer {
    /// The network that is trained, without a softmax at its end.
    public let network: Network
    /// The same for patches with what is round them; nil where it only ever sees patches alone.
    public let surrounded: Network?
    public let settings: TrainingSettings
    /// Steps made.
    public internal(set) var steps = 0

    let store: ParameterStore
    /// For each trained parameter what the optimiser remembers.
    let memories: [[Block]]
    private let rates: [Float]
    /// By the shape of one item.
    private var executions: [Shape: Execution] = [:]

    /// What one step found: the loss before its change of the weights, and the logits (batch, classes) it came from.
    public struct Step: Sendable {
        public let loss: Float
        public let logits: Tensor
    }

    /// - Parameter surrounded: `Network.surrounded(by:)`: steps then take batches of both shapes.
    /// - Throws: `WeightFileError` where the parameters are not the network's, `TrainingError` where the settings do not fit the network.
    public init(_ network: Network, _ parameters: Parameters, surrounded: Network? = nil, settings: TrainingSettings) throws {
        try settings.check(network)
        self.network = network.logits
        self.surrounded = surrounded?.logits
        self.settings = settings
        store = try ParameterStore(network, parameters) { !settings.isFrozen($0) }
        let trained = store.parameters.filter(\.isTrained)
        memories = trained.map { parameter in settings.optimiser.memories.map { _ in Block(count: parameter.block.count) } }
        rates = trained.map { settings.rateMultiplier(of: $0.specification.name) }
    }

    var trained: [Parameter] { store.parameters.filter(\.isTrained) }

    /// The weights as they are now.
    public var parameters: Parameters { store.snapshot }

    /// One step on a batch.
    /// - Parameters:
    ///   - batch: (batch, ...input), of the network or of the surrounded one.
    ///   - labels: the class of each item.
    ///   - targets: (batch, classes), probabilities to be learnt instead of the labels; nil for the labels.
    ///   - sampleWeights: how much each item counts; nil for 1 each.
    /// - Throws: `ShapeError`, `TrainingError`; the weights are then unchanged.
    @discardableResult
    public func step(
        batch: Tensor, labels: [Int], targets: [Float]? = nil, sampleWeights: [Float]? = nil, learningRate: Float
    ) throws -> Step {
        let network = try network(for: batch.shape)
        let items = batch.shape[0]
        try check(labels, sampleWeights, items: items)
        if let targets { try check(targets, items: items) }
        let execution = try execution(of: network, for: items)
        // Running statistics move in the forward pass: they are put back if the step fails.
        let statistics = store.parameters.filter { !$0.specification.isTrainable }.map { ($0, $0.block.values) }
        execution.forward(batch, items: 0..<items, isTraining: true, step: steps)
        let output = execution.list.output
        let loss = settings.loss.loss(
            output.values, classes: output.count, labels: labels, targets: targets, sampleWeights: sampleWeights,
            gradient: output.needsGradient ? output.gradient : nil)
        let logits = execution.tensor(output, items: items)
        guard loss.isFinite else {
            for (parameter, values) in statistics { parameter.values.update(from: values, count: values.count) }
            throw TrainingError.diverged(step: steps + 1)
        }
        execution.backward(items: items)
        steps += 1
        update(learningRate)
        return Step(loss: loss, logits: logits)
    }

    /// The loss and the logits of a batch at inference, without changing anything: for validation.
    public func evaluate(batch: Tensor, labels: [Int], sampleWeights: [Float]? = nil) throws -> Step {
        let network = try network(for: batch.shape)
        let items = batch.shape[0]
        try check(labels, sampleWeights, items: items)
        let execution = try execution(of: network, for: items)
        execution.forward(batch, items: 0..<items, isTraining: false)
        let output = execution.list.output
        let loss = settings.loss.loss(output.values, classes: output.count, labels: labels, sampleWeights: sampleWeights)
        return Step(loss: loss, logits: execution.tensor(output, items: items))
    }

    /// The gradients of the loss by parameter name, without a step: to check an implementation.
    func gradients(batch: Tensor, labels: [Int], sampleWeights: [Float]? = nil) throws -> (loss: Float, gradients: [String: Tensor]) {
        let items = batch.shape[0]
        let execution = try execution(of: network(for: batch.shape), for: items)
        execution.forward(batch, items: 0..<items, isTraining: true, step: steps)
        let output = execution.list.output
        let loss = settings.loss.loss(
            output.values, classes: output.count, labels: labels, sampleWeights: sampleWeights, gradient: output.gradient)
        execution.backward(items: items)
        let gradients = trained.map { ($0.specification.name, Tensor(shape: $0.specification.shape, values: $0.gradientBlock?.values ?? [])) }
        return (loss, Dictionary(gradients) { first, _ in first })
    }

    private func update(_ learningRate: Float) {
        let workers = Workers(threads: settings.threads)
        for ((parameter, memory), multiplier) in zip(zip(trained, memories), rates) {
            let starts = memory.map(\.start)
            let decays = settings.decaysAll || parameter.specification.role == .weight
            workers.ranges(parameter.block.count) { range in
                settings.optimiser.update(
                    parameter.values, parameter.gradient, starts, range: range, rate: learningRate * multiplier, step: steps,
                    decays: decays)
            }
        }
    }

    /// The one that takes this batch.
    private func network(for batch: Shape) throws(ShapeError) -> Network {
        if let surrounded, batch.rank > 0, batch.item == surrounded.input { return surrounded }
        try network.check(batch)
        return network
    }

    /// Memory for batches of this size: made for the first, and again only where a larger one comes.
    private func execution(of network: Network, for items: Int) throws(ShapeError) -> Execution {
        if let execution = executions[network.input], execution.capacity >= items { return execution }
        executions[network.input] = nil
        let new = try Execution(network, store, capacity: items, threads: settings.threads, seed: settings.seed)
        executions[network.input] = new
        return new
    }

    private func check(_ targets: [Float], items: Int) throws(TrainingError) {
        let classes = network.output.count
        guard targets.count == items * classes else { throw .targets(count: targets.count, items: items, classes: classes) }
        for item in 0..<items {
            let target = targets[item * classes..<(item + 1) * classes]
            guard target.allSatisfy({ $0 >= 0 }), abs(target.reduce(0, +) - 1) < 1e-3 else { throw .target(Array(target), item: item) }
        }
    }

    private func check(_ labels: [Int], _ sampleWeights: [Float]?, items: Int) throws(TrainingError) {
        guard items > 0 else { throw .emptyBatch }
        guard labels.count == items else { throw .labels(count: labels.count, items: items) }
        let classes = network.output.count
        if let label = labels.first(where: { $0 < 0 || $0 >= classes }) { throw .label(label, classes: classes) }
        guard let sampleWeights else { return }
        guard sampleWeights.count == items else { throw .sampleWeights(count: sampleWeights.count, items: items) }
        if let item = sampleWeights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
            throw .sampleWeight(sampleWeights[item], item: item)
        }
    }
}

extension TrainingSettings {
    fileprivate func check(_ network: Network) throws(TrainingError) {
        guard network.output.rank == 1, network.output.count > 0 else { throw .notScores(network.output) }
        let names = network.parameterSpecifications.map(\.name)
        for prefix in frozen + rateMultipliers.keys.sorted() where !names.contains(where: { $0.hasPrefix(prefix) }) {
            throw .noSuchParameter(prefix: prefix)
        }
        guard loss.labelSmoothing >= 0, loss.labelSmoothing < 1 else { throw .labelSmoothing(loss.labelSmoothing) }
        guard let weights = loss.classWeights else { return }
        guard weights.count == network.output.count else { throw .classWeights(count: weights.count, classes: network.output.count) }
        if let weight = weights.first(where: { !($0 >= 0 && $0.isFinite) }) { throw .classWeight(weight) }
    }
}
