/// A network's weights and running statistics: tensors by name, in the network's order.
public struct Parameters: Sendable {
    /// In the order of the network's layers.
    public let names: [String]
    private var tensors: [String: Tensor]

    /// - Precondition: each name has a tensor.
    init(names: [String], tensors: [String: Tensor]) {
        self.names = names
        self.tensors = tensors
    }

    /// The tensor of that name; nil where the network has none.
    public subscript(name: String) -> Tensor? { tensors[name] }

    /// How many numbers there are, running statistics included.
    public var count: Int { names.reduce(0) { $0 + (tensors[$1]?.values.count ?? 0) } }

    /// Takes from a file exactly what the network needs. PyTorch's counters (num_batches_tracked) are passed over.
    /// - Throws: `WeightFileError` where a tensor is missing, unknown, of another shape, not finite, or a variance is negative.
    public init(weights file: WeightFile, for network: Network) throws(WeightFileError) {
        let specifications = network.parameterSpecifications
        let counters = file.tensors.keys.filter { $0.hasSuffix(".num_batches_tracked") }
        try file.requireOnly(specifications.map(\.name) + counters)
        var tensors: [String: Tensor] = [:]
        for specification in specifications { tensors[specification.name] = try file.checked(specification) }
        self.init(names: specifications.map(\.name), tensors: tensors)
    }

    /// The same weights as a file.
    public func weightFile(name: String, metadata: [String: String] = [:]) -> WeightFile {
        WeightFile(name: name, tensors: tensors, metadata: metadata)
    }

    /// Only those that some layers need.
    func only(_ layers: [Layer]) -> Parameters {
        let names = layers.flatMap(\.leaves).flatMap(\.ownSpecifications).map(\.name)
        return Parameters(names: names, tensors: tensors.filter { names.contains($0.key) })
    }

    /// These parameters with some replaced.
    /// - Precondition: names and shapes are there already.
    public func replacing(_ others: [String: Tensor]) -> Parameters {
        for (name, tensor) in others {
            precondition(tensors[name]?.shape == tensor.shape, "\(name) is a parameter of shape \(tensor.shape)")
        }
        return Parameters(names: names, tensors: tensors.merging(others) { $1 })
    }
}

extension WeightFile {
    /// The tensor that a network asks for, with values it can use.
    func checked(_ specification: ParameterSpecification) throws(WeightFileError) -> Tensor {
        let found = try tensor(specification.name, shape: specification.shape)
        if let index = found.values.firstIndex(where: { !$0.isFinite }) {
            throw WeightFileError(file: name, problem: .notFinite(specification.name, index: index))
        }
        if specification.role == .runningVariance, let index = found.values.firstIndex(where: { $0 < 0 }) {
            throw WeightFileError(file: name, problem: .negativeVariance(specification.name, index: index))
        }
        return found
    }
}

extension Network {
    /// Every tensor the network needs, in the order of its layers.
    public var parameterSpecifications: [ParameterSpecification] { layers.flatMap(\.leaves).flatMap(\.ownSpecifications) }

    /// Weights to begin training with: the same seed gives the same bits on every machine.
    public func initialParameters(seed: UInt64) -> Parameters {
        let specifications = parameterSpecifications
        var tensors: [String: Tensor] = [:]
        for specification in specifications {
            tensors[specification.name] = Tensor(
                shape: specification.shape,
                values: specification.initialiser.values(count: specification.shape.count, seed: seed, name: specification.name))
        }
        return Parameters(names: specifications.map(\.name), tensors: tensors)
    }
}
