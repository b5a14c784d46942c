extension Network {
    /// AlexNet's five convolutions at half width with a pooled head: 616,290 weights, for one-channel 224 x 224 patches
    /// and two classes.
    ///
    /// After Krizhevsky et al. (2012), as in figure 1 of Anantrasirichai et al. (2018); their dense layers of 4096 are
    /// replaced by the mean and the maximum of each map, which costs no accuracy here and 56 million weights less.
    /// Output: (batch, 2) probabilities, background first.
    /// - Throws: `WeightFileError` where a tensor is missing, unknown or of another shape.
    public static func alexNetHalfPooled(weights file: WeightFile) throws -> Network {
        func convolution(_ name: String, _ shape: Shape, stride: Int = 1, padding: Int) throws -> Convolution {
            try Convolution(
                name, weights: file.tensor("\(name).weight", shape: shape),
                bias: file.tensor("\(name).bias", shape: [shape[0]]),
                stride: stride, padding: padding)
        }
        let names = ["conv1", "conv2", "conv3", "conv4", "conv5", "fc"]
        try file.requireOnly(names.flatMap { ["\($0).weight", "\($0).bias"] })
        return try Network(
            "alexnet-half-pooled", input: [1, 224, 224],
            layers: [
                convolution("conv1", [32, 1, 11, 11], stride: 4, padding: 2),
                ReLU(),
                MaxPool(size: 3, stride: 2),
                convolution("conv2", [96, 32, 5, 5], padding: 2),
                ReLU(),
                MaxPool(size: 3, stride: 2),
                convolution("conv3", [192, 96, 3, 3], padding: 1),
                ReLU(),
                convolution("conv4", [128, 192, 3, 3], padding: 1),
                ReLU(),
                convolution("conv5", [128, 128, 3, 3], padding: 1),
                ReLU(),
                MaxPool(size: 3, stride: 2),
                MeanMaxPool(),
                Dense(
                    "fc", weights: file.tensor("fc.weight", shape: [2, 256]), bias: file.tensor("fc.bias", shape: [2])),
                Softmax(),
            ])
    }
}
