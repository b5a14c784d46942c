public import NeuralNetwork

/// The networks that a model card can name.
public enum Architecture: Hashable, Sendable {
    /// AlexNet's convolutions with a pooled head; 0.5 is half as many maps in each layer.
    case alexNetPooled(width: Double)
    case alexNet
    case alexNetOriginal
    case resNet50
    case inceptionV3
    case efficientNetLite0
    /// The same on half the resolution: it begins with means of 2 x 2 pixels, a quarter of the work.
    case efficientNetLite0Multilooked

    public static let alexNetHalfPooled = Architecture.alexNetPooled(width: 0.5)

    /// As the card and the recipe write it.
    public var name: String {
        switch self {
        case .alexNetPooled(let width): width == 0.5 ? "alexnet-half-pooled" : "\(Self.pooledPrefix)\(width)"
        case .alexNet: "alexnet"
        case .alexNetOriginal: "alexnet-original"
        case .resNet50: "resnet50"
        case .inceptionV3: "inception-v3"
        case .efficientNetLite0: "efficientnet-lite0"
        case .efficientNetLite0Multilooked: "efficientnet-lite0-2x2"
        }
    }

    private static let pooledPrefix = "alexnet-pooled-"

    /// What `init(name:)` knows; the pooled one at any width from 0.1 to 2.
    public static let knownNames = [
        "alexnet-half-pooled", "alexnet-pooled-WIDTH", "alexnet", "alexnet-original", "resnet50", "inception-v3", "efficientnet-lite0",
        "efficientnet-lite0-2x2",
    ]

    public init?(name: String) {
        switch name {
        case "alexnet-half-pooled": self = .alexNetHalfPooled
        case "alexnet": self = .alexNet
        case "alexnet-original": self = .alexNetOriginal
        case "resnet50": self = .resNet50
        case "inception-v3": self = .inceptionV3
        case "efficientnet-lite0": self = .efficientNetLite0
        case "efficientnet-lite0-2x2": self = .efficientNetLite0Multilooked
        default:
            guard name.hasPrefix(Self.pooledPrefix), let width = Double(name.dropFirst(Self.pooledPrefix.count)), (0.1...2).contains(width)
            else { return nil }
            self = .alexNetPooled(width: width)
        }
    }

    /// The network as it is trained, with its batch normalisations: patches of 224 x 224, two classes, probabilities.
    ///
    /// InceptionV3 takes 224 here, not its 299, so that all see the same patches.
    /// - Parameter channels: of the input, as its encoding has them.
    public func trained(channels: Int = 1) throws(ShapeError) -> Network {
        switch self {
        case .alexNetPooled(let width): try .alexNetPooled(width: width, batchNormalised: true, channels: channels)
        case .alexNet: try .alexNet(channels: channels)
        case .alexNetOriginal: try .alexNetOriginal(channels: channels)
        case .resNet50: try .resNet50(channels: channels)
        case .inceptionV3: try .inceptionV3(channels: channels, side: 224)
        case .efficientNetLite0: try .efficientNetLite0(channels: channels)
        case .efficientNetLite0Multilooked: try .efficientNetLite0(channels: channels, looks: 2)
        }
    }

    /// The same with batch normalisation folded into the convolutions, as models are stored.
    public func stored(channels: Int = 1) throws -> Network {
        let network = try trained(channels: channels)
        return try network.folded(network.initialParameters(seed: 0)).network
    }
}
