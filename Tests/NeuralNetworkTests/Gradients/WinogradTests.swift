import Testing

@testable import NeuralNetwork

/// One convolution with random values, forward and back.
private struct Convolved {
    let output: Tensor
    let inputGradient: Tensor
    let weightGradient: Tensor
    let biasGradient: Tensor

    init(
        _ layer: Convolution, input: Shape, items: Int, adding: Bool, threads: Int,
        _ make: (Convolution, Signal, Signal, Parameter, Parameter) -> any Operation
    ) throws {
        let specifications = Layer.convolution(layer).ownSpecifications
        let parameters = specifications.map {
            Parameter($0, values: Tensor(shape: $0.shape, seed: 1, stream: $0.name).values, isTrained: true)
        }
        let shape = try Layer.convolution(layer).outputShape(for: input)
        let (source, target) = (Signal(shape: input, needsGradient: true), Signal(shape: shape, needsGradient: true))
        var memory = SignalMemory(capacity: items)
        for signal in [source, target] {
            memory.giveValues(to: signal.store)
            memory.giveGradient(to: signal.store)
        }
        func fill(_ start: UnsafeMutablePointer<Float>, _ shape: Shape, _ stream: String) {
            let values = Tensor(shape: shape.batch(of: items), seed: 2, stream: stream).values
            start.update(from: values, count: values.count)
        }
        fill(source.values, input, "input")
        fill(source.gradient, input, "gradient from elsewhere")
        fill(target.gradient, shape, "gradient")
        let operation = make(layer, source, target, parameters[0], parameters[1])
        let pass = Pass(
            items: items, isTraining: true, step: 0, seed: 0, workers: Workers(threads: threads),
            scratch: (0..<threads).map { _ in Block(count: operation.scratchCount) }, shared: Block(count: operation.sharedCount))
        operation.forward(pass)
        operation.backward(pass, adding: [adding])
        func tensor(_ start: UnsafePointer<Float>, _ shape: Shape) -> Tensor {
            Tensor(shape: shape, values: Array(UnsafeBufferPointer(start: start, count: shape.count)))
        }
        output = tensor(target.values, shape.batch(of: items))
        inputGradient = tensor(source.gradient, input.batch(of: items))
        weightGradient = tensor(parameters[0].gradient, layer.weightShape)
        biasGradient = tensor(parameters[1].gradient, [layer.outputChannels])
    }

    var all: [Tensor] { [output, inputGradient, weightGradient, biasGradient] }
}

/// Maps of several rounds of items, of more columns than one line takes, smaller than a tile; paddings from none to wide.
private let cases: [(layer: Convolution, input: Shape, items: Int)] = [
    (Convolution("c", from: 16, to: 20, kernel: 3, padding: 1), [16, 37, 35], 7),
    (Convolution("c", from: 17, to: 16, kernel: 5, padding: 2), [17, 27, 29], 11),
    (Convolution("c", from: 16, to: 16, kernel: 3), [16, 6, 150], 3),
    (Convolution("c", from: 16, to: 16, kernel: 5), [16, 9, 5], 2),
    (Convolution("c", from: 16, to: 16, kernel: 3, padding: Extent(0, 2)), [16, 7, 9], 3),
    (Convolution("c", from: 16, to: 16, kernel: 5, padding: 4), [16, 3, 2], 2),
    (Convolution("c", from: 16, to: 16, kernel: 3, padding: 1), [16, 1, 1], 5),
]

@Test(arguments: cases.indices, [false, true])
func `Winograd's convolution gives what the unrolled one gives, forward and back`(_ index: Int, adding: Bool) throws {
    let (layer, input, items) = cases[index]
    #expect(WinogradOperation.suits(layer))
    let plain = try Convolved(layer, input: input, items: items, adding: adding, threads: 1) {
        ConvolutionOperation($0, input: $1, output: $2, weights: $3, bias: $4)
    }
    let fast = try Convolved(layer, input: input, items: items, adding: adding, threads: 3) {
        WinogradOperation($0, input: $1, output: $2, weights: $3, bias: $4)
    }
    for (found, expected) in zip(fast.all, plain.all) {
        #expect(found.greatestDifference(from: expected) < 3e-5 * max(1, expected.greatest))
    }
}

@Test(arguments: [
    Convolution("c", from: 16, to: 16, kernel: 3, stride: 2), Convolution("c", from: 16, to: 16, kernel: 3, dilation: 2),
    Convolution("c", from: 16, to: 16, kernel: 3, groups: 2), Convolution("c", from: 1, to: 16, kernel: 3),
    Convolution("c", from: 16, to: 16, kernel: Extent(1, 7)), Convolution("c", from: 16, to: 16, kernel: Extent(3, 5)),
])
func `other convolutions are left to the unrolled one`(_ layer: Convolution) {
    #expect(!WinogradOperation.suits(layer))
}
