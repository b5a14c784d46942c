import NeuralNetwork
import Testing

private func convolution(_ name: String, _ shape: Shape) throws -> Convolution {
    try Convolution(name, weights: Tensor(shape: shape, repeating: 0.1), bias: Tensor(shape: [shape[0]], repeating: 0))
}

@Test func `a shape error names the layer and both shapes`() throws {
    let layer = try convolution("conv2", [8, 4, 3, 3])
    let error = #expect(throws: ShapeError.self) { try layer.forward(Tensor(shape: [2, 3, 10, 10], repeating: 0)) }
    #expect(error?.operation == "convolution conv2")
    #expect(error?.input == [2, 3, 10, 10])
    #expect(error?.expected == [8, 4, 3, 3])
    #expect(
        error?.description
            == "convolution conv2: an input of 2 x 3 x 10 x 10 does not fit 8 x 4 x 3 x 3: the input has 3 channels, the weights take 4"
    )
}

private let misfits: [(layer: any Layer, input: Shape)] = [
    (MaxPool(size: 3, stride: 2), [1, 1, 2, 9]),
    (MaxPool(size: 3, stride: 2), [4, 9]),
    (MeanMaxPool(), [1, 2, 0, 3]),
    (Softmax(), [1, 2, 3]),
    (Softmax(), [3, 0]),
]

@Test(arguments: misfits.indices)
func `an input of the wrong shape is refused, not read beyond its end`(_ index: Int) {
    let (layer, input) = misfits[index]
    #expect(throws: ShapeError.self) { try layer.forward(Tensor(shape: input, repeating: 1)) }
}

@Test func `a padded image smaller than the kernel is refused`() throws {
    let layer = try convolution("conv1", [1, 1, 5, 5])
    #expect(throws: ShapeError.self) { try layer.forward(Tensor(shape: [1, 1, 4, 8], repeating: 1)) }
}

@Test func `weights and bias that do not belong together are refused`() {
    #expect(throws: ShapeError.self) {
        try Dense("fc", weights: Tensor(shape: [2, 4], repeating: 0), bias: Tensor(shape: [3], repeating: 0))
    }
    #expect(throws: ShapeError.self) {
        try Convolution("c", weights: Tensor(shape: [2, 4], repeating: 0), bias: Tensor(shape: [2], repeating: 0))
    }
}

@Test func `a network whose layers do not fit is refused when it is made`() throws {
    let layers: [any Layer] = [try convolution("conv1", [8, 1, 3, 3]), try convolution("conv2", [8, 4, 3, 3])]
    let error = #expect(throws: ShapeError.self) { try Network("broken", input: [1, 20, 20], layers: layers) }
    #expect(error?.operation == "convolution conv2")
}

@Test func `a network refuses a batch of another shape`() throws {
    let network = try Network("small", input: [1, 20, 20], layers: [ReLU()])
    #expect(throws: ShapeError.self) { try network.forward(Tensor(shape: [2, 1, 20, 21], repeating: 0), threads: 2) }
    #expect(throws: ShapeError.self) { try network.forward(Tensor(shape: [], repeating: 0), threads: 2) }
}

@Test func `a network describes itself as a list of layers`() throws {
    let network = try Network(
        "small", input: [1, 20, 20],
        layers: [try convolution("conv1", [8, 1, 3, 3]), ReLU(), MaxPool(size: 3, stride: 2)])
    #expect(
        network.description == """
            small: 80 weights, input 1 x 20 x 20
              conv1: convolution 3 x 3, stride 1, padding 0, 1 to 8 channels -> 8 x 18 x 18
              relu: relu -> 8 x 18 x 18
              max pool: max pool 3 x 3, stride 2 -> 8 x 8 x 8
            """)
}
