/// A two-dimensional convolution (cross-correlation, as every CNN framework has it) with zero padding.
///
/// Each image is unrolled into columns (im2col) and multiplied by the weights in one matrix product; one image at a
/// time, so that the columns take (channels x kernel height x kernel width) x (output pixels) floats whatever the
/// batch.
public struct Convolution: Layer {
    public let name: String
    /// (output channels, input channels, kernel height, kernel width).
    public let weights: Tensor
    /// (output channels).
    public let bias: Tensor
    public let stride: Int
    public let padding: Int

    public init(_ name: String, weights: Tensor, bias: Tensor, stride: Int = 1, padding: Int = 0) throws(ShapeError) {
        guard weights.shape.rank == 4, weights.shape.sizes.allSatisfy({ $0 > 0 }) else {
            throw ShapeError(
                operation: "convolution \(name)", input: weights.shape, expected: [0, 0, 0, 0],
                reason: "weights are (output channels, input channels, height, width), none of them 0")
        }
        guard bias.shape == [weights.shape[0]] else {
            throw ShapeError(
                operation: "convolution \(name)", input: bias.shape, expected: [weights.shape[0]],
                reason: "there is one bias for each output channel")
        }
        precondition(stride > 0 && padding >= 0, "a convolution moves forward and pads outward")
        self.name = name
        self.weights = weights
        self.bias = bias
        self.stride = stride
        self.padding = padding
    }

    public var weightCount: Int { weights.shape.count + bias.shape.count }

    public var summary: String {
        let w = weights.shape
        return "convolution \(w[2]) x \(w[3]), stride \(stride), padding \(padding), \(w[1]) to \(w[0]) channels"
    }

    public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
        let w = weights.shape
        func refuse(_ reason: String) -> ShapeError {
            ShapeError(operation: "convolution \(name)", input: input, expected: w, reason: reason)
        }
        guard input.rank == 4 else { throw refuse("the input must be (batch, channels, height, width)") }
        guard input[1] == w[1] else { throw refuse("the input has \(input[1]) channels, the weights take \(w[1])") }
        let (height, width) = (input[2] + 2 * padding - w[2], input[3] + 2 * padding - w[3])
        guard height >= 0, width >= 0 else { throw refuse("the padded input is smaller than the kernel") }
        return [input[0], w[0], height / stride + 1, width / stride + 1]
    }

    public func forward(_ input: consuming Tensor) throws(ShapeError) -> Tensor {
        let shape = input.shape
        let output = try outputShape(for: shape)
        let columns = Columns(
            image: shape.item, kernel: weights.shape, output: output, stride: stride, padding: padding)
        let pixels = output[2] * output[3]
        var unrolled = [Float](repeating: 0, count: columns.rows * pixels)
        var result = [Float](unsafeUninitializedCapacity: output.count) { buffer, count in
            for channel in 0..<output[0] * output[1] {
                let start = buffer.baseAddress! + channel * pixels
                start.initialize(repeating: bias.values[channel % output[1]], count: pixels)
            }
            count = output.count
        }
        input.values.withUnsafeBufferPointer { images in
            result.withUnsafeMutableBufferPointer { results in
                unrolled.withUnsafeMutableBufferPointer { scratch in
                    for n in 0..<output[0] {
                        columns.unroll(images.baseAddress! + n * shape.item.count, into: scratch.baseAddress!)
                        MatrixProduct.add(
                            weights.values, scratch.baseAddress!, rows: output[1], inner: columns.rows, columns: pixels,
                            to: results.baseAddress! + n * output[1] * pixels)
                    }
                }
            }
        }
        return Tensor(shape: output, values: result)
    }
}

/// How one image (channels, height, width) becomes a matrix with one column for each output pixel.
private struct Columns {
    let image: Shape
    let kernel: Shape
    let output: Shape
    let stride: Int
    let padding: Int

    var rows: Int { kernel[1] * kernel[2] * kernel[3] }

    func unroll(_ pixels: UnsafePointer<Float>, into columns: UnsafeMutablePointer<Float>) {
        var row = columns
        for channel in 0..<kernel[1] {
            let plane = pixels + channel * image[1] * image[2]
            for ky in 0..<kernel[2] {
                for kx in 0..<kernel[3] {
                    fill(row, from: plane, ky: ky, kx: kx)
                    row += output[2] * output[3]
                }
            }
        }
    }

    /// One row of the matrix: what the kernel's element (ky, kx) meets at each output pixel, 0 in the padding.
    private func fill(_ row: UnsafeMutablePointer<Float>, from plane: UnsafePointer<Float>, ky: Int, kx: Int) {
        let (height, width, outWidth) = (image[1], image[2], output[3])
        let shift = kx - padding
        // Output columns first..<last meet the image, the others its padding.
        let first = min(outWidth, shift >= 0 ? 0 : (-shift + stride - 1) / stride)
        let last = shift >= width ? first : max(first, min(outWidth, (width - 1 - shift) / stride + 1))
        for oy in 0..<output[2] {
            let target = row + oy * outWidth
            let y = oy * stride + ky - padding
            guard y >= 0, y < height else {
                target.update(repeating: 0, count: outWidth)
                continue
            }
            target.update(repeating: 0, count: first)
            (target + last).update(repeating: 0, count: outWidth - last)
            let source = plane + y * width
            if stride == 1 {
                if last > first { (target + first).update(from: source + (first + shift), count: last - first) }
            } else {
                for ox in first..<last { target[ox] = source[ox * stride + shift] }
            }
        }
    }
}
