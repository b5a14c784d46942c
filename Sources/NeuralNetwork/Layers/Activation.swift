#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Negative values become 0.
public struct ReLU: Layer {
    public init() {}

    public var name: String { "relu" }
    public var summary: String { "relu" }

    public func outputShape(for input: Shape) throws(ShapeError) -> Shape { input }

    public func forward(_ input: consuming Tensor) throws(ShapeError) -> Tensor {
        let shape = input.shape
        // Takes the storage over, so that the loop changes it in place instead of a copy.
        var values = input.values
        input = Tensor(shape: [0], values: [])
        values.withUnsafeMutableBufferPointer { buffer in
            for i in buffer.indices { buffer[i] = max(0, buffer[i]) }
        }
        return Tensor(shape: shape, values: values)
    }
}

/// Each row of (batch, classes) becomes probabilities that add up to 1.
public struct Softmax: Layer {
    public init() {}

    public var name: String { "softmax" }
    public var summary: String { "softmax" }

    public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
        guard input.rank == 2, input[1] > 0 else {
            throw ShapeError(
                operation: name, input: input, expected: [0, 1], reason: "the input must be (batch, at least one class)"
            )
        }
        return input
    }

    public func forward(_ input: consuming Tensor) throws(ShapeError) -> Tensor {
        var result = Tensor(shape: try outputShape(for: input.shape), values: input.values)
        let classes = result.shape[1]
        for start in stride(from: 0, to: result.values.count, by: classes) {
            let row = start..<start + classes
            // Less the maximum, so that exp cannot overflow; the quotient is the same.
            let greatest = row.reduce(-Float.infinity) { max($0, result.values[$1]) }
            var sum: Float = 0
            for i in row {
                result.values[i] = expf(result.values[i] - greatest)
                sum += result.values[i]
            }
            for i in row { result.values[i] /= sum }
        }
        return result
    }
}
