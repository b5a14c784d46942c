/// The greatest value under a square window, for each channel.
public struct MaxPool: Layer {
    public let size: Int
    public let stride: Int

    public init(size: Int, stride: Int) {
        precondition(size > 0 && stride > 0, "a window has an extent and moves forward")
        self.size = size
        self.stride = stride
    }

    public var name: String { "max pool" }
    public var summary: String { "max pool \(size) x \(size), stride \(stride)" }

    public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
        guard input.rank == 4, input[2] >= size, input[3] >= size else {
            throw ShapeError(
                operation: name, input: input, expected: [size, size],
                reason: "the input must be (batch, channels, height, width) and at least as large as the window")
        }
        return [input[0], input[1], (input[2] - size) / stride + 1, (input[3] - size) / stride + 1]
    }

    public func forward(_ input: consuming Tensor) throws(ShapeError) -> Tensor {
        let shape = input.shape
        let output = try outputShape(for: shape)
        let (width, outWidth) = (shape[3], output[3])
        let result = [Float](unsafeUninitializedCapacity: output.count) { buffer, count in
            input.values.withUnsafeBufferPointer { values in
                var target = buffer.baseAddress!
                for plane in 0..<shape[0] * shape[1] {
                    for oy in 0..<output[2] {
                        let top = values.baseAddress! + plane * shape[2] * width + oy * stride * width
                        for ox in 0..<outWidth {
                            (target + ox).initialize(to: greatest(top + ox * stride, width: width))
                        }
                        target += outWidth
                    }
                }
            }
            count = output.count
        }
        return Tensor(shape: output, values: result)
    }

    private func greatest(_ corner: UnsafePointer<Float>, width: Int) -> Float {
        var greatest = corner[0]
        for y in 0..<size {
            for x in 0..<size { greatest = max(greatest, corner[y * width + x]) }
        }
        return greatest
    }
}

/// The mean and the maximum of each whole map, concatenated, means first: (batch, channels, h, w) to (batch, 2 x
/// channels).
///
/// A head for few weights: where in the patch a feature lies no longer matters, only how much of it there is and how
/// strong it gets.
public struct MeanMaxPool: Layer {
    public init() {}

    public var name: String { "mean and max pool" }
    public var summary: String { "mean and maximum of each map, means first" }

    public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
        guard input.rank == 4, input[2] > 0, input[3] > 0 else {
            throw ShapeError(
                operation: name, input: input, expected: [0, 0, 1, 1],
                reason: "the input must be (batch, channels, height, width) with at least one pixel")
        }
        return [input[0], 2 * input[1]]
    }

    public func forward(_ input: consuming Tensor) throws(ShapeError) -> Tensor {
        let shape = input.shape
        let output = try outputShape(for: shape)
        let (channels, pixels) = (shape[1], shape[2] * shape[3])
        var result = Tensor(shape: output, repeating: 0)
        for n in 0..<shape[0] {
            for channel in 0..<channels {
                let start = (n * channels + channel) * pixels
                var (sum, greatest) = (Float(0), input.values[start])
                for value in input.values[start..<start + pixels] {
                    sum += value
                    greatest = max(greatest, value)
                }
                result.values[n * 2 * channels + channel] = sum / Float(pixels)
                result.values[n * 2 * channels + channels + channel] = greatest
            }
        }
        return result
    }
}
