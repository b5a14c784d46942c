import NeuralNetwork
import Testing

/// Small cases of every layer, by their names in gradients.safetensors.
struct GradientCase: Sendable, CustomTestStringConvertible {
    let name: String
    let layers: [Layer]
    /// Normalisation by running statistics.
    var isFrozen = false

    var testDescription: String { name }

    private static func convolution(
        _ name: String, from: Int, to: Int, _ kernel: Extent, stride: Extent = 1, padding: Extent = 0, dilation: Extent = 1, groups: Int = 1,
        bias: Bool = true
    ) -> GradientCase {
        GradientCase(
            name: name,
            layers: [
                .convolution(
                    Convolution(
                        "0", from: from, to: to, kernel: kernel, stride: stride, padding: padding, dilation: dilation, groups: groups,
                        bias: bias))
            ])
    }

    static let convolutions = [
        convolution("conv-11-stride-4", from: 1, to: 3, 11, stride: 4, padding: 2),
        convolution("conv-5", from: 2, to: 3, 5, padding: 2),
        convolution("conv-3", from: 3, to: 4, 3, padding: 1),
        convolution("conv-3-wide", from: 16, to: 16, 3, padding: 1),
        convolution("conv-5-wide", from: 16, to: 17, 5, padding: 2),
        convolution("conv-3-unpadded-wide", from: 16, to: 18, 3),
        convolution("conv-3-stride-2", from: 2, to: 3, 3, stride: 2, padding: 1),
        convolution("conv-dilated", from: 2, to: 3, 3, padding: 2, dilation: 2),
        convolution("conv-groups", from: 4, to: 6, 3, padding: 1, groups: 2),
        convolution("conv-depthwise", from: 4, to: 4, 3, padding: 1, groups: 4),
        convolution("conv-depthwise-stride-2", from: 3, to: 3, 5, stride: 2, padding: 2, groups: 3, bias: false),
        convolution("conv-depthwise-uneven", from: 4, to: 4, Extent(3, 5), stride: Extent(2, 3), padding: Extent(0, 3), groups: 4),
        convolution("conv-row", from: 3, to: 4, Extent(1, 7), padding: Extent(0, 3)),
        convolution("conv-column", from: 3, to: 4, Extent(7, 1), padding: Extent(3, 0)),
        convolution("conv-uneven", from: 2, to: 3, Extent(3, 2), stride: Extent(2, 1), padding: Extent(1, 0), bias: false),
        convolution("conv-1", from: 5, to: 6, 1),
        convolution("conv-1-stride-2", from: 5, to: 6, 1, stride: 2, bias: false),
    ]

    static let others = [
        GradientCase(name: "batch-norm", layers: [.batchNormalisation(BatchNormalisation("0", channels: 3))]),
        GradientCase(
            name: "batch-norm-inference", layers: [.batchNormalisation(BatchNormalisation("0", channels: 3, epsilon: 1e-3))], isFrozen: true),
        GradientCase(
            name: "batch-norm-features", layers: [.batchNormalisation(BatchNormalisation("0", channels: 5, momentum: 0.2))]),
        GradientCase(name: "lrn", layers: [.localResponseNormalisation(.init(size: 5, alpha: 0.3, beta: 0.75, k: 2))]),
        GradientCase(name: "lrn-even", layers: [.localResponseNormalisation(.init(size: 4, alpha: 0.5, beta: 0.6, k: 1))]),
        GradientCase(name: "relu", layers: [.relu]),
        GradientCase(name: "max-pool", layers: [.maxPool(MaxPool(size: 3, stride: 2))]),
        GradientCase(name: "max-pool-padded", layers: [.maxPool(MaxPool(size: 3, stride: 2, padding: 1))]),
        GradientCase(name: "max-pool-rounded-up", layers: [.maxPool(MaxPool(size: 3, stride: 2, roundsUp: true))]),
        GradientCase(name: "average-pool", layers: [.averagePool(AveragePool(size: 3, stride: 1, padding: 1))]),
        GradientCase(
            name: "average-pool-without-padding",
            layers: [.averagePool(AveragePool(size: 3, stride: 2, padding: 1, roundsUp: true, countsPadding: false))]),
        GradientCase(name: "average-pool-rounded-up", layers: [.averagePool(AveragePool(size: Extent(2, 3), stride: 2, roundsUp: true))]),
        GradientCase(name: "adaptive-pool", layers: [.adaptiveAveragePool(Extent(3, 2))]),
        GradientCase(name: "global-pool", layers: [.adaptiveAveragePool(1)]),
        GradientCase(name: "mean-max", layers: [.meanMaxPool]),
        GradientCase(name: "dense", layers: [.dense(Dense("0", from: 7, to: 4))]),
        GradientCase(name: "flatten-dense", layers: [.flatten, .dense(Dense("1", from: 18, to: 3))]),
        GradientCase(name: "softmax", layers: [.softmax]),
        GradientCase(name: "residual-projected", layers: bottleneck(from: 8, stride: 2)),
        GradientCase(name: "residual", layers: bottleneck(from: 16, stride: 1)),
        GradientCase(
            name: "branches",
            layers: [
                .branches([
                    unit("one", 6, 4, 1),
                    unit("two_1", 6, 3, 1) + [
                        .branches([
                            unit("two_2a", 3, 2, Extent(1, 3), padding: Extent(0, 1)), unit("two_2b", 3, 3, Extent(3, 1), padding: Extent(1, 0)),
                        ])
                    ],
                    [.averagePool(AveragePool(size: 3, stride: 1, padding: 1))] + unit("pooled", 6, 2, 1),
                    [.maxPool(MaxPool(size: 3, stride: 1, padding: 1))],
                ])
            ]),
    ]

    static let all = convolutions + others

    private static func bottleneck(from: Int, stride: Extent) -> [Layer] {
        func normalised(_ name: String, _ norm: String, _ from: Int, _ to: Int, _ kernel: Extent, _ stride: Extent, _ padding: Extent) -> [Layer] {
            [
                .convolution(Convolution(name, from: from, to: to, kernel: kernel, stride: stride, padding: padding, bias: false)),
                .batchNormalisation(BatchNormalisation(norm, channels: to)),
            ]
        }
        let body =
            normalised("conv1", "bn1", from, 4, 1, 1, 0) + [.relu] + normalised("conv2", "bn2", 4, 4, 3, stride, 1) + [.relu]
            + normalised("conv3", "bn3", 4, 16, 1, 1, 0)
        let shortcut = from == 16 ? [] : normalised("downsample.0", "downsample.1", from, 16, 1, stride, 0)
        return [.residual(Residual(body: body, shortcut: shortcut)), .relu]
    }

    private static func unit(_ name: String, _ from: Int, _ to: Int, _ kernel: Extent, padding: Extent = 0) -> [Layer] {
        [
            .convolution(Convolution("\(name).conv", from: from, to: to, kernel: kernel, padding: padding, bias: false)),
            .batchNormalisation(BatchNormalisation("\(name).bn", channels: to, epsilon: 1e-3)), .relu,
        ]
    }
}
