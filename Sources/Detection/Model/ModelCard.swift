public import FoundationEssentials

/// What a weight file is, in a JSON file beside it: NAME.json for NAME.safetensors.
public struct ModelCard: Codable, Sendable {
    public let name: String
    /// Which network the weights belong to; `CNNModel` lists those it knows.
    public let architecture: String
    /// 64 hex digits over the weight file.
    public let sha256: String
    /// The layers in words, for readers.
    public let layers: [String]
    public let input: Input
    /// In the order of the network's outputs.
    public let classes: [String]
    public let training: Training
    public let metrics: [Metric]
    /// What the model is known to get wrong.
    public let knownFailures: [String]
    /// Whether a score of 0.8 means "right in 8 of 10 cases".
    public let calibrated: Bool

    /// How grey levels become the network's input: (level - subtract) / divide, no data as its own level.
    public struct Input: Codable, Hashable, Sendable {
        public let channels: Int
        public let height: Int
        public let width: Int
        public let levels: String
        public let noData: Int
        public let subtract: Double
        public let divide: Double

        enum CodingKeys: String, CodingKey {
            case channels, height, width, levels, subtract, divide
            case noData = "no_data"
        }
    }

    public struct Training: Codable, Hashable, Sendable {
        public let data: String
        public let recipe: String
    }

    public struct Metric: Codable, Hashable, Sendable {
        public let name: String
        public let value: Double
        public let on: String
    }

    enum CodingKeys: String, CodingKey {
        case name, architecture, sha256, layers, input, classes, training, metrics, calibrated
        case knownFailures = "known_failures"
    }

    /// The card that belongs to a weight file: the same path with the extension json.
    public static func location(besideWeights weights: URL) -> URL {
        weights.deletingPathExtension().appendingPathExtension("json")
    }

    /// - Throws: `ModelError.noCard`, `.unreadableCard`.
    public init(besideWeights weights: URL) throws(ModelError) {
        let location = Self.location(besideWeights: weights)
        guard FileManager.default.fileExists(atPath: location.path) else {
            throw .noCard(weights: weights.path, expected: location.path)
        }
        do {
            self = try JSONDecoder().decode(ModelCard.self, from: Data(contentsOf: location))
        } catch {
            throw .unreadableCard(path: location.path, reason: String(describing: error))
        }
    }
}
