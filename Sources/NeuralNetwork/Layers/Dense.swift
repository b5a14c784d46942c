/// A fully connected layer: output = weights * input + bias.
public struct Dense: Layer {
    public let name: String
    /// (output features, input features).
    public let weights: Tensor
    /// (output features).
    public let bias: Tensor

    public init(_ name: String, weights: Tensor, bias: Tensor) throws(ShapeError) {
        guard weights.shape.rank == 2, bias.shape == [weights.shape[0]] else {
            throw ShapeError(
                operation: "dense \(name)", input: bias.shape, expected: weights.shape,
                reason: "weights are (output features, input features), with one bias for each output feature")
        }
        self.name = name
        self.weights = weights
        self.bias = bias
    }

    public var weightCount: Int { weights.shape.count + bias.shape.count }
    public var summary: String { "dense, \(weights.shape[1]) to \(weights.shape[0]) features" }

    public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
        guard input.rank == 2, input[1] == weights.shape[1] else {
            throw ShapeError(
                operation: "dense \(name)", input: input, expected: weights.shape,
                reason: "the input must be (batch, \(weights.shape[1]) features)")
        }
        return [input[0], weights.shape[0]]
    }

    public func forward(_ input: consuming Tensor) throws(ShapeError) -> Tensor {
        let output = try outputShape(for: input.shape)
        var result: [Float] = []
        result.reserveCapacity(output.count)
        for _ in 0..<output[0] { result += bias.values }
        result.withUnsafeMutableBufferPointer { results in
            guard let start = results.baseAddress else { return }
            MatrixProduct.addTransposed(
                input.values, weights.values, rows: output[0], inner: weights.shape[1], columns: output[1], to: start)
        }
        return Tensor(shape: output, values: result)
    }
}
