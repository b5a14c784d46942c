extension Network {
    /// The output of every top-level layer for a batch at inference, to look inside or to check an implementation. Keeps them all in memory.
    /// - Throws: `ShapeError`, `WeightFileError` where batch or parameters are not the network's.
    public func outputsOfLayers(_ batch: Tensor, _ parameters: Parameters, threads: Int = 1) throws -> [Tensor] {
        try check(batch.shape)
        let items = batch.shape[0]
        let store = try ParameterStore(self, parameters) { _ in false }
        let execution = try Execution(self, store, capacity: items, threads: threads, keepsLayers: true)
        execution.forward(batch, items: 0..<items, isTraining: false)
        return execution.list.outputsOfLayers.map { execution.tensor($0, items: items) }
    }
}
