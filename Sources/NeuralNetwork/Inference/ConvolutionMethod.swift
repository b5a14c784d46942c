/// Which method computes a convolution fastest, by an estimate of the work.
extension ConvolutionDraft {
    /// The most items a thread takes together.
    static let itemsTogether = 8

    /// Winograd's with the tile that needs least, where it applies and saves work; else the plain product.
    func chooseMethod(height: Int, width: Int) -> Method {
        if isDepthwise { return .depthwise }
        let taps = kernel.height
        guard kernel.width == taps, taps == 3 || taps == 5, stride == 1, dilation == 1, channels.count % ChannelLayout.unit == 0 else {
            return .product
        }
        var best = (method: Method.product, cost: productCost(height, width))
        for tile in taps == 3 ? [4, 5, 6, 7] : [2, 3, 4] {
            let cost = winogradCost(height, width, tile: tile)
            if cost < best.cost { best = (.winograd(tile: tile), cost) }
        }
        return best.method
    }

    /// Multiplications and additions of the products of one item, filling included, transformations not.
    func operations(height: Int, width: Int) -> Int {
        let pairs = 2 * channels.count * ChannelLayout.filled(outputs)
        switch method {
        case .depthwise: return 2 * ChannelLayout.filled(outputs) * height * width * kernel.count
        case .product: return pairs * height * width * kernel.count
        case .winograd(let tile):
            let points = tile + kernel.height - 1
            return pairs * ((height + tile - 1) / tile) * ((width + tile - 1) / tile) * points * points
        }
    }

    private var outputPlaces: Int { ChannelLayout.filled(outputs) }

    private func productCost(_ height: Int, _ width: Int) -> Double {
        Double(height * width * kernel.count * channels.count * outputPlaces)
    }

    /// In the product's multiplications. Factors by measurement: products of few rows run at 0.85 of the speed of long ones; a
    /// weight that comes from main memory costs as much as 16 multiplications, for all items together.
    private func winogradCost(_ height: Int, _ width: Int, tile: Int) -> Double {
        let points = tile + kernel.height - 1
        let tiles = ((height + tile - 1) / tile) * ((width + tile - 1) / tile)
        let pairs = Double(channels.count * outputPlaces)
        let products = Double(tiles * points * points) * pairs / 0.85
        let line = points / 2 + 1
        let transformations = Double(
            tiles * (channels.count * 2 * points * points * line + outputPlaces * (points + tile) * tile * line))
        let weights = Double(points * points) * pairs * 16 / Double(Self.itemsTogether)
        return products + 1.5 * transformations + weights
    }

    /// What it reads around its input.
    func reach(height: Int, width: Int, input: MapDraft) -> Border {
        let extent: Extent =
            switch method {
            case .product, .depthwise: Extent((height - 1) * stride.height, (width - 1) * stride.width)
            // Whole squares, also past the output's edge.
            case .winograd(let tile): Extent((height + tile - 1) / tile * tile - 1, (width + tile - 1) / tile * tile - 1)
            }
        let bottom = extent.height + dilation.height * (kernel.height - 1) + 1 - padding.height - input.height
        let right = extent.width + dilation.width * (kernel.width - 1) + 1 - padding.width - input.width
        return Border(top: padding.height, bottom: max(0, bottom), left: padding.width, right: max(0, right))
    }
}
