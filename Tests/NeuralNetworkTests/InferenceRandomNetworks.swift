@testable import NeuralNetwork

/// Networks of odd sizes, drawn from a seed: what the packed kernels must get right whatever the shape.
struct RandomNetwork {
    private let random: CountedRandom
    private var drawn = 0
    private var names = 0

    static func draw(seed: UInt64) throws -> Network {
        var drawing = RandomNetwork(random: CountedRandom(seed: seed, stream: "network"))
        return try drawing.network(seed)
    }

    private init(random: CountedRandom) { self.random = random }

    private mutating func pick(_ range: ClosedRange<Int>) -> Int {
        drawn += 1
        return range.lowerBound + Int(random.uniform(drawn) * Float(range.count))
    }

    private mutating func name(_ kind: String) -> String {
        names += 1
        return "\(kind)\(names)"
    }

    private mutating func network(_ seed: UInt64) throws -> Network {
        let input: Shape = [pick(0...2) == 0 ? pick(2...20) : 1, pick(9...33), pick(9...33)]
        var layers: [Layer] = []
        var shape = input
        for _ in 0..<pick(2...6) {
            let next = some(for: shape)
            // A drawn window may be larger than the map.
            guard let fitting = try? Layer.outputShape(of: next, for: shape), fitting.count > 0 else { continue }
            layers += next
            shape = fitting
        }
        let head = head(for: shape)
        return try Network("random-\(seed)", input: input, layers: layers + head)
    }

    private mutating func some(for shape: Shape) -> [Layer] {
        let channels = shape[0]
        switch pick(0...9) {
        case 0...4: return convolution(from: channels)
        case 5:
            let size = pick(2...3)
            return [
                .maxPool(
                    MaxPool(
                        size: Extent(size, pick(1...3)), stride: Extent(pick(1...2), pick(1...3)), padding: Extent(size / 2, 0),
                        roundsUp: pick(0...1) == 0))
            ]
        case 6: return [.averagePool(AveragePool(size: 3, stride: Extent(pick(1...2), 1), padding: 1, countsPadding: pick(0...1) == 0))]
        case 7:
            let shortcut: [Layer] = pick(0...1) == 0 ? [] : convolution(from: channels, to: channels, side: 1)
            let body = convolution(from: channels, to: channels, side: 3)
            return [.residual(Residual(body: body, shortcut: shortcut)), .relu]
        case 8:
            let inner: Layer = .branches([convolution(from: channels, side: 1), convolution(from: channels, side: 3)])
            return [.branches([[], convolution(from: channels, side: 3), [inner], [.maxPool(MaxPool(size: 3, stride: 1, padding: 1))]])]
        default: return [.relu, .batchNormalisation(BatchNormalisation(name("bn"), channels: channels))]
        }
    }

    /// With a side: of that kernel, and the map keeps its extent.
    private mutating func convolution(from channels: Int, to outputs: Int? = nil, side: Int? = nil) -> [Layer] {
        let outputs = outputs ?? pick(1...45)
        let kernels: [Extent] = [1, 3, 3, 5, 5, 7, Extent(1, 7), Extent(3, 1)]
        let kernel = side.map { Extent($0, $0) } ?? kernels[pick(0...7)]
        let isFree = side == nil && pick(0...2) == 0
        if isFree, pick(0...2) == 0 { return depthwise(channels, kernel) }
        let groups = isFree && channels % 2 == 0 && pick(0...1) == 0 ? 2 : 1
        let layer = Convolution(
            name("conv"), from: channels, to: outputs * groups, kernel: kernel, stride: isFree ? Extent(pick(1...3), pick(1...3)) : 1,
            padding: Extent(kernel.height / 2, kernel.width / 2), dilation: isFree ? Extent(pick(1...2), pick(1...2)) : 1, groups: groups,
            bias: pick(0...1) == 0)
        var layers: [Layer] = [.convolution(layer)]
        if pick(0...1) == 0 { layers.append(.batchNormalisation(BatchNormalisation(name("bn"), channels: outputs * groups))) }
        if side == nil && pick(0...2) > 0 { layers.append(.relu) }
        return layers
    }

    private mutating func depthwise(_ channels: Int, _ kernel: Extent) -> [Layer] {
        let layer = Convolution(
            name("conv"), from: channels, to: channels, kernel: kernel, stride: Extent(pick(1...3), pick(1...2)),
            padding: Extent(kernel.height / 2, pick(0...kernel.width)), dilation: pick(1...2) == 1 ? 1 : 2, groups: channels, bias: pick(0...1) == 0)
        let normalisation: [Layer] = pick(0...1) == 0 ? [.batchNormalisation(BatchNormalisation(name("bn"), channels: channels))] : []
        return [.convolution(layer)] + normalisation + (pick(0...1) == 0 ? [.relu] : [])
    }

    private mutating func head(for shape: Shape) -> [Layer] {
        let (first, second): ([Layer], Int) =
            switch pick(0...3) {
            case 0: ([.meanMaxPool], 2 * shape[0])
            case 1: ([.adaptiveAveragePool(1), .flatten], shape[0])
            case 2: ([.localResponseNormalisation(LocalResponseNormalisation()), .flatten], shape.count)
            default: ([.flatten], shape.count)
            }
        let hidden = pick(1...70)
        return first + [
            .dense(Dense(name("fc"), from: second, to: hidden)), .relu, .dropout(Dropout(name("drop"), share: 0.5)),
            .dense(Dense(name("fc"), from: hidden, to: 3, isLast: true)), .softmax,
        ]
    }
}
