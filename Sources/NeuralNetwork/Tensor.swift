/// The sizes of a tensor's axes, outermost first.
///
/// Images are (batch, channels, height, width), features (batch, features); values lie row-major, the last axis
/// fastest.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
    public let sizes: [Int]

    public init(_ sizes: [Int]) {
        precondition(sizes.allSatisfy { $0 >= 0 }, "an axis has no negative size")
        self.sizes = sizes
    }

    public init(arrayLiteral sizes: Int...) { self.init(sizes) }

    public var rank: Int { sizes.count }
    /// How many values a tensor of this shape holds.
    public var count: Int { sizes.reduce(1, *) }
    public subscript(axis: Int) -> Int { sizes[axis] }

    /// The shape of one item of a batch: all axes but the first.
    public var item: Shape { Shape(Array(sizes.dropFirst())) }

    /// The shape of `count` items of this shape.
    public func batch(of count: Int) -> Shape { Shape([count] + sizes) }

    /// "1 x 32 x 55 x 55".
    public var description: String { sizes.isEmpty ? "scalar" : sizes.map(String.init).joined(separator: " x ") }
}

/// A block of float32 values with a shape.
public struct Tensor: Sendable {
    public let shape: Shape
    /// `shape.count` values, row-major.
    public var values: [Float]

    public init(shape: Shape, values: [Float]) {
        precondition(
            values.count == shape.count, "a tensor of shape \(shape) has \(shape.count) values, not \(values.count)")
        self.shape = shape
        self.values = values
    }

    /// A tensor of one repeated value.
    public init(shape: Shape, repeating value: Float) {
        self.init(shape: shape, values: Array(repeating: value, count: shape.count))
    }

    /// Some items of a batch, as a batch of their own.
    public func items(_ range: Range<Int>) -> Tensor {
        let item = shape.item
        return Tensor(
            shape: item.batch(of: range.count),
            values: Array(values[range.lowerBound * item.count..<range.upperBound * item.count]))
    }
}

/// Two shapes that do not go together: a mistake in a network's description, or weights of another network.
public struct ShapeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The layer and what it does: "convolution conv2".
    public let operation: String
    public let input: Shape
    /// What the input met: the weights' shape, or the shape that was expected.
    public let expected: Shape
    /// Why they do not fit.
    public let reason: String

    public init(operation: String, input: Shape, expected: Shape, reason: String) {
        self.operation = operation
        self.input = input
        self.expected = expected
        self.reason = reason
    }

    public var description: String { "\(operation): an input of \(input) does not fit \(expected): \(reason)" }
}
