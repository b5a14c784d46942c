import FoundationEssentials
import Testing

@testable import NeuralNetwork

private let optimisers: [(name: String, settings: TrainingSettings)] = [
    ("sgd", TrainingSettings(optimiser: .sgd(momentum: 0.9, weightDecay: 0.01), rateMultipliers: ["fc.": 5])),
    (
        "adamw",
        TrainingSettings(optimiser: .adamW(beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1), rateMultipliers: ["fc.": 5])
    ),
    (
        "weighted",
        TrainingSettings(
            optimiser: .sgd(momentum: 0), loss: CrossEntropy(classWeights: [1, 3, 0.5], labelSmoothing: 0.2),
            rateMultipliers: ["fc": 5, "f": 100])
    ),
]

@Test(arguments: optimisers.indices)
func `losses and weights after some steps are PyTorch's`(_ index: Int) throws {
    let (name, settings) = optimisers[index]
    let file = try Reference.training.get()
    let trainer = try Trainer(SmallNetwork.network(), SmallNetwork.parameters(), settings: settings)
    let losses = Tensor(shape: [4], values: try SmallNetwork.run(trainer, 0..<4))
    #expect(losses.greatestDifference(from: try file.reference("\(name)/losses")) < 1e-4)
    let parameters = trainer.parameters
    for parameter in parameters.names {
        let found = try #require(parameters[parameter])
        #expect(found.greatestDifference(from: try file.reference("\(name)/\(parameter)")) < 1e-4, "\(parameter)")
    }
}

@Test(arguments: [Optimiser.sgd(weightDecay: 1e-3), .adamW()])
func `the weights do not depend on the number of threads, not even in the last bit`(_ optimiser: Optimiser) throws {
    let network = try Network(
        "threads", input: [1, 20, 20],
        layers: [
            .convolution(Convolution("c1", from: 1, to: 16, kernel: 5, stride: 2, padding: 2, bias: false)),
            .batchNormalisation(BatchNormalisation("b1", channels: 16)), .relu,
            .convolution(Convolution("c2", from: 16, to: 16, kernel: 3, padding: 1)), .relu,
            .residual(Residual(body: [.convolution(Convolution("c3", from: 16, to: 16, kernel: 5, padding: 2))])),
            .maxPool(MaxPool(size: 3, stride: 2)), .flatten, .dropout(Dropout("d", share: 0.5)), .dense(Dense("f1", from: 256, to: 600)),
            .relu, .dense(Dense("f2", from: 600, to: 2, isLast: true)),
        ])
    func weights(threads: Int) throws -> [UInt32] {
        let trainer = try Trainer(
            network, network.initialParameters(seed: 3), settings: TrainingSettings(optimiser: optimiser, seed: 5, threads: threads))
        for step in 0..<3 {
            let batch = Tensor(shape: [21, 1, 20, 20], seed: UInt64(step), stream: "batch")
            try trainer.step(batch: batch, labels: (0..<21).map { $0 % 2 }, learningRate: 0.01)
        }
        return trainer.parameters.bits
    }
    let alone = try weights(threads: 1)
    #expect(try weights(threads: 2) == alone)
    #expect(try weights(threads: 5) == alone)
}

@Test(arguments: [Optimiser.sgd(weightDecay: 1e-3), .adamW()])
func `a resumed training gives the weights of an uninterrupted one`(_ optimiser: Optimiser) throws {
    let network = try SmallNetwork.network()
    let settings = TrainingSettings(optimiser: optimiser, frozen: ["conv."])
    let whole = try Trainer(network, SmallNetwork.parameters(), settings: settings)
    _ = try SmallNetwork.run(whole, 0..<6)

    let first = try Trainer(network, SmallNetwork.parameters(), settings: settings)
    _ = try SmallNetwork.run(first, 0..<3)
    let file = try WeightFile(data: first.state.encoded(), name: "state")
    let second = try Trainer(network, resuming: file, settings: settings)
    #expect(second.steps == 3)
    _ = try SmallNetwork.run(second, 3..<6)
    #expect(second.parameters.bits == whole.parameters.bits)
}

@Test func `targets that are the labels change nothing, and labels shared out as targets learn what label smoothing learns`() throws {
    func loss(_ smoothing: Float, _ target: ((_ isLabel: Bool) -> Float)?) throws -> (loss: Float, head: Tensor, weights: [UInt32]) {
        let trainer = try Trainer(
            SmallNetwork.network(), SmallNetwork.parameters(),
            settings: TrainingSettings(loss: CrossEntropy(classWeights: [1, 3, 0.5], labelSmoothing: smoothing)))
        let (images, labels) = SmallNetwork.batch(0)
        let targets = target.map { target in labels.flatMap { label in (0..<3).map { target($0 == label) } } }
        let step = try trainer.step(batch: images, labels: labels, targets: targets, learningRate: 0.1)
        return (step.loss, try #require(trainer.parameters["fc.weight"]), trainer.parameters.bits)
    }
    let labels = try loss(0.2, nil), same = try loss(0.2) { $0 ? 1 : 0 }
    #expect(same.loss == labels.loss && same.weights == labels.weights)
    // Half of each label for all classes, once as a target and once as smoothing.
    let half = try loss(0, { $0 ? 2 / 3 : 1 / 6 }), smoothed = try loss(0.5, nil)
    #expect(abs(half.loss - smoothed.loss) < 1e-5 && abs(half.loss - labels.loss) > 1e-3)
    #expect(half.head.greatestDifference(from: smoothed.head) < 1e-6 && half.head.greatestDifference(from: labels.head) > 1e-4)
}

@Test func `frozen parameters and their running statistics stay, the others learn`() throws {
    let before = try SmallNetwork.parameters()
    let trainer = try Trainer(SmallNetwork.network(), before, settings: TrainingSettings(frozen: ["conv", "bn."]))
    _ = try SmallNetwork.run(trainer, 0..<3)
    let after = trainer.parameters
    for name in ["conv.weight", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"] {
        #expect(after[name]?.values == before[name]?.values, "\(name)")
    }
    #expect(after["fc.weight"]?.values != before["fc.weight"]?.values)
}

@Test func `a head trained on cached features learns what it learns in the network with its trunk frozen`() throws {
    let network = try SmallNetwork.network()
    let parameters = try SmallNetwork.parameters()
    let whole = try Trainer(network, parameters, settings: TrainingSettings(frozen: ["conv", "bn."]))
    let head = try #require(network.head)
    let part = try Trainer(
        head, parameters.only(head.layers), settings: TrainingSettings())
    let compiled = try CompiledNetwork(network, parameters)
    for step in 0..<3 {
        let (images, labels) = SmallNetwork.batch(step)
        try whole.step(batch: images, labels: labels, learningRate: 0.05)
        try part.step(batch: compiled.features(images, threads: 1), labels: labels, learningRate: 0.05)
    }
    let (found, expected) = (try #require(part.parameters["fc.weight"]), try #require(whole.parameters["fc.weight"]))
    #expect(found.greatestDifference(from: expected) < 1e-5)
}

@Test func `a smaller batch after a larger one gives what it gives alone`() throws {
    let network = try SmallNetwork.network()
    let (images, labels) = SmallNetwork.batch(0)
    let trainer = try Trainer(network, SmallNetwork.parameters(), settings: TrainingSettings(optimiser: .sgd(momentum: 0)))
    _ = try trainer.evaluate(batch: images, labels: labels)
    let other = try Trainer(network, SmallNetwork.parameters(), settings: TrainingSettings(optimiser: .sgd(momentum: 0)))
    for trainer in [trainer, other] { try trainer.step(batch: images.items(0..<2), labels: [0, 1], learningRate: 0.1) }
    #expect(trainer.parameters.bits == other.parameters.bits)
}

@Test func `evaluation uses running statistics and changes nothing`() throws {
    let network = try SmallNetwork.network()
    let parameters = try SmallNetwork.parameters()
    let trainer = try Trainer(network, parameters, settings: TrainingSettings())
    let (images, labels) = SmallNetwork.batch(1)
    let found = try trainer.evaluate(batch: images, labels: labels)
    let expected = try network.logits.outputsOfLayers(images, parameters).last
    #expect(found.logits.values == expected?.values)
    #expect(trainer.parameters.bits == parameters.bits)
    #expect(trainer.steps == 0)
}

@Test func `training a small network on a simple rule brings its loss down`() throws {
    let trainer = try Trainer(
        SmallNetwork.network(), SmallNetwork.network().initialParameters(seed: 1), settings: TrainingSettings(optimiser: .adamW()))
    // The class is which third of the picture is bright.
    func batch(_ step: Int) -> (Tensor, [Int]) {
        var images = Tensor(shape: [12, 1, 6, 6], seed: UInt64(step), stream: "rule")
        let labels = (0..<12).map { (step + $0) % 3 }
        for (item, label) in labels.enumerated() {
            for i in 0..<12 { images.values[item * 36 + label * 12 + i] += 1.5 }
        }
        return (images, labels)
    }
    var losses: [Float] = []
    for step in 0..<40 {
        let (images, labels) = batch(step)
        losses.append(try trainer.step(batch: images, labels: labels, learningRate: 0.01).loss)
    }
    #expect(losses[0] > 0.5)
    #expect(losses[39] < 0.1)
}
