/// Convolutions and dense layers.
extension Lowering {
    /// Nil where there is no kernel: groups whose channels do not fill vectors.
    mutating func append(_ layer: Convolution, _ flow: Flow, _ shape: Shape) -> Int? {
        let layout = draft.maps[flow.map].layout
        // All of its groups at once.
        let isDepthwise = layer.isDepthwise && layout == ChannelLayout(count: layer.inputChannels)
        let groups = isDepthwise ? 1 : layer.groups
        let (inputs, outputs) = (layer.inputChannels / layer.groups, layer.outputChannels / groups)
        let fits = inputs % ChannelLayout.unit == 0 && outputs % ChannelLayout.unit == 0 && layout.isPlain
        guard groups == 1 || fits else { return nil }
        let output = newMap(shape[1], shape[2], ChannelLayout(count: layer.outputChannels))
        let all = weights("\(layer.name).weight")
        let bias = layer.hasBias ? weights("\(layer.name).bias") : Array(repeating: 0, count: layer.outputChannels)
        for group in 0..<groups {
            let each = all.count / groups
            let isWhole = groups == 1
            draft.steps.append(
                .convolution(
                    ConvolutionDraft(
                        input: flow.map, output: output, inputPlace: group * inputs, outputPlace: group * outputs,
                        channels: isWhole ? layout.channels : (0..<inputs).map(Int32.init),
                        weights: isWhole ? all : Array(all[group * each..<(group + 1) * each]),
                        bias: Array(bias[group * outputs..<(group + 1) * outputs]), inputs: inputs, kernel: layer.kernel,
                        stride: layer.stride, padding: layer.padding, dilation: layer.dilation, isDepthwise: isDepthwise)))
        }
        return output
    }

    /// A dense layer sees channels, rows and columns in the order of a convolution's weights: its kernel is the whole map.
    mutating func append(_ layer: Dense, _ flow: Flow) -> Int {
        let map = draft.maps[flow.map]
        let output = newMap(1, 1, ChannelLayout(count: layer.outputFeatures))
        draft.steps.append(
            .convolution(
                ConvolutionDraft(
                    input: flow.map, output: output, channels: map.layout.channels, weights: weights("\(layer.name).weight"),
                    bias: weights("\(layer.name).bias"), inputs: map.layout.count, kernel: Extent(map.height, map.width))))
        return output
    }

    /// Whether the input needs no filling: a convolution reads it directly.
    func readsCompact(_ layer: Layer?) -> Bool {
        switch layer {
        case .convolution(let layer): layer.groups == 1
        case .dense: true
        default: false
        }
    }

    /// A first convolution of stride s as one of stride 1: squares of s x s pixels become channels. AlexNet's 11 x 11 of stride 4
    /// is a 3 x 3 on 16 channels, for which there is Winograd's method. Nil where that is no gain.
    mutating func foldedStride(_ layer: Convolution, _ channels: Int, _ height: Int, _ width: Int) -> Flow? {
        let s = layer.stride.height
        let side = (layer.kernel.height + s - 1) / s
        let places = channels * s * s
        guard s > 1, layer.stride.width == s, layer.kernel.width == layer.kernel.height, layer.padding.width == layer.padding.height,
            layer.dilation == 1, layer.groups == 1, side == 3 || side == 5, places % ChannelLayout.unit == 0,
            let extent = try? layer.outputExtent([channels, height, width])
        else { return nil }
        let input = newMap(extent.height + side - 1, extent.width + side - 1, ChannelLayout(count: places))
        let output = newMap(extent.height, extent.width, ChannelLayout(count: layer.outputChannels))
        let convolution = ConvolutionDraft(
            input: input, output: output, channels: draft.maps[input].layout.channels,
            weights: foldedWeights(layer, channels, side),
            bias: layer.hasBias ? weights("\(layer.name).bias") : Array(repeating: 0, count: layer.outputChannels), inputs: places,
            kernel: Extent(side, side))
        draft.steps.append(.load(output: input, block: s, shift: layer.padding.height))
        draft.steps.append(.convolution(convolution))
        return Flow(map: output, shape: [layer.outputChannels, extent.height, extent.width])
    }

    /// Weights (outputs, channels, k, k) as (outputs, channels * s * s, side, side); the kernel's last rows and columns are filled with 0.
    private func foldedWeights(_ layer: Convolution, _ channels: Int, _ side: Int) -> [Float] {
        let (s, k, all) = (layer.stride.height, layer.kernel.height, weights("\(layer.name).weight"))
        var folded = [Float](repeating: 0, count: layer.outputChannels * channels * s * s * side * side)
        for output in 0..<layer.outputChannels {
            for channel in 0..<channels {
                for y in 0..<k {
                    for x in 0..<k {
                        let place = (channel * s + y % s) * s + x % s
                        folded[((output * s * s * channels + place) * side + y / s) * side + x / s] =
                            all[((output * channels + channel) * k + y) * k + x]
                    }
                }
            }
        }
        return folded
    }
}
