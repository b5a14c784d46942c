import Testing

@testable import NeuralNetwork

private func trainer(_ settings: TrainingSettings = TrainingSettings()) throws -> Trainer {
    try Trainer(SmallNetwork.network(), SmallNetwork.parameters(), settings: settings)
}

@Test(arguments: [
    (TrainingSettings(frozen: ["layer9"]), TrainingError.noSuchParameter(prefix: "layer9")),
    (TrainingSettings(rateMultipliers: ["head": 2]), .noSuchParameter(prefix: "head")),
    (TrainingSettings(loss: CrossEntropy(classWeights: [1, 2])), .classWeights(count: 2, classes: 3)),
    (TrainingSettings(loss: CrossEntropy(classWeights: [1, 2, -1])), .classWeight(-1)),
    (TrainingSettings(loss: CrossEntropy(labelSmoothing: 1)), .labelSmoothing(1)),
])
func `settings that do not fit the network are refused`(_ settings: TrainingSettings, _ expected: TrainingError) {
    #expect(throws: expected) { try trainer(settings) }
}

@Test func `labels and sample weights that do not fit the batch are refused`() throws {
    let trainer = try trainer()
    let (images, labels) = SmallNetwork.batch(0)
    func step(_ labels: [Int], _ weights: [Float]? = nil, targets: [Float]? = nil) throws {
        try trainer.step(batch: images, labels: labels, targets: targets, sampleWeights: weights, learningRate: 0.1)
    }
    #expect(throws: TrainingError.labels(count: 5, items: 6)) { try step(Array(labels.dropLast())) }
    #expect(throws: TrainingError.label(3, classes: 3)) { try step([0, 1, 2, 3, 0, 1]) }
    #expect(throws: TrainingError.label(-1, classes: 3)) { try step([0, 1, 2, -1, 0, 1]) }
    #expect(throws: TrainingError.sampleWeights(count: 1, items: 6)) { try step(labels, [1]) }
    #expect(throws: TrainingError.sampleWeight(-2, item: 1)) { try step(labels, [1, -2, 1, 1, 1, 1]) }
    #expect(throws: TrainingError.targets(count: 12, items: 6, classes: 3)) { try step(labels, targets: Array(repeating: 0.5, count: 12)) }
    let thirds = Array(repeating: Float(1) / 3, count: 15)
    #expect(throws: TrainingError.target([0.5, 0.5, 0.5], item: 5)) { try step(labels, targets: thirds + [0.5, 0.5, 0.5]) }
    #expect(throws: TrainingError.target([-0.5, 0.5, 1], item: 5)) { try step(labels, targets: thirds + [-0.5, 0.5, 1]) }
    #expect(throws: TrainingError.self) { try step(labels, targets: thirds + [.nan, 0.5, 0.5]) }
    #expect(throws: TrainingError.emptyBatch) {
        try trainer.step(batch: Tensor(shape: [0, 1, 6, 6], values: []), labels: [], learningRate: 0.1)
    }
    #expect(throws: ShapeError.self) {
        try trainer.step(batch: Tensor(shape: [1, 1, 6, 7], repeating: 0), labels: [0], learningRate: 0.1)
    }
    #expect(try trainer.parameters.bits == SmallNetwork.parameters().bits)
}

@Test func `a step whose loss is not finite leaves weights and statistics as they were`() throws {
    let trainer = try trainer()
    _ = try SmallNetwork.run(trainer, 0..<1)
    let before = trainer.parameters.bits
    var (images, labels) = SmallNetwork.batch(1)
    images.values[5] = .infinity
    #expect(throws: TrainingError.diverged(step: 2)) { try trainer.step(batch: images, labels: labels, learningRate: 0.1) }
    #expect(trainer.parameters.bits == before)
    #expect(trainer.steps == 1)
}

@Test func `the state of another training is refused`() throws {
    let network = try SmallNetwork.network()
    let state = try trainer(TrainingSettings(optimiser: .adamW())).state
    func resume(_ change: (inout [String: Tensor]) -> Void, _ settings: TrainingSettings = TrainingSettings(optimiser: .adamW())) throws {
        var tensors = state.tensors
        change(&tensors)
        _ = try Trainer(network, resuming: WeightFile(name: "s", tensors: tensors, metadata: state.metadata), settings: settings)
    }
    try resume { _ in }
    func problem(_ body: () throws -> Void) -> SafetensorsProblem? { #expect(throws: WeightFileError.self) { try body() }?.problem }
    #expect(problem { try resume { $0["mean:fc.bias"] = nil } } == .missingTensor("mean:fc.bias"))
    #expect(problem { try resume { $0["fc.bias"] = nil } } == .missingTensor("fc.bias"))
    #expect(problem { try resume({ _ in }, TrainingSettings()) } == .missingTensor("velocity:conv.weight"))
    #expect(problem { try resume { $0["velocity:fc.bias"] = Tensor(shape: [3], repeating: 0) } } == .unknownTensor("velocity:fc.bias"))
    #expect(problem { try resume { $0["square:fc.bias"]?.values[1] = .nan } } == .notFinite("square:fc.bias", index: 1))
    #expect(problem { try resume { $0["bn.running_var"]?.values[2] = -1 } } == .negativeVariance("bn.running_var", index: 2))
    let error = #expect(throws: TrainingError.self) {
        try Trainer(network, resuming: WeightFile(name: "s", tensors: state.tensors), settings: TrainingSettings())
    }
    #expect(error?.description.contains("how many steps") == true)
}

@Test func `a network that gives no scores cannot be trained`() throws {
    let network = try Network("maps", input: [1, 4, 4], layers: [.convolution(Convolution("c", from: 1, to: 2, kernel: 1))])
    #expect(throws: TrainingError.notScores([2, 4, 4])) {
        try Trainer(network, network.initialParameters(seed: 0), settings: TrainingSettings())
    }
}
