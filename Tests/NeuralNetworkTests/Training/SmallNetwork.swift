@testable import NeuralNetwork

/// The network of make_training_reference.py's `training`, with its weights and batches.
enum SmallNetwork {
    static func network() throws -> Network {
        try Network(
            "small", input: [1, 6, 6],
            layers: [
                .convolution(Convolution("conv", from: 1, to: 4, kernel: 3, padding: 1, bias: false)),
                .batchNormalisation(BatchNormalisation("bn", channels: 4)), .relu, .flatten,
                .dense(Dense("fc", from: 144, to: 3, isLast: true)), .softmax,
            ])
    }

    static func parameters() throws -> Parameters { try network().drawnParameters(seed: 17) }

    static func batch(_ step: Int) -> (images: Tensor, labels: [Int]) {
        (Tensor(shape: [6, 1, 6, 6], seed: UInt64(step), stream: "batch"), (0..<6).map { (step + $0) % 3 })
    }

    /// Makes some steps.
    static func run(_ trainer: Trainer, _ steps: Range<Int>, learningRate: Float = 0.01) throws -> [Float] {
        try steps.map { step in
            let (images, labels) = batch(step)
            return try trainer.step(batch: images, labels: labels, learningRate: learningRate).loss
        }
    }
}

extension Network {
    /// As the script's `fill`: initial weights; scales, shifts and running statistics drawn too, so that they are not trivial.
    func drawnParameters(seed: UInt64) -> Parameters {
        let vectors = parameterSpecifications.filter { $0.shape.rank == 1 }.map { specification in
            let random = CountedRandom(seed: seed, stream: specification.name)
            let isScale = specification.name.hasSuffix("weight") || specification.role == .runningVariance
            return (
                specification.name,
                Tensor(
                    shape: specification.shape,
                    values: (0..<specification.shape.count).map { random.uniform($0) * 0.5 + (isScale ? 0.75 : 0) })
            )
        }
        return initialParameters(seed: seed).replacing(Dictionary(uniqueKeysWithValues: vectors))
    }
}

extension Parameters {
    /// All values in order, for comparisons bit by bit.
    var bits: [UInt32] { names.flatMap { self[$0]?.values.map(\.bitPattern) ?? [] } }
}
