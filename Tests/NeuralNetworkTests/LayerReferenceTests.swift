import NeuralNetwork
import Testing

private let tolerance: Float = 1e-4

private let layers: [(name: String, layer: Layer)] = [
    ("conv-11-stride-4", .convolution(Convolution("", from: 1, to: 4, kernel: 11, stride: 4, padding: 2))),
    ("conv-5", .convolution(Convolution("", from: 3, to: 4, kernel: 5, padding: 2))),
    ("conv-3", .convolution(Convolution("", from: 4, to: 5, kernel: 3, padding: 1))),
    ("conv-3-no-padding", .convolution(Convolution("", from: 2, to: 3, kernel: 3, stride: 2))),
    ("conv-3x5-wide-padding", .convolution(Convolution("", from: 2, to: 3, kernel: Extent(3, 5), stride: 3, padding: 4))),
    ("conv-1", .convolution(Convolution("", from: 6, to: 4, kernel: 1))),
    ("pool-3-stride-2", .maxPool(MaxPool(size: 3, stride: 2))),
    ("pool-2-stride-2", .maxPool(MaxPool(size: 2, stride: 2))),
    ("mean-max", .meanMaxPool),
    ("relu", .relu),
    ("softmax", .softmax),
    ("dense", .dense(Dense("", from: 17, to: 6))),
]

@Test(arguments: layers.indices)
func `a layer gives PyTorch's values`(_ index: Int) throws {
    let (name, layer) = layers[index]
    let file = try Reference.layers.get()
    let input = try file.reference("\(name).input")
    let network = try Network(name, input: input.shape.item, layers: [layer])
    let weights = Dictionary(
        uniqueKeysWithValues: try network.parameterSpecifications.map { ($0.name, try file.reference("\(name)\($0.name)")) })
    let parameters = try Parameters(weights: WeightFile(name: name, tensors: weights), for: network)
    let output = try network.outputsOfLayers(input, parameters)[0]
    #expect(output.greatestDifference(from: try file.reference("\(name).output")) < tolerance, "\(name)")
}
