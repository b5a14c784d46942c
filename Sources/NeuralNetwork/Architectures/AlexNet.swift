extension Network {
    /// AlexNet as figure 1 of Anantrasirichai et al. (2018) draws it and torchvision has it, by its names: 57 million weights.
    ///
    /// Input (channels, 224, 224); output (classes) probabilities.
    public static func alexNet(channels: Int = 1, classes: Int = 2) throws(ShapeError) -> Network {
        try Network(
            "alexnet", input: [channels, 224, 224],
            layers: [
                .convolution(Convolution("features.0", from: channels, to: 64, kernel: 11, stride: 4, padding: 2)),
                .relu,
                .maxPool(MaxPool(size: 3, stride: 2)),
                .convolution(Convolution("features.3", from: 64, to: 192, kernel: 5, padding: 2)),
                .relu,
                .maxPool(MaxPool(size: 3, stride: 2)),
                .convolution(Convolution("features.6", from: 192, to: 384, kernel: 3, padding: 1)),
                .relu,
                .convolution(Convolution("features.8", from: 384, to: 256, kernel: 3, padding: 1)),
                .relu,
                .convolution(Convolution("features.10", from: 256, to: 256, kernel: 3, padding: 1)),
                .relu,
                .maxPool(MaxPool(size: 3, stride: 2)),
                .flatten,
                .dropout(Dropout("classifier.0", share: 0.5)),
                .dense(Dense("classifier.1", from: 256 * 6 * 6, to: 4096)),
                .relu,
                .dropout(Dropout("classifier.3", share: 0.5)),
                .dense(Dense("classifier.4", from: 4096, to: 4096)),
                .relu,
                .dense(Dense("classifier.6", from: 4096, to: classes, isLast: true)),
                .softmax,
            ])
    }
}
