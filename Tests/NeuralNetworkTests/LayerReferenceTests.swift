import NeuralNetwork
import Testing

private let tolerance: Float = 1e-4

private struct ConvolutionCase: Sendable, CustomTestStringConvertible {
    let name: String
    let stride: Int
    let padding: Int
    var testDescription: String { name }
}

private let convolutions = [
    ConvolutionCase(name: "conv-11-stride-4", stride: 4, padding: 2),
    ConvolutionCase(name: "conv-5", stride: 1, padding: 2),
    ConvolutionCase(name: "conv-3", stride: 1, padding: 1),
    ConvolutionCase(name: "conv-3-no-padding", stride: 2, padding: 0),
    ConvolutionCase(name: "conv-3x5-wide-padding", stride: 3, padding: 4),
    ConvolutionCase(name: "conv-1", stride: 1, padding: 0),
]

@Test(arguments: convolutions)
private func `a convolution gives PyTorch's values`(_ example: ConvolutionCase) throws {
    let file = try Reference.layers.get()
    let layer = try Convolution(
        example.name, weights: file.reference("\(example.name).weight"), bias: file.reference("\(example.name).bias"),
        stride: example.stride, padding: example.padding)
    let output = try layer.forward(file.reference("\(example.name).input"))
    #expect(output.greatestDifference(from: try file.reference("\(example.name).output")) < tolerance)
}

private let plainLayers: [(name: String, layer: any Layer)] = [
    ("pool-3-stride-2", MaxPool(size: 3, stride: 2)),
    ("pool-2-stride-2", MaxPool(size: 2, stride: 2)),
    ("mean-max", MeanMaxPool()),
    ("relu", ReLU()),
    ("softmax", Softmax()),
]

@Test(arguments: plainLayers.indices)
func `a layer without weights gives PyTorch's values`(_ index: Int) throws {
    let (name, layer) = plainLayers[index]
    let file = try Reference.layers.get()
    let output = try layer.forward(file.reference("\(name).input"))
    #expect(output.greatestDifference(from: try file.reference("\(name).output")) < tolerance, "\(name)")
}

@Test func `a dense layer gives PyTorch's values`() throws {
    let file = try Reference.layers.get()
    let layer = try Dense("dense", weights: file.reference("dense.weight"), bias: file.reference("dense.bias"))
    let output = try layer.forward(file.reference("dense.input"))
    #expect(output.greatestDifference(from: try file.reference("dense.output")) < tolerance)
}

@Test func `a layer leaves the caller's tensor as it was`() throws {
    let input = Tensor(shape: [1, 1, 1, 3], values: [-1, 0, 2])
    let output = try ReLU().forward(input)
    #expect(input.values == [-1, 0, 2])
    #expect(output.values == [0, 0, 2])
}
