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
    /// How well, and what it was fitted to; nil where it is not calibrated.
    public let calibration: Calibration?
    /// What it changes that the network sees round a patch too; nil where nobody measured it, and each patch is seen alone.
    public let surroundings: Surroundings?
    /// Scores that leave a share of quiet scenes unflagged; nil where nobody measured them.
    public let thresholds: [Threshold]?
    /// What looks at doubtful patches besides the network itself; nil where there is nothing.
    public let secondLook: SecondLook?

    public init(
        name: String, architecture: String, sha256: String, layers: [String], input: Input = Input(),
        classes: [String] = ["background", "deformation"],
        training: Training, metrics: [Metric], knownFailures: [String], calibration: Calibration?, surroundings: Surroundings? = nil,
        thresholds: [Threshold]? = nil, secondLook: SecondLook? = nil
    ) {
        self.name = name
        self.architecture = architecture
        self.sha256 = sha256
        self.layers = layers
        self.input = input
        self.classes = classes
        self.training = training
        self.metrics = metrics
        self.knownFailures = knownFailures
        calibrated = calibration != nil
        self.calibration = calibration
        self.surroundings = surroundings
        self.thresholds = thresholds
        self.secondLook = secondLook
    }

    /// Whether the same weights say the same with either card.
    public func judges(like other: ModelCard) -> Bool {
        (architecture, input, classes, secondLook) == (other.architecture, other.input, other.classes, other.secondLook)
            && surroundings?.scale == other.surroundings?.scale && surroundings?.shift == other.surroundings?.shift
            && surroundings?.pixels == other.surroundings?.pixels
    }

    /// What the network takes.
    public struct Input: Codable, Hashable, Sendable {
        public let channels: Int
        public let height: Int
        public let width: Int
        /// Cards of the first models have none: theirs is grey.
        public let encoding: InputEncoding
        /// What the levels are that are encoded.
        public let levels: String
        public let noData: Int

        public init(_ encoding: InputEncoding = .grey, side: Int = 224) {
            self.encoding = encoding
            (channels, height, width) = (encoding.channels, side, side)
            levels = "grey level 0..255 of the wrapped phase -pi..pi; a valid 128 becomes 129"
            noData = Int(GreyScale.noData)
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            channels = try container.decode(Int.self, forKey: .channels)
            height = try container.decode(Int.self, forKey: .height)
            width = try container.decode(Int.self, forKey: .width)
            encoding = try container.decodeIfPresent(InputEncoding.self, forKey: .encoding) ?? .grey
            levels = try container.decode(String.self, forKey: .levels)
            noData = try container.decode(Int.self, forKey: .noData)
            // Older cards say how their levels are scaled; all that this project made do it alike.
            for key in [CodingKeys.subtract, .divide] {
                guard let found = try container.decodeIfPresent(Double.self, forKey: key), found != 128 else { continue }
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container,
                    debugDescription: "levels are scaled as (level - 128) / 128 here, this card's \(key.rawValue) is \(found)")
            }
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(channels, forKey: .channels)
            try container.encode(height, forKey: .height)
            try container.encode(width, forKey: .width)
            try container.encode(encoding, forKey: .encoding)
            try container.encode(levels, forKey: .levels)
            try container.encode(noData, forKey: .noData)
        }

        enum CodingKeys: String, CodingKey {
            case channels, height, width, encoding, levels, subtract, divide
            case noData = "no_data"
        }
    }

    public struct Training: Codable, Hashable, Sendable {
        public let data: String
        /// What was done, in a sentence.
        public let recipe: String
        /// The recipe's file, word by word.
        public let recipeText: String?
        public let seed: UInt64?
        /// Patches by source and label, as they were trained on.
        public let counts: [Count]?
        /// The model it began with: NAME@checksum, or a file's name.
        public let startedFrom: String?
        /// The models whose judgement it learnt besides the labels: NAME@checksum; nil where there were none.
        public let teachers: [String]?
        /// How many judged crops its last layer was retrained on, from `startedFrom`; nil for a model that no verdict has taught.
        public let reviewedCrops: Int?

        public init(
            data: String, recipe: String, recipeText: String? = nil, seed: UInt64? = nil, counts: [Count]? = nil, startedFrom: String? = nil,
            teachers: [String]? = nil, reviewedCrops: Int? = nil
        ) {
            self.data = data
            self.recipe = recipe
            self.recipeText = recipeText
            self.seed = seed
            self.counts = counts
            self.startedFrom = startedFrom
            self.teachers = teachers
            self.reviewedCrops = reviewedCrops
        }

        enum CodingKeys: String, CodingKey {
            case data, recipe, seed, counts, teachers
            case recipeText = "recipe_text"
            case startedFrom = "started_from"
            case reviewedCrops = "reviewed_crops"
        }
    }

    public struct Count: Codable, Hashable, Sendable {
        public let source: String
        public let use: String
        public let deformation: Int
        public let background: Int

        public init(source: String, use: String, deformation: Int, background: Int) {
            self.source = source
            self.use = use
            self.deformation = deformation
            self.background = background
        }
    }

    /// The logistic function of the logits' difference that is part of the weights.
    public struct Calibration: Codable, Hashable, Sendable {
        public let scale: Double
        public let shift: Double
        /// The share of deformation that the probability holds for.
        public let prevalence: Double
        public let brierScore: Double
        public let expectedCalibrationError: Double
        public let on: String

        public init(scale: Double, shift: Double, prevalence: Double, brierScore: Double, expectedCalibrationError: Double, on: String) {
            self.scale = scale
            self.shift = shift
            self.prevalence = prevalence
            self.brierScore = brierScore
            self.expectedCalibrationError = expectedCalibrationError
            self.on = on
        }

        enum CodingKeys: String, CodingKey {
            case scale, shift, prevalence, on
            case brierScore = "brier_score"
            case expectedCalibrationError = "expected_calibration_error"
        }
    }

    /// The logistic function that brings back the log-odds of a patch in the middle of a picture, which the network sees together with what is
    /// round it, to those of a patch that it sees alone. For a patch at the picture's edge it is as much weaker as there are edges.
    public struct Surroundings: Codable, Hashable, Sendable {
        public let scale: Double
        public let shift: Double
        /// So many pixels beyond a patch's edge are enough.
        public let pixels: Int
        public let on: String

        public init(scale: Double, shift: Double, pixels: Int, on: String) {
            self.scale = scale
            self.shift = shift
            self.pixels = pixels
            self.on = on
        }

        /// Over how many of a patch's edges the picture goes on, 0 to 4; less than `pixels` count in part.
        ///
        /// Whether there is data makes no difference: with no data all round 1,957 patches had to be corrected by as much as with what was there
        /// (shift -2.0 and -1.9). It is the zeros beyond a map's edge that matter, in every layer but the first.
        func edges(y: Int, x: Int, side: Int, height: Int, width: Int) -> Double {
            [y, x, height - side - y, width - side - x].reduce(0) { $0 + min(1, Double($1) / Double(max(1, pixels))) }
        }

        func corrected(_ logOdds: Float, edges: Double) -> Float {
            Float(Double(logOdds) * (1 + (scale - 1) * edges / 4) + shift * edges / 4)
        }
    }

    public struct Threshold: Codable, Hashable, Sendable {
        /// The share of quiet patches at or below the score.
        public let quietShare: Double
        public let score: Double
        public let on: String

        public init(quietShare: Double, score: Double, on: String) {
            self.quietShare = quietShare
            self.score = score
            self.on = on
        }

        enum CodingKeys: String, CodingKey {
            case score, on
            case quietShare = "quiet_share"
        }
    }

    public struct Metric: Codable, Hashable, Sendable {
        public let name: String
        public let value: Double
        public let on: String

        public init(name: String, value: Double, on: String) {
            self.name = name
            self.value = value
            self.on = on
        }
    }

    enum CodingKeys: String, CodingKey {
        case name, architecture, sha256, layers, input, classes, training, metrics, calibrated, calibration, surroundings, thresholds
        case knownFailures = "known_failures"
        case secondLook = "second_look"
    }

    /// The card as a file: JSON, keys in order.
    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
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
