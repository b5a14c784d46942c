extension Network {
    /// InceptionV3 (Szegedy et al. 2016) as torchvision has it, by its names, without the auxiliary classifier: 21.8 million weights.
    ///
    /// Input (channels, side, side), made for 299, from 75 on; output (classes) probabilities. torchvision rescales the channels of its
    /// pretrained networks' input (transform_input); this does not.
    public static func inceptionV3(channels: Int = 1, classes: Int = 2, side: Int = 299) throws(ShapeError) -> Network {
        let layers: [Layer] =
            unit("Conv2d_1a_3x3", channels, 32, 3, stride: 2) + unit("Conv2d_2a_3x3", 32, 32, 3)
            + unit("Conv2d_2b_3x3", 32, 64, 3, padding: 1) + [.maxPool(MaxPool(size: 3, stride: 2))]
            + unit("Conv2d_3b_1x1", 64, 80, 1) + unit("Conv2d_4a_3x3", 80, 192, 3) + [.maxPool(MaxPool(size: 3, stride: 2))]
            + [
                blockA("Mixed_5b", 192, pooled: 32), blockA("Mixed_5c", 256, pooled: 64), blockA("Mixed_5d", 288, pooled: 64),
                blockB("Mixed_6a", 288),
                blockC("Mixed_6b", 128), blockC("Mixed_6c", 160), blockC("Mixed_6d", 160), blockC("Mixed_6e", 192),
                blockD("Mixed_7a", 768),
                blockE("Mixed_7b", 1280), blockE("Mixed_7c", 2048),
                .adaptiveAveragePool(1), .dropout(Dropout("dropout", share: 0.5)), .flatten,
                .dense(Dense("fc", from: 2048, to: classes, isLast: true)), .softmax,
            ]
        return try Network("inception-v3", input: [channels, side, side], layers: layers)
    }

    /// Convolution, normalisation, ReLU: torchvision's BasicConv2d.
    private static func unit(
        _ name: String, _ from: Int, _ to: Int, _ kernel: Extent, stride: Extent = 1, padding: Extent = 0
    ) -> [Layer] {
        [
            .convolution(Convolution("\(name).conv", from: from, to: to, kernel: kernel, stride: stride, padding: padding, bias: false)),
            .batchNormalisation(BatchNormalisation("\(name).bn", channels: to, epsilon: 1e-3)),
            .relu,
        ]
    }

    /// A row of 7, and a column.
    private static func row(_ name: String, _ from: Int, _ to: Int) -> [Layer] { unit(name, from, to, Extent(1, 7), padding: Extent(0, 3)) }
    private static func column(_ name: String, _ from: Int, _ to: Int) -> [Layer] {
        unit(name, from, to, Extent(7, 1), padding: Extent(3, 0))
    }

    private static let mean = Layer.averagePool(AveragePool(size: 3, stride: 1, padding: 1))

    /// 35 x 35 maps: 1 x 1, 5 x 5 and twice 3 x 3.
    static func blockA(_ name: String, _ from: Int, pooled: Int) -> Layer {
        .branches([
            unit("\(name).branch1x1", from, 64, 1),
            unit("\(name).branch5x5_1", from, 48, 1) + unit("\(name).branch5x5_2", 48, 64, 5, padding: 2),
            unit("\(name).branch3x3dbl_1", from, 64, 1) + unit("\(name).branch3x3dbl_2", 64, 96, 3, padding: 1)
                + unit("\(name).branch3x3dbl_3", 96, 96, 3, padding: 1),
            [mean] + unit("\(name).branch_pool", from, pooled, 1),
        ])
    }

    /// 35 x 35 to 17 x 17 maps.
    private static func blockB(_ name: String, _ from: Int) -> Layer {
        .branches([
            unit("\(name).branch3x3", from, 384, 3, stride: 2),
            unit("\(name).branch3x3dbl_1", from, 64, 1) + unit("\(name).branch3x3dbl_2", 64, 96, 3, padding: 1)
                + unit("\(name).branch3x3dbl_3", 96, 96, 3, stride: 2),
            [.maxPool(MaxPool(size: 3, stride: 2))],
        ])
    }

    /// 17 x 17 maps: 7 x 7 as rows and columns of 7.
    static func blockC(_ name: String, _ width: Int, from: Int = 768) -> Layer {
        .branches([
            unit("\(name).branch1x1", from, 192, 1),
            unit("\(name).branch7x7_1", from, width, 1) + row("\(name).branch7x7_2", width, width)
                + column("\(name).branch7x7_3", width, 192),
            unit("\(name).branch7x7dbl_1", from, width, 1) + column("\(name).branch7x7dbl_2", width, width)
                + row("\(name).branch7x7dbl_3", width, width) + column("\(name).branch7x7dbl_4", width, width)
                + row("\(name).branch7x7dbl_5", width, 192),
            [mean] + unit("\(name).branch_pool", from, 192, 1),
        ])
    }

    /// 17 x 17 to 8 x 8 maps.
    private static func blockD(_ name: String, _ from: Int) -> Layer {
        .branches([
            unit("\(name).branch3x3_1", from, 192, 1) + unit("\(name).branch3x3_2", 192, 320, 3, stride: 2),
            unit("\(name).branch7x7x3_1", from, 192, 1) + row("\(name).branch7x7x3_2", 192, 192)
                + column("\(name).branch7x7x3_3", 192, 192) + unit("\(name).branch7x7x3_4", 192, 192, 3, stride: 2),
            [.maxPool(MaxPool(size: 3, stride: 2))],
        ])
    }

    /// 8 x 8 maps: 3 x 3 as a row and a column side by side.
    private static func blockE(_ name: String, _ from: Int) -> Layer {
        func split(_ branch: String) -> Layer {
            .branches([
                unit("\(branch)a", 384, 384, Extent(1, 3), padding: Extent(0, 1)),
                unit("\(branch)b", 384, 384, Extent(3, 1), padding: Extent(1, 0)),
            ])
        }
        return .branches([
            unit("\(name).branch1x1", from, 320, 1),
            unit("\(name).branch3x3_1", from, 384, 1) + [split("\(name).branch3x3_2")],
            unit("\(name).branch3x3dbl_1", from, 448, 1) + unit("\(name).branch3x3dbl_2", 448, 384, 3, padding: 1)
                + [split("\(name).branch3x3dbl_3")],
            [mean] + unit("\(name).branch_pool", from, 192, 1),
        ])
    }
}
