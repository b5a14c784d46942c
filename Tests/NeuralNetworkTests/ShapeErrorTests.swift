import NeuralNetwork
import Testing

private func convolution(_ name: String, from: Int, to: Int, kernel: Extent, padding: Extent = 0) -> Layer {
    .convolution(Convolution(name, from: from, to: to, kernel: kernel, padding: padding))
}

@Test func `a shape error names the layer and both shapes`() throws {
    let layer = convolution("conv2", from: 4, to: 8, kernel: 3)
    let error = #expect(throws: ShapeError.self) { try layer.outputShape(for: [3, 10, 10]) }
    #expect(error?.operation == "convolution conv2")
    #expect(error?.input == [3, 10, 10])
    #expect(error?.expected == [8, 4, 3, 3])
    #expect(
        error?.description
            == "convolution conv2: an input of 3 x 10 x 10 does not fit 8 x 4 x 3 x 3: the input has 3 channels, the weights take 4")
}

private let misfits: [(layer: Layer, input: Shape)] = [
    (.maxPool(MaxPool(size: 3, stride: 2)), [1, 2, 9]),
    (.maxPool(MaxPool(size: 3, stride: 2)), [9]),
    (.averagePool(AveragePool(size: 4, stride: 1)), [1, 3, 3]),
    (.meanMaxPool, [2, 0, 3]),
    (.middle(3), [2, 5, 2]),
    (.middle(3), [9]),
    (.middle(0), [2, 5, 5]),
    (.adaptiveAveragePool(1), [2, 3]),
    (.softmax, [2, 3]),
    (.softmax, [0]),
    (.dense(Dense("fc", from: 4, to: 2)), [5]),
    (.dense(Dense("fc", from: 4, to: 2)), [1, 2, 2]),
    (.batchNormalisation(BatchNormalisation("bn", channels: 4)), [3, 5, 5]),
    (convolution("c", from: 1, to: 1, kernel: 5), [1, 4, 8]),
    (convolution("c", from: 1, to: 1, kernel: Extent(1, 7), padding: Extent(3, 0)), [1, 9, 6]),
    (.residual(Residual(body: [convolution("c", from: 2, to: 2, kernel: 3)])), [2, 9, 9]),
    (.branches([[.relu], [.maxPool(MaxPool(size: 2, stride: 2))]]), [2, 8, 8]),
]

@Test(arguments: misfits.indices)
func `an input of the wrong shape is refused, not read beyond its end`(_ index: Int) {
    let (layer, input) = misfits[index]
    #expect(throws: ShapeError.self) { try layer.outputShape(for: input) }
}

private let fits: [(layer: Layer, input: Shape, output: Shape)] = [
    (.maxPool(MaxPool(size: 3, stride: 2)), [4, 8, 9], [4, 3, 4]),
    (.maxPool(MaxPool(size: 3, stride: 2, roundsUp: true)), [4, 8, 9], [4, 4, 4]),
    (.maxPool(MaxPool(size: 2, stride: 3, roundsUp: true)), [4, 6, 7], [4, 2, 3]),
    (.maxPool(MaxPool(size: 3, stride: 2, padding: 1)), [4, 8, 9], [4, 4, 5]),
    (.middle(Extent(3, 2)), [4, 8, 7], [4, 3, 2]),
    (convolution("c", from: 2, to: 3, kernel: Extent(1, 7), padding: Extent(0, 3)), [2, 9, 6], [3, 9, 6]),
    (.branches([[.relu], [convolution("c", from: 2, to: 3, kernel: 3, padding: 1)]]), [2, 8, 8], [5, 8, 8]),
    (.sequence([.flatten, .dense(Dense("fc", from: 12, to: 2))]), [3, 2, 2], [2]),
]

@Test(arguments: fits.indices)
func `an output has the shape its layer gives`(_ index: Int) throws {
    let (layer, input, output) = fits[index]
    #expect(try layer.outputShape(for: input) == output)
}

@Test func `a network whose layers do not fit is refused when it is made`() throws {
    let layers = [convolution("conv1", from: 1, to: 8, kernel: 3), convolution("conv2", from: 4, to: 8, kernel: 3)]
    let error = #expect(throws: ShapeError.self) { try Network("broken", input: [1, 20, 20], layers: layers) }
    #expect(error?.operation == "convolution conv2")
}

@Test func `a network refuses a batch of another shape`() throws {
    let network = try Network("small", input: [1, 20, 20], layers: [.relu])
    let compiled = try CompiledNetwork(network, network.initialParameters(seed: 0))
    #expect(throws: ShapeError.self) { try compiled.forward(Tensor(shape: [2, 1, 20, 21], repeating: 0), threads: 2) }
    #expect(throws: ShapeError.self) { try compiled.forward(Tensor(shape: [], repeating: 0), threads: 2) }
}

@Test func `a network describes itself as a list of layers`() throws {
    let network = try Network(
        "small", input: [1, 20, 20],
        layers: [
            convolution("conv1", from: 1, to: 8, kernel: 3), .relu,
            .residual(Residual(body: [convolution("conv2", from: 8, to: 8, kernel: 3, padding: 1)])),
            .maxPool(MaxPool(size: 3, stride: 2)),
        ])
    #expect(
        network.description == """
            small: 664 weights, input 1 x 20 x 20
              conv1: convolution 3 x 3, stride 1, padding 0, 1 to 8 channels -> 8 x 18 x 18
              relu: relu -> 8 x 18 x 18
              residual: body plus input -> 8 x 18 x 18
                conv2: convolution 3 x 3, stride 1, padding 1, 8 to 8 channels -> 8 x 18 x 18
              max pool: max pool 3 x 3, stride 2 -> 8 x 8 x 8
            """)
}
