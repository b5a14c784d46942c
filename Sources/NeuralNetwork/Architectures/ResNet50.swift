extension Network {
    /// ResNet50 (He et al. 2016) as torchvision has it, by its names, with the stride in the 3 x 3 convolution: 23.5 million weights.
    ///
    /// Input (channels, side, side); output (classes) probabilities.
    public static func resNet50(channels: Int = 1, classes: Int = 2, side: Int = 224) throws(ShapeError) -> Network {
        var layers: [Layer] = [
            .convolution(Convolution("conv1", from: channels, to: 64, kernel: 7, stride: 2, padding: 3, bias: false)),
            .batchNormalisation(BatchNormalisation("bn1", channels: 64)),
            .relu,
            .maxPool(MaxPool(size: 3, stride: 2, padding: 1)),
        ]
        layers += stage("layer1", from: 64, width: 64, blocks: 3, stride: 1)
        layers += stage("layer2", from: 256, width: 128, blocks: 4, stride: 2)
        layers += stage("layer3", from: 512, width: 256, blocks: 6, stride: 2)
        layers += stage("layer4", from: 1024, width: 512, blocks: 3, stride: 2)
        layers += [.adaptiveAveragePool(1), .flatten, .dense(Dense("fc", from: 2048, to: classes, isLast: true)), .softmax]
        return try Network("resnet50", input: [channels, side, side], layers: layers)
    }

    /// Blocks of the same extent; the first changes stride and channels, so its input is projected.
    private static func stage(_ name: String, from channels: Int, width: Int, blocks: Int, stride: Extent) -> [Layer] {
        (0..<blocks).flatMap { index in
            bottleneck("\(name).\(index)", from: index == 0 ? channels : 4 * width, width: width, stride: index == 0 ? stride : 1)
        }
    }

    /// 1 x 1 down to `width` maps, 3 x 3, 1 x 1 up to four times as many, plus the input.
    static func bottleneck(_ name: String, from channels: Int, width: Int, stride: Extent) -> [Layer] {
        func normalised(_ number: Int, from: Int, to: Int, kernel: Extent, stride: Extent = 1, padding: Extent = 0) -> [Layer] {
            [
                .convolution(
                    Convolution("\(name).conv\(number)", from: from, to: to, kernel: kernel, stride: stride, padding: padding, bias: false)),
                .batchNormalisation(BatchNormalisation("\(name).bn\(number)", channels: to)),
            ]
        }
        let body =
            normalised(1, from: channels, to: width, kernel: 1) + [.relu]
            + normalised(2, from: width, to: width, kernel: 3, stride: stride, padding: 1) + [.relu]
            + normalised(3, from: width, to: 4 * width, kernel: 1)
        let changes = stride != 1 || channels != 4 * width
        let shortcut: [Layer] = [
            .convolution(Convolution("\(name).downsample.0", from: channels, to: 4 * width, kernel: 1, stride: stride, bias: false)),
            .batchNormalisation(BatchNormalisation("\(name).downsample.1", channels: 4 * width)),
        ]
        return [.residual(Residual(body: body, shortcut: changes ? shortcut : [])), .relu]
    }
}
