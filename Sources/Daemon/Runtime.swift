public import Configuration
public import Detection
import Domain
public import FoundationEssentials
public import ModelStore
import Volcanoes

/// Everything that is made from one reading of the configuration. A reload makes a new one and replaces the old one as a whole, or leaves it.
struct Runtime: Sendable {
    let settings: Settings
    let volcanoes: VolcanoList
    let frames: FrameList
    let catalogues: CatalogueSet
    private(set) var detector: VolcanoDetector
    let outbox: Outbox
    /// Nil where the configuration names the model: then promotions have no effect.
    let store: ModelStore?
    /// Why another model judges than the one that was promoted; nil while it is that one.
    private(set) var modelProblem: String?

    /// Reads and checks everything: settings, secrets, model, templates.
    /// - Throws: `ConfigurationErrors`, or what is wrong with the model, a secret or a template.
    static func load(main: URL, environment: [String: String], installation: Installation) throws -> Runtime {
        let volcanoes = try VolcanoList.load(from: installation.volcanoes)
        let settings = try SettingsLoader.load(main: main, environment: environment, volcanoes: volcanoes)
        return try Runtime(settings, volcanoes: volcanoes, installation: installation)
    }

    init(_ settings: Settings, volcanoes: VolcanoList, installation: Installation) throws {
        self.settings = settings
        self.volcanoes = volcanoes
        frames = try FrameList.load(from: installation.frames)
        catalogues = try CatalogueSet(settings)
        if settings.detection.model == nil {
            let store = ModelStore(stateDirectory: settings.stateDirectory, installation: installation)
            let inForce = try store.loadInForce()
            detector = Self.detector(inForce.model, settings.detection)
            modelProblem = inForce.problem
            self.store = store
        } else {
            detector = try Self.makeDetector(settings.detection, installation: installation)
            store = nil
        }
        outbox = try Outbox(settings, installation: installation)
    }

    /// With the model that the configuration names, or else the shipped one; what was promoted is not looked at.
    static func makeDetector(_ settings: DetectionLimits, installation: Installation) throws -> VolcanoDetector {
        detector(try CNNModel.load(weights: settings.model ?? installation.defaultModel), settings)
    }

    private static func detector(_ model: CNNModel, _ settings: DetectionLimits) -> VolcanoDetector {
        VolcanoDetector(model: model, settings: DetectionSettings(settings), threads: settings.threads)
    }

    /// The same with another model.
    /// - Parameter problem: why it is not the one that was promoted, if it is not.
    func using(_ model: CNNModel, problem: String?) -> Runtime {
        var runtime = self
        runtime.detector = Self.detector(model, settings.detection)
        runtime.modelProblem = problem
        return runtime
    }

    var receiverNames: [ReceiverName] { settings.receivers.map(\.name) }
}

extension DetectionSettings {
    /// The method's own, with the limits of a configuration.
    public init(_ limits: DetectionLimits) {
        self.init()
        leastValidShare = limits.minimumValidShare
        leastMeanCoherence = limits.minimumCoherence
    }
}

extension Installation {
    /// The weights that come with the program.
    var defaultModel: URL { models.appendingPathComponent("default.safetensors") }
}

extension ModelStore {
    /// An installation's store: the folder `models` of its state directory.
    public init(stateDirectory: URL, installation: Installation) {
        self.init(folder: stateDirectory.appendingPathComponent("models", isDirectory: true), shipped: installation.defaultModel)
    }
}
