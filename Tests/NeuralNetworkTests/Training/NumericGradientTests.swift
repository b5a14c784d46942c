import Testing

@testable import NeuralNetwork

/// Layers that are smooth at almost every input, small enough for central differences.
private let cases: [(name: String, input: Shape, layers: [Layer])] = [
    (
        "convolution, normalisation, pooling", [2, 7, 6],
        [
            .convolution(Convolution("conv", from: 2, to: 3, kernel: 3, stride: 2, padding: 1)),
            .batchNormalisation(BatchNormalisation("bn", channels: 3)), .averagePool(AveragePool(size: 2, stride: 1)), .flatten,
            .dense(Dense("fc", from: 18, to: 2)),
        ]
    ),
    (
        "groups, dilation, response normalisation", [4, 6, 7],
        [
            .convolution(Convolution("conv", from: 4, to: 6, kernel: 3, padding: 1, dilation: 2, groups: 2)),
            .localResponseNormalisation(LocalResponseNormalisation(size: 3, alpha: 0.5)), .adaptiveAveragePool(Extent(2, 2)), .flatten,
            .dense(Dense("fc", from: 24, to: 2)),
        ]
    ),
    (
        "wide kernels on wide maps", [16, 6, 7],
        [
            .convolution(Convolution("conv", from: 16, to: 16, kernel: 3, padding: 1)),
            .convolution(Convolution("conv2", from: 16, to: 16, kernel: 5, padding: 2)), .adaptiveAveragePool(1), .flatten,
            .dense(Dense("fc", from: 16, to: 2)),
        ]
    ),
    (
        "residual with projection, branches, mean and max", [2, 6, 6],
        [
            .residual(
                Residual(
                    body: [.convolution(Convolution("a", from: 2, to: 3, kernel: 3, padding: 1)), .relu],
                    shortcut: [.convolution(Convolution("s", from: 2, to: 3, kernel: 1))])),
            .relu,
            .residual(Residual(body: [.convolution(Convolution("i", from: 3, to: 3, kernel: 1)), .relu])),
            .branches([
                [.convolution(Convolution("b", from: 3, to: 2, kernel: Extent(1, 3), padding: Extent(0, 1)))], [.relu],
                [.sequence([.convolution(Convolution("c", from: 3, to: 1, kernel: 1)), .relu])],
            ]),
            .meanMaxPool, .dense(Dense("fc", from: 12, to: 2)),
        ]
    ),
    (
        "the middle, and a branch round it", [2, 7, 6],
        [
            .convolution(Convolution("a", from: 2, to: 3, kernel: 3, padding: 1)),
            .branches([[.middle(Extent(3, 3))], [.convolution(Convolution("b", from: 3, to: 2, kernel: Extent(5, 4)))]]),
            .flatten, .dense(Dense("fc", from: 45, to: 2)),
        ]
    ),
    (
        "dropout", [1, 5, 5],
        [
            .flatten, .dropout(Dropout("d", share: 0.4)), .dense(Dense("fc", from: 25, to: 6)), .relu, .dropout(Dropout("e", share: 0.3)),
            .dense(Dense("fc2", from: 6, to: 2)),
        ]
    ),
]

@Test(arguments: cases.indices)
func `gradients are what small changes of the weights do to the loss`(_ index: Int) throws {
    let (name, input, layers) = cases[index]
    let network = try Network(name, input: input, layers: layers)
    // Biases of 0 would put pixels right on the corner of a ReLU.
    let parameters = network.drawnParameters(seed: 4)
    let batch = Tensor(shape: input.batch(of: 5), seed: 6, stream: "batch")
    let labels = [0, 1, 1, 0, 1]
    let settings = TrainingSettings(
        loss: CrossEntropy(classWeights: [1, 2.5], labelSmoothing: 0.1), seed: 9)
    let weights: [Float] = [1, 0.5, 2, 0, 1]
    func loss(_ parameters: Parameters) throws -> Double {
        let trainer = try Trainer(network, parameters, settings: settings)
        return Double(try trainer.gradients(batch: batch, labels: labels, sampleWeights: weights).loss)
    }
    let gradients = try Trainer(network, parameters, settings: settings)
        .gradients(batch: batch, labels: labels, sampleWeights: weights).gradients
    let random = CountedRandom(seed: 1, stream: "which")
    for specification in network.parameterSpecifications where specification.isTrainable {
        let tensor = try #require(parameters[specification.name])
        let gradient = try #require(gradients[specification.name])
        for draw in 0..<3 {
            let place = min(tensor.values.count - 1, Int(random.uniform(draw) * Float(tensor.values.count)))
            func changed(by step: Float) -> Parameters {
                var changed = tensor
                changed.values[place] += step
                return parameters.replacing([specification.name: changed])
            }
            let step: Float = 2e-3
            let slope = try (loss(changed(by: step)) - loss(changed(by: -step))) / Double(2 * step)
            let difference = abs(slope - Double(gradient.values[place]))
            #expect(difference < 2e-3 + 0.02 * abs(slope), "\(specification.name)[\(place)]: \(gradient.values[place]), slope \(slope)")
        }
    }
}
