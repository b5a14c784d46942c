/// A network's parameters in memory that operations read and training writes.
final class ParameterStore {
    let parameters: [Parameter]
    private let byName: [String: Parameter]

    /// - Parameter isTrained: which of the trainable parameters get a gradient.
    init(_ network: Network, _ values: Parameters, isTrained: (String) -> Bool) throws(WeightFileError) {
        let file = values.weightFile(name: network.name)
        var parameters: [Parameter] = []
        for specification in network.parameterSpecifications {
            parameters.append(
                Parameter(
                    specification, values: try file.checked(specification).values,
                    isTrained: specification.isTrainable && isTrained(specification.name)))
        }
        self.parameters = parameters
        byName = Dictionary(parameters.map { ($0.specification.name, $0) }) { first, _ in first }
    }

    subscript(layer: String, part: String) -> Parameter {
        guard let parameter = byName["\(layer).\(part)"] else {
            preconditionFailure("the specifications name every layer's parameters: \(layer).\(part)")
        }
        return parameter
    }

    var snapshot: Parameters {
        let tensors = parameters.map { ($0.specification.name, Tensor(shape: $0.specification.shape, values: $0.block.values)) }
        return Parameters(names: tensors.map(\.0), tensors: Dictionary(tensors) { first, _ in first })
    }
}

/// One tensor of weights, and its gradient where it is trained.
final class Parameter {
    let specification: ParameterSpecification
    let isTrained: Bool
    let block: Block
    let gradientBlock: Block?

    init(_ specification: ParameterSpecification, values: [Float], isTrained: Bool) {
        self.specification = specification
        self.isTrained = isTrained
        block = Block(values)
        gradientBlock = isTrained ? Block(count: values.count) : nil
    }

    var values: UnsafeMutablePointer<Float> { block.start }

    var gradient: UnsafeMutablePointer<Float> {
        guard let gradientBlock else { preconditionFailure("\(specification.name) is not trained") }
        return gradientBlock.start
    }
}
