extension Network {
    /// AlexNet as published (Krizhevsky, Sutskever and Hinton 2012): convolutions in two groups, local response normalisation.
    ///
    /// Input (channels, 224, 224), padded by 2 so that the first maps are 55 x 55 as in the paper; output (classes) probabilities.
    public static func alexNetOriginal(channels: Int = 1, classes: Int = 2) throws(ShapeError) -> Network {
        // k = 2, n = 5, alpha = 1e-4 for each channel, beta = 0.75.
        let normalisation = LocalResponseNormalisation(size: 5, alpha: 5e-4, beta: 0.75, k: 2)
        return try Network(
            "alexnet-original", input: [channels, 224, 224],
            layers: [
                .convolution(Convolution("conv1", from: channels, to: 96, kernel: 11, stride: 4, padding: 2)),
                .relu,
                .localResponseNormalisation(normalisation),
                .maxPool(MaxPool(size: 3, stride: 2)),
                .convolution(Convolution("conv2", from: 96, to: 256, kernel: 5, padding: 2, groups: 2)),
                .relu,
                .localResponseNormalisation(normalisation),
                .maxPool(MaxPool(size: 3, stride: 2)),
                .convolution(Convolution("conv3", from: 256, to: 384, kernel: 3, padding: 1)),
                .relu,
                .convolution(Convolution("conv4", from: 384, to: 384, kernel: 3, padding: 1, groups: 2)),
                .relu,
                .convolution(Convolution("conv5", from: 384, to: 256, kernel: 3, padding: 1, groups: 2)),
                .relu,
                .maxPool(MaxPool(size: 3, stride: 2)),
                .flatten,
                .dense(Dense("fc6", from: 256 * 6 * 6, to: 4096)),
                .relu,
                .dropout(Dropout("drop6", share: 0.5)),
                .dense(Dense("fc7", from: 4096, to: 4096)),
                .relu,
                .dropout(Dropout("drop7", share: 0.5)),
                .dense(Dense("fc8", from: 4096, to: classes, isLast: true)),
                .softmax,
            ])
    }
}
