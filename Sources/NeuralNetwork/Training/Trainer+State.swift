extension Trainer {
    /// Everything the next step depends on, for a file: weights, running statistics, the optimiser's memory, the number of steps.
    ///
    /// Parameters keep their names; the optimiser's tensors are "velocity:NAME" and the like. A trainer resumed from it makes the same
    /// steps, bit for bit.
    public var state: WeightFile {
        var tensors = parameters.weightFile(name: network.name).tensors
        for (parameter, blocks) in zip(trained, memories) {
            for (memory, block) in zip(settings.optimiser.memories, blocks) {
                tensors["\(memory):\(parameter.specification.name)"] = Tensor(shape: parameter.specification.shape, values: block.values)
            }
        }
        return WeightFile(name: network.name, tensors: tensors, metadata: ["steps": String(steps), "network": network.name])
    }

    /// Goes on from a state.
    /// - Throws: `WeightFileError`, `TrainingError.otherState` where the file is not the state of this network under this optimiser.
    public convenience init(_ network: Network, resuming state: WeightFile, surrounded: Network? = nil, settings: TrainingSettings) throws {
        guard let text = state.metadata["steps"], let steps = Int(text), steps >= 0 else {
            throw TrainingError.otherState(file: state.name, reason: "it does not say how many steps were made")
        }
        let names = Set(network.parameterSpecifications.map(\.name))
        let weights = WeightFile(name: state.name, tensors: state.tensors.filter { !$0.key.contains(":") })
        try self.init(network, Parameters(weights: weights, for: network), surrounded: surrounded, settings: settings)
        var expected = names
        for (parameter, blocks) in zip(trained, memories) {
            for (memory, block) in zip(settings.optimiser.memories, blocks) {
                let name = "\(memory):\(parameter.specification.name)"
                let tensor = try state.tensor(name, shape: parameter.specification.shape)
                if let index = tensor.values.firstIndex(where: { !$0.isFinite }) {
                    throw WeightFileError(file: state.name, problem: .notFinite(name, index: index))
                }
                block.start.update(from: tensor.values, count: tensor.values.count)
                expected.insert(name)
            }
        }
        try state.requireOnly(Array(expected))
        self.steps = steps
    }
}
