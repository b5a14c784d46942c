import NeuralNetwork
import Testing

private let tolerance: Float = 2e-4

@Test(arguments: GradientCase.all)
func `values, gradients and running statistics are PyTorch's`(_ example: GradientCase) throws {
    let file = try Reference.gradients.get()
    func reference(_ part: String) throws -> Tensor { try file.reference("\(example.name)/\(part)") }
    let input = try reference("input")
    let network = try Network(example.name, input: input.shape.item, layers: example.layers)
    let names = network.parameterSpecifications.map(\.name)
    let weights = Dictionary(uniqueKeysWithValues: try names.map { ($0, try reference("parameter/\($0)")) })
    let parameters = try Parameters(weights: WeightFile(name: example.name, tensors: weights), for: network)

    let pass = try OnePass(network, parameters, input: input, outgoing: reference("outgoing"), isTraining: !example.isFrozen)
    #expect(pass.output.greatestDifference(from: try reference("output")) < tolerance)
    #expect(pass.inputGradient.greatestDifference(from: try reference("incoming")) < tolerance)
    for specification in network.parameterSpecifications {
        if specification.isTrainable {
            let gradient = try #require(pass.gradients[specification.name])
            let expected = try reference("gradient/\(specification.name)")
            #expect(gradient.greatestDifference(from: expected) < tolerance * max(1, expected.greatest), "\(specification.name)")
        } else if !example.isFrozen {
            let after = try #require(pass.parameters[specification.name])
            #expect(after.greatestDifference(from: try reference("after/\(specification.name)")) < tolerance, "\(specification.name)")
        }
    }
}

extension Tensor {
    var greatest: Float { values.reduce(0) { max($0, abs($1)) } }
}
