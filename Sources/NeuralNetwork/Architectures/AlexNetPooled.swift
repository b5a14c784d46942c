extension Network {
    /// AlexNet's five convolutions at half width with a pooled head: 616,290 weights, for 224 x 224 patches and two classes.
    ///
    /// After Krizhevsky et al. (2012), as in figure 1 of Anantrasirichai et al. (2018); their dense layers of 4096 are
    /// replaced by the mean and the maximum of each map, which costs no accuracy here and 56 million weights less.
    /// Output: (batch, 2) probabilities, background first.
    /// - Parameter batchNormalised: normalise after each convolution, for training; `folded` gives the plain network with the same outputs.
    public static func alexNetHalfPooled(batchNormalised: Bool = false, channels: Int = 1) throws(ShapeError) -> Network {
        try .alexNetPooled(width: 0.5, batchNormalised: batchNormalised, channels: channels)
    }

    /// The same at any width: 1 has 64, 192, 384, 256 and 256 maps, 0.5 half of that. Widths are rounded to multiples of 8.
    public static func alexNetPooled(
        width: Double, batchNormalised: Bool = false, channels: Int = 1, classes: Int = 2
    ) throws(ShapeError) -> Network {
        precondition(width > 0 && channels > 0 && classes > 0, "a network has maps, input channels and classes")
        let maps = [64, 192, 384, 256, 256].map { max(8, Int((Double($0) * width / 8).rounded()) * 8) }
        let kernels: [(side: Int, stride: Int, padding: Int)] = [(11, 4, 2), (5, 1, 2), (3, 1, 1), (3, 1, 1), (3, 1, 1)]
        var layers: [Layer] = []
        for (index, kernel) in kernels.enumerated() {
            let number = index + 1
            layers.append(
                .convolution(
                    Convolution(
                        "conv\(number)", from: index == 0 ? channels : maps[index - 1], to: maps[index], kernel: Extent(square: kernel.side),
                        stride: Extent(square: kernel.stride), padding: Extent(square: kernel.padding), bias: !batchNormalised)))
            if batchNormalised { layers.append(.batchNormalisation(BatchNormalisation("bn\(number)", channels: maps[index]))) }
            layers.append(.relu)
            if [1, 2, 5].contains(number) { layers.append(.maxPool(MaxPool(size: 3, stride: 2))) }
        }
        layers += [.meanMaxPool, .dense(Dense("fc", from: 2 * maps[4], to: classes, isLast: true)), .softmax]
        let name = width == 0.5 ? "alexnet-half-pooled" : "alexnet-pooled-\(width)"
        return try Network(name, input: [channels, 224, 224], layers: layers)
    }
}

extension Extent {
    init(square side: Int) { self.init(side, side) }
}
