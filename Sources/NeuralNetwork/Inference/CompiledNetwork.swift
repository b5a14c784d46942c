/// A network with its weights, ready to classify. A value that any number of threads may use at once.
public struct CompiledNetwork: Sendable {
    public let network: Network
    private let weights: Weights

    /// The parameters in the operations' form; nobody writes them.
    private struct Weights: @unchecked Sendable {
        let store: ParameterStore
    }

    /// - Throws: `WeightFileError` where the parameters are not those of the network.
    public init(_ network: Network, _ parameters: Parameters) throws(WeightFileError) {
        self.network = network
        weights = Weights(store: try ParameterStore(network, parameters) { _ in false })
    }

    public var input: Shape { network.input }
    public var output: Shape { network.output }

    /// The outputs for a batch (batch, ...input), in the batch's order: probabilities where the network ends with softmax, else logits.
    ///
    /// Blocks the calling thread.
    public func forward(_ batch: Tensor, threads: Int) throws(ShapeError) -> Tensor { try run(network, batch, threads) }

    /// What enters the last dense layer.
    public func features(_ batch: Tensor, threads: Int) throws(ShapeError) -> Tensor { try run(network.trunk, batch, threads) }

    /// A few items at a time, so that memory does not grow with the batch.
    private func run(_ network: Network, _ batch: Tensor, _ threads: Int) throws(ShapeError) -> Tensor {
        try network.check(batch.shape)
        let items = batch.shape[0]
        let slice = min(items, 4 * max(1, threads))
        guard slice > 0 else { return Tensor(shape: network.output.batch(of: 0), values: []) }
        let execution = try Execution(network, weights.store, capacity: slice, threads: threads)
        var values: [Float] = []
        values.reserveCapacity(items * network.output.count)
        for start in stride(from: 0, to: items, by: slice) {
            let range = start..<min(start + slice, items)
            execution.forward(batch, items: range, isTraining: false)
            values += execution.tensor(execution.list.output, items: range.count).values
        }
        return Tensor(shape: network.output.batch(of: items), values: values)
    }
}
