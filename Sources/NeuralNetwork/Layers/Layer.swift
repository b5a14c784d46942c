/// One step of a network: what it does and how large it is. Its weights are elsewhere, in `Parameters`, under its name.
///
/// A network is a tree of these: most are leaves; `sequence`, `residual` and `branches` hold others.
public indirect enum Layer: Hashable, Sendable {
    case convolution(Convolution)
    case batchNormalisation(BatchNormalisation)
    case localResponseNormalisation(LocalResponseNormalisation)
    /// Negative values become 0.
    case relu
    case maxPool(MaxPool)
    case averagePool(AveragePool)
    /// Averages over as many windows as give an output of this extent, as PyTorch's AdaptiveAvgPool2d cuts them.
    case adaptiveAveragePool(Extent)
    /// The mean and the maximum of each whole map, concatenated, means first: (channels, h, w) to (2 x channels).
    ///
    /// A head for few weights: where in the patch a feature lies no longer matters, only how much of it there is and how strong it gets.
    case meanMaxPool
    /// The middle of each map, of this extent: what a window in its surroundings has for itself. Where it cannot lie evenly, nearer to the upper left.
    case middle(Extent)
    /// (channels, h, w) to (channels x h x w).
    case flatten
    case dense(Dense)
    case dropout(Dropout)
    /// Each row of classes becomes probabilities that add up to 1. Left out in training, where the loss takes logits.
    case softmax
    /// Layers each fed with the one before.
    case sequence([Layer])
    case residual(Residual)
    /// Every branch is fed with the same input; their outputs are concatenated on the channels, in order.
    case branches([[Layer]])
}

/// What goes through `body`, plus what goes round it.
public struct Residual: Hashable, Sendable {
    public let body: [Layer]
    /// Brings the input to the body's output shape; empty where it has that shape.
    public let shortcut: [Layer]

    public init(body: [Layer], shortcut: [Layer] = []) {
        self.body = body
        self.shortcut = shortcut
    }
}

/// A share of the values becomes 0 in training, the others grow by 1 / (1 - share); nothing happens at inference.
public struct Dropout: Hashable, Sendable {
    /// Which stream of random numbers it draws from; not in weight files.
    public let name: String
    public let share: Float

    public init(_ name: String, share: Float) {
        precondition(share >= 0 && share < 1, "a share of values is dropped, never all of them")
        self.name = name
        self.share = share
    }
}

/// Pixels along y and x: a kernel, a stride, a padding.
public struct Extent: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    public let height: Int
    public let width: Int

    public init(_ height: Int, _ width: Int) {
        precondition(height >= 0 && width >= 0, "an extent is not negative")
        self.height = height
        self.width = width
    }

    /// The same along both.
    public init(integerLiteral side: Int) { self.init(side, side) }

    public var count: Int { height * width }
    public var description: String { "\(height) x \(width)" }
}

extension Layer {
    /// The layers directly below this one, in the order of their weights; none for a leaf.
    public var children: [Layer] {
        switch self {
        case .sequence(let layers): layers
        case .residual(let residual): residual.body + residual.shortcut
        case .branches(let branches): branches.flatMap(\.self)
        default: []
        }
    }

    /// Itself for a leaf, all leaves below it otherwise.
    public var leaves: [Layer] {
        switch self {
        case .sequence, .residual, .branches: children.flatMap(\.leaves)
        default: [self]
        }
    }

    /// As in the weight file ("conv1"), or what it does where it has no weights ("relu").
    public var name: String {
        switch self {
        case .convolution(let layer): layer.name
        case .batchNormalisation(let layer): layer.name
        case .dense(let layer): layer.name
        case .dropout(let layer): layer.name
        case .localResponseNormalisation: "local response normalisation"
        case .relu: "relu"
        case .maxPool: "max pool"
        case .averagePool, .adaptiveAveragePool: "average pool"
        case .meanMaxPool: "mean and max pool"
        case .middle: "middle"
        case .flatten: "flatten"
        case .softmax: "softmax"
        case .sequence: "sequence"
        case .residual: "residual"
        case .branches: "branches"
        }
    }

    /// For people: "convolution 11 x 11, stride 4, padding 2, 1 to 32 channels".
    public var summary: String {
        switch self {
        case .convolution(let layer): layer.summary
        case .batchNormalisation(let layer): "batch normalisation, \(layer.channels) channels"
        case .localResponseNormalisation(let layer): "local response normalisation over \(layer.size) channels"
        case .relu: "relu"
        case .maxPool(let pool): "max pool \(pool.window.summary)"
        case .averagePool(let pool): "average pool \(pool.window.summary)"
        case .adaptiveAveragePool(let extent): "average pool to \(extent)"
        case .meanMaxPool: "mean and maximum of each map, means first"
        case .middle(let extent): "the middle \(extent) of each map"
        case .flatten: "flatten"
        case .dense(let layer): "dense, \(layer.inputFeatures) to \(layer.outputFeatures) features"
        case .dropout(let layer): "dropout of \(layer.share)"
        case .softmax: "softmax"
        case .sequence(let layers): "sequence of \(layers.count)"
        case .residual(let residual): residual.shortcut.isEmpty ? "body plus input" : "body plus projected input"
        case .branches(let branches): "\(branches.count) branches, concatenated"
        }
    }
}
