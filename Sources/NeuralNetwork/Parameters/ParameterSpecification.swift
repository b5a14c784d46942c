/// One tensor that a network needs: what it is called, how large it is, what it starts as.
public struct ParameterSpecification: Hashable, Sendable {
    /// As torchvision names it: "layer1.0.conv1.weight".
    public let name: String
    public let shape: Shape
    public let role: Role
    public let initialiser: Initialiser

    public enum Role: Hashable, Sendable {
        /// Weights of a convolution or dense layer.
        case weight
        /// A bias, or a normalisation's scale or shift.
        case offsetOrScale
        /// A running mean, which training updates without a gradient.
        case runningMean
        /// A running variance, never negative.
        case runningVariance
    }

    /// Whether a gradient changes it.
    public var isTrainable: Bool { role == .weight || role == .offsetOrScale }
}

/// What a tensor holds before training. Uniform numbers only: their arithmetic is exact on every machine.
public enum Initialiser: Hashable, Sendable {
    /// Uniform of variance 2 / fan-in, for layers before a ReLU (He et al. 2015).
    case he(fanIn: Int)
    /// Uniform of variance 1 / (3 fan-in), for the last layer, as PyTorch's linear layers start.
    case small(fanIn: Int)
    case constant(Float)

    /// - Parameter name: gives each tensor its own numbers, so that a network's other layers do not change them.
    func values(count: Int, seed: UInt64, name: String) -> [Float] {
        switch self {
        case .he(let fanIn): Self.uniform((6 / Float(fanIn)).squareRoot(), count, CountedRandom(seed: seed, stream: name))
        case .small(let fanIn): Self.uniform((1 / Float(fanIn)).squareRoot(), count, CountedRandom(seed: seed, stream: name))
        case .constant(let value): Array(repeating: value, count: count)
        }
    }

    private static func uniform(_ bound: Float, _ count: Int, _ random: CountedRandom) -> [Float] {
        (0..<count).map { (2 * random.uniform($0) - 1) * bound }
    }
}

/// Random numbers that are looked up by their index: any thread can take any of them, in any order.
struct CountedRandom: Sendable {
    private let start: UInt64

    /// - Parameter stream: what the numbers are for.
    init(seed: UInt64, stream: String) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a, 64 bits
        for byte in stream.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        start = Self.mix(seed ^ hash)
    }

    /// Uniform in [0, 1), with 24 random bits.
    func uniform(_ index: Int) -> Float {
        Float(Self.mix(start &+ UInt64(truncatingIfNeeded: index) &* 0x9e37_79b9_7f4a_7c15) >> 40) * 0x1p-24
    }

    /// SplitMix64's finaliser (Steele, Lea and Flood 2014, doi 10.1145/2660193.2660195).
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

extension Layer {
    /// What this leaf needs, in torchvision's order; nothing for a layer without weights.
    var ownSpecifications: [ParameterSpecification] {
        func parameter(
            _ layer: String, _ part: String, _ shape: Shape, _ role: ParameterSpecification.Role, _ initialiser: Initialiser
        ) -> ParameterSpecification {
            ParameterSpecification(name: "\(layer).\(part)", shape: shape, role: role, initialiser: initialiser)
        }
        switch self {
        case .convolution(let layer):
            let weight = parameter(layer.name, "weight", layer.weightShape, .weight, .he(fanIn: layer.weightShape.item.count))
            guard layer.hasBias else { return [weight] }
            return [weight, parameter(layer.name, "bias", [layer.outputChannels], .offsetOrScale, .constant(0))]
        case .dense(let layer):
            let initialiser: Initialiser = layer.isLast ? .small(fanIn: layer.inputFeatures) : .he(fanIn: layer.inputFeatures)
            return [
                parameter(layer.name, "weight", layer.weightShape, .weight, initialiser),
                parameter(layer.name, "bias", [layer.outputFeatures], .offsetOrScale, .constant(0)),
            ]
        case .batchNormalisation(let layer):
            return [
                parameter(layer.name, "weight", [layer.channels], .offsetOrScale, .constant(1)),
                parameter(layer.name, "bias", [layer.channels], .offsetOrScale, .constant(0)),
                parameter(layer.name, "running_mean", [layer.channels], .runningMean, .constant(0)),
                parameter(layer.name, "running_var", [layer.channels], .runningVariance, .constant(1)),
            ]
        default: return []
        }
    }
}
