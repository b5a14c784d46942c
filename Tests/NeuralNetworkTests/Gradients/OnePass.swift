@testable import NeuralNetwork

/// Layers once forward and back, from a given gradient of their output.
struct OnePass {
    let output: Tensor
    let inputGradient: Tensor
    let gradients: [String: Tensor]
    /// All parameters after the pass: running statistics have moved.
    let parameters: Parameters

    init(
        _ network: Network, _ parameters: Parameters, input: Tensor, outgoing: Tensor, isTraining: Bool = true, threads: Int = 2,
        isTrained: (String) -> Bool = { _ in true }
    ) throws {
        let store = try ParameterStore(network, parameters, isTrained: isTrained)
        let items = input.shape[0]
        let execution = try Execution(network, store, capacity: items, threads: threads, inputNeedsGradient: true)
        execution.forward(input, items: 0..<items, isTraining: isTraining)
        let list = execution.list
        output = execution.tensor(list.output, items: items)
        list.output.gradient.update(from: outgoing.values, count: outgoing.values.count)
        execution.backward(items: items)
        inputGradient = Tensor(
            shape: input.shape, values: Array(UnsafeBufferPointer(start: list.input.gradient, count: input.values.count)))
        gradients = Dictionary(
            uniqueKeysWithValues: store.parameters.compactMap { parameter in
                parameter.gradientBlock.map { (parameter.specification.name, Tensor(shape: parameter.specification.shape, values: $0.values)) }
            })
        self.parameters = store.snapshot
    }
}

extension Tensor {
    /// Counted random numbers, uniform in -1 ..< 1.
    init(shape: Shape, seed: UInt64, stream: String) {
        let random = CountedRandom(seed: seed, stream: stream)
        self.init(shape: shape, values: (0..<shape.count).map { 2 * random.uniform($0) - 1 })
    }
}
