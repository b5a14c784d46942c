/// A two-dimensional convolution (cross-correlation, as every CNN framework has it) with zero padding.
///
/// Weights: NAME.weight (output channels, input channels / groups, kernel height, kernel width), NAME.bias (output channels).
public struct Convolution: Hashable, Sendable {
    public let name: String
    public let inputChannels: Int
    public let outputChannels: Int
    public let kernel: Extent
    public let stride: Extent
    public let padding: Extent
    /// Distance between the kernel's elements; 1 for a kernel without holes.
    public let dilation: Extent
    /// Input and output channels are cut into as many equal parts; each output part sees its own input part only.
    public let groups: Int
    public let hasBias: Bool

    public init(
        _ name: String, from inputChannels: Int, to outputChannels: Int, kernel: Extent, stride: Extent = 1, padding: Extent = 0,
        dilation: Extent = 1, groups: Int = 1, bias: Bool = true
    ) {
        precondition(inputChannels > 0 && outputChannels > 0 && kernel.count > 0, "a convolution has channels and a kernel")
        precondition(stride.count > 0 && dilation.count > 0, "a convolution moves forward")
        precondition(groups > 0 && inputChannels % groups == 0 && outputChannels % groups == 0, "groups are equal parts of the channels")
        self.name = name
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        self.hasBias = bias
    }

    /// (output channels, input channels of a group, kernel height, kernel width).
    public var weightShape: Shape { [outputChannels, inputChannels / groups, kernel.height, kernel.width] }

    /// Each channel is seen for itself and gives one.
    var isDepthwise: Bool { groups > 1 && groups == inputChannels && groups == outputChannels }

    var summary: String {
        var text = "convolution \(kernel), stride \(stride.short), padding \(padding.short), \(inputChannels) to \(outputChannels) channels"
        if dilation != 1 { text += ", dilation \(dilation.short)" }
        if groups != 1 { text += ", \(groups) groups" }
        return text
    }

    /// The extent of the output map for an input map.
    func outputExtent(_ input: Shape) throws(ShapeError) -> Extent {
        func refuse(_ reason: String) -> ShapeError {
            ShapeError(operation: "convolution \(name)", input: input, expected: weightShape, reason: reason)
        }
        guard input.rank == 3 else { throw refuse("the input must be (channels, height, width)") }
        guard input[0] == inputChannels else { throw refuse("the input has \(input[0]) channels, the weights take \(inputChannels)") }
        let height = input[1] + 2 * padding.height - dilation.height * (kernel.height - 1) - 1
        let width = input[2] + 2 * padding.width - dilation.width * (kernel.width - 1) - 1
        guard height >= 0, width >= 0 else { throw refuse("the padded input is smaller than the kernel") }
        return Extent(height / stride.height + 1, width / stride.width + 1)
    }
}

extension Extent {
    /// "2" for a square, "1 x 3" otherwise.
    var short: String { height == width ? "\(height)" : description }
}
