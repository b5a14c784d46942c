extension Network {
    /// EfficientNet-Lite0 (Tan and Le 2019, the variant without squeeze and excitation) with a pooled head: 3.4 million weights, under the names of
    /// the port to PyTorch.
    ///
    /// Two things differ from the published one, and weights that were trained on photographs learn them in a few steps: paddings are the same on both
    /// sides, and activations have no upper limit. The mean and the maximum of each map enter the last layer, as in `alexNetPooled`.
    ///
    /// Input (channels, side, side); output (classes) probabilities.
    /// - Parameter looks: so many times as wide a kernel and a stride in the first layer. It can do what the published one would on a picture whose pixels are
    ///   means of looks x looks, as of a multilooked phasor, and with training more; all behind it is computed for that smaller picture.
    public static func efficientNetLite0(channels: Int = 1, classes: Int = 2, side: Int = 224, looks: Int = 1) throws(ShapeError) -> Network {
        let (kernel, stride, padding) = (Extent(3 * looks, 3 * looks), Extent(2 * looks, 2 * looks), Extent(looks, looks))
        var layers = normalised("_conv_stem", "_bn0", from: channels, to: 32, kernel: kernel, stride: stride, padding: padding) + [.relu]
        var (maps, number) = (32, 0)
        for stage in stages {
            for repetition in 0..<stage.blocks {
                layers += invertedBottleneck(
                    "_blocks.\(number)", from: maps, to: stage.maps, expansion: stage.expansion, kernel: stage.kernel,
                    stride: repetition == 0 ? stage.stride : 1)
                (maps, number) = (stage.maps, number + 1)
            }
        }
        layers += normalised("_conv_head", "_bn1", from: maps, to: 1280) + [.relu]
        layers += [.meanMaxPool, .dense(Dense("_fc", from: 2 * 1280, to: classes, isLast: true)), .softmax]
        return try Network(looks == 1 ? "efficientnet-lite0" : "efficientnet-lite0-\(looks)x\(looks)", input: [channels, side, side], layers: layers)
    }

    private static let stages: [(blocks: Int, maps: Int, expansion: Int, kernel: Extent, stride: Extent)] = [
        (1, 16, 1, 3, 1), (2, 24, 6, 3, 2), (2, 40, 6, 5, 2), (3, 80, 6, 3, 2), (3, 112, 6, 5, 1), (4, 192, 6, 5, 2), (1, 320, 6, 3, 1),
    ]

    /// More maps by 1 x 1, each filtered for itself, fewer maps by 1 x 1; plus the input where the shape stays.
    private static func invertedBottleneck(
        _ name: String, from inputs: Int, to outputs: Int, expansion: Int, kernel: Extent, stride: Extent
    ) -> [Layer] {
        let inner = inputs * expansion
        var body: [Layer] = []
        if expansion > 1 { body += normalised("\(name)._expand_conv", "\(name)._bn0", from: inputs, to: inner) + [.relu] }
        body += normalised("\(name)._depthwise_conv", "\(name)._bn1", from: inner, to: inner, kernel: kernel, stride: stride, groups: inner)
        body += [.relu] + normalised("\(name)._project_conv", "\(name)._bn2", from: inner, to: outputs)
        return inputs == outputs && stride == 1 ? [.residual(Residual(body: body))] : body
    }

    private static func normalised(
        _ name: String, _ normalisation: String, from inputs: Int, to outputs: Int, kernel: Extent = 1, stride: Extent = 1, padding: Extent? = nil,
        groups: Int = 1
    ) -> [Layer] {
        let padding = padding ?? Extent(kernel.height / 2, kernel.width / 2)
        return [
            .convolution(
                Convolution(name, from: inputs, to: outputs, kernel: kernel, stride: stride, padding: padding, groups: groups, bias: false)),
            .batchNormalisation(BatchNormalisation(normalisation, channels: outputs, epsilon: 1e-3)),
        ]
    }
}
