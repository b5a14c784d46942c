import Configuration
import Detection
import Domain
import FoundationEssentials
import Volcanoes

/// Everything that is made from one reading of the configuration. A reload makes a new one and replaces the old one as a whole, or leaves it.
struct Runtime: Sendable {
    let settings: Settings
    let volcanoes: VolcanoList
    let frames: FrameList
    let catalogues: CatalogueSet
    let detector: VolcanoDetector
    let outbox: Outbox

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
        detector = try Self.makeDetector(settings.detection, installation: installation)
        outbox = try Outbox(settings, installation: installation)
    }

    static func makeDetector(_ settings: DetectionLimits, installation: Installation) throws -> VolcanoDetector {
        let model = try CNNModel.load(weights: settings.model ?? installation.defaultModel)
        var detection = DetectionSettings()
        detection.leastValidShare = settings.minimumValidShare
        detection.leastMeanCoherence = settings.minimumCoherence
        return VolcanoDetector(model: model, settings: detection, threads: settings.threads)
    }

    var receiverNames: [ReceiverName] { settings.receivers.map(\.name) }
}

extension Installation {
    /// The weights that come with the program.
    var defaultModel: URL { models.appendingPathComponent("starter.safetensors") }
}
