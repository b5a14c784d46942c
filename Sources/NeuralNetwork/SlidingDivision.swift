/// A network in two parts: what moves over a picture, whatever the window, and what needs to know the window.
struct SlidingDivision {
    /// Up to the last convolution and what is done to each of its outputs.
    let trunk: [Layer]
    let rest: [Layer]
    /// Pixels between places of the trunk's map.
    let step: Int

    /// Nil where the network's convolutions do not move over the picture evenly: they lie in branches, or a pooling between them looks over the edge.
    init?(_ network: Network) {
        guard let last = network.layers.lastIndex(where: \.isConvolution) else { return nil }
        let end = network.layers[(last + 1)...].firstIndex { !$0.isPixelByPixel } ?? network.layers.count
        (trunk, rest) = (Array(network.layers[..<end]), Array(network.layers[end...]))
        let strides = trunk.map(\.slidingStride)
        guard strides.allSatisfy({ $0 != nil }), !rest.flatMap(\.leaves).contains(where: \.isConvolution) else { return nil }
        step = strides.reduce(1) { $0 * ($1 ?? 1) }
    }
}

extension Network {
    /// The same network, under the same parameters, for windows that come with so many pixels of what is round them on each side.
    ///
    /// Its convolutions see the surroundings; what follows them sees the window's part of their map, as in `SlidingNetwork`.
    /// Nil where the convolutions do not move over a picture evenly, or not by a divisor of `pixels`.
    public func surrounded(by pixels: Int) throws(ShapeError) -> Network? {
        guard let division = SlidingDivision(self), pixels > 0, pixels % division.step == 0, input.rank == 3 else { return nil }
        let window = try Layer.outputShape(of: division.trunk, for: input)
        return try Network(
            "\(name)-surrounded", input: [input[0], input[1] + 2 * pixels, input[2] + 2 * pixels],
            layers: division.trunk + [.middle(Extent(window[1], window[2]))] + division.rest)
    }
}

extension Layer {
    fileprivate var isConvolution: Bool { if case .convolution = self { true } else { false } }

    /// Whether an output depends on one pixel of the input alone.
    fileprivate var isPixelByPixel: Bool {
        switch self {
        case .relu, .dropout, .batchNormalisation, .localResponseNormalisation: true
        default: false
        }
    }

    /// How many of its input's pixels lie between its output's, where it does the same everywhere; nil where it does not.
    fileprivate var slidingStride: Int? {
        if isPixelByPixel { return 1 }
        return switch self {
        case .convolution(let layer): layer.stride.height == layer.stride.width ? layer.stride.height : nil
        case .maxPool(let pool): pool.window.slidingStride
        case .averagePool(let pool): pool.window.slidingStride
        default: nil
        }
    }
}

extension PoolingWindow {
    fileprivate var slidingStride: Int? { padding == 0 && !roundsUp && stride.height == stride.width ? stride.height : nil }
}
