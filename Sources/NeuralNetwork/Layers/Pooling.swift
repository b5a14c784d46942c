/// A window that moves over each map.
public struct PoolingWindow: Hashable, Sendable {
    public let size: Extent
    public let stride: Extent
    public let padding: Extent
    /// A last window that reaches over the edge counts too.
    public let roundsUp: Bool

    init(size: Extent, stride: Extent, padding: Extent, roundsUp: Bool) {
        precondition(size.count > 0 && stride.count > 0, "a window has an extent and moves forward")
        precondition(2 * padding.height <= size.height && 2 * padding.width <= size.width, "every window meets the map")
        self.size = size
        self.stride = stride
        self.padding = padding
        self.roundsUp = roundsUp
    }

    var summary: String {
        "\(size), stride \(stride.short)" + (padding == 0 ? "" : ", padding \(padding.short)") + (roundsUp ? ", rounded up" : "")
    }

    func outputExtent(_ input: Shape, operation: String) throws(ShapeError) -> Extent {
        guard input.rank == 3, input[1] + 2 * padding.height >= size.height, input[2] + 2 * padding.width >= size.width else {
            throw ShapeError(
                operation: operation, input: input, expected: [size.height, size.width],
                reason: "the input must be (channels, height, width) and at least as large as the window")
        }
        return Extent(
            steps(input[1], size.height, stride.height, padding.height), steps(input[2], size.width, stride.width, padding.width))
    }

    private func steps(_ length: Int, _ size: Int, _ stride: Int, _ padding: Int) -> Int {
        let room = length + 2 * padding - size
        guard roundsUp else { return room / stride + 1 }
        let count = (room + stride - 1) / stride + 1
        // A window that begins beyond the map and its first padding would see nothing.
        return (count - 1) * stride >= length + padding ? count - 1 : count
    }
}

/// The greatest value under a window, for each channel.
public struct MaxPool: Hashable, Sendable {
    public let window: PoolingWindow

    public init(size: Extent, stride: Extent, padding: Extent = 0, roundsUp: Bool = false) {
        window = PoolingWindow(size: size, stride: stride, padding: padding, roundsUp: roundsUp)
    }
}

/// The mean under a window, for each channel.
public struct AveragePool: Hashable, Sendable {
    public let window: PoolingWindow
    /// Pixels of the padding count as zeros; otherwise the mean is over the map's pixels.
    public let countsPadding: Bool

    public init(size: Extent, stride: Extent, padding: Extent = 0, roundsUp: Bool = false, countsPadding: Bool = true) {
        window = PoolingWindow(size: size, stride: stride, padding: padding, roundsUp: roundsUp)
        self.countsPadding = countsPadding
    }
}
