public import Detection
public import FoundationEssentials
public import Synthesis

/// How a model is made: network, data, augmentation, schedule. The same recipe with the same data gives the same weights.
public struct Recipe: Sendable {
    /// The model's name, and that of its files.
    public var name = "model"
    public var seed: UInt64 = 1
    public var architecture = Architecture.alexNetHalfPooled
    public var input = InputEncoding.grey
    public var start = Start()
    public var data: [DataPart] = []
    public var validation = Validation()
    public var augmentation = Augmentation()
    public var balance = Balance()
    public var training = TrainingPlan()
    public var teachers = TeachersPlan()
    public var secondLook = SecondLookPlan()
    public var calibration = CalibrationPlan()
    /// Half the size; moves outputs by some 1e-3.
    public var isHalfPrecision = true
    public var checkpoint = CheckpointPlan()
    public var threads = 2
    /// The file as it was read, for the model card; empty for a recipe made in a program.
    public internal(set) var text = ""

    public init() {}

    /// What the network begins with.
    public struct Start: Hashable, Sendable {
        /// Weights with torchvision's names, of one or three input channels; the mean of several, random ones where there are none.
        public var weights: [URL] = []
        /// Prefixes of more parameters that begin anew, besides the last layer of weights for other classes.
        public var renewed: [String] = []
        /// How much of the weights begun with is in those that come out: what was learnt is added in part, so that less of what was known is
        /// lost (Wortsman et al. 2022, arXiv 2109.01903).
        public var kept = 0.0

        public init(weights: [URL] = [], renewed: [String] = [], kept: Double = 0) {
            (self.weights, self.renewed, self.kept) = (weights, renewed, kept)
        }
    }

    /// One source of patches.
    public struct DataPart: Sendable {
        public enum Source: Sendable {
            case synthetic(SyntheticScenes)
            case folder(URL)
            case verdicts(URL)
        }

        public var name: String
        public var source: Source
        /// Its share of each class in an epoch; nil: parts without one have what is left, by their counts.
        public var share: Double?

        public init(name: String, source: Source, share: Double? = nil) { (self.name, self.source, self.share) = (name, source, share) }
    }

    public struct Validation: Sendable {
        /// The share of the groups (volcanoes, scenes) set aside.
        public var share = 0.15
        /// More data, never trained on.
        public var data: [DataPart] = []

        public init(share: Double = 0.15, data: [DataPart] = []) { (self.share, self.data) = (share, data) }
    }

    public struct Balance: Hashable, Sendable {
        public enum Evenness: String, CaseIterable, Sendable { case patches, groups, kinds }

        /// The share of deformation in each epoch; nil: as the data have it.
        public var positives: Double? = 0.5
        /// What is drawn equally often within a class.
        public var evenly = Evenness.patches

        public init(positives: Double? = 0.5, evenly: Evenness = .patches) { (self.positives, self.evenly) = (positives, evenly) }
    }

    /// Models whose judgement is learnt besides the labels.
    public struct TeachersPlan: Hashable, Sendable {
        /// Weights with a card beside them; none: the labels alone are learnt.
        public var models: [URL] = []
        /// The teachers' share of what is learnt; the labels have the rest.
        public var share = 0.8
        /// What they say of a patch with twice the phase, beside what they say of it as it is, which counts 1; 0: they see it as it is.
        public var doubled = 0.0

        public init() {}
    }

    /// What looks at doubtful patches besides the network itself.
    public struct SecondLookPlan: Hashable, Sendable {
        /// Weights with a card beside them, which become part of the model; nil: none.
        public var model: URL?
        /// Where its look begins: see `ModelCard.SecondLook`.
        public var from = 0.1
    }

    public struct CalibrationPlan: Hashable, Sendable {
        public var isWanted = true
        /// The share of deformation that probabilities are to hold for; nil: that of the validation data.
        public var prevalence: Double?
        /// The validation data that calibrate, by name ("held" for the share set aside); nil: all of them.
        public var data: String?
    }

    public struct CheckpointPlan: Hashable, Sendable {
        /// Minutes between checkpoints; one is written after each epoch's validation too.
        public var minutes = 10.0
        /// Steps between checkpoints; 0: by time alone.
        public var steps = 0
    }
}

/// Scenes made by the program, and the patches cut from them.
public struct SyntheticScenes: Hashable, Sendable {
    public var patches = 20_000
    public var seed: UInt64 = 1
    /// Patches cut from a scene, at most: windows that are neither clearly deformation nor clearly none are left out.
    public var perScene = 2
    /// A folder of SRTM tiles; nil: invented terrain alone.
    public var terrain: URL?
    /// What the scenes show.
    public var recipe = SceneRecipe()
    /// When a window is called deformation.
    public var rule = LabelRule()

    public init() {}
}
