public import FoundationEssentials

/// The limits of detection that an operator may set; the rest is the method's.
public struct DetectionLimits: Sendable, Hashable {
    /// Nil: the model that comes with fringewatch.
    public var model: URL?
    /// Below this share of valid pixels a crop is "not assessable".
    public var minimumValidShare: Double
    /// Below this mean coherence a crop is "not assessable".
    public var minimumCoherence: Double
    public var threads: Int

    enum Keys {
        static let model = SettingKey(
            "detection.model", .path, defaultRule: "the model that comes with fringewatch", "Weights of the network (safetensors).")
        static let minimumValidShare = SettingKey<Double>(
            "detection.minimum_valid_share", .share(), default: "2 %", "A crop with less data than this is not assessable.")
        static let minimumCoherence = SettingKey<Double>(
            "detection.minimum_coherence", .share(), default: "0.1", "A crop with a lower mean coherence is not assessable.")
        static let threads = SettingKey<Int>("detection.threads", .whole(1...256), default: "2", "Threads for the network.")
        static let all = [model.description, minimumValidShare.description, minimumCoherence.description, threads.description]
    }

    init(_ reader: SectionReader) {
        model = reader.optional(Keys.model)
        minimumValidShare = reader.value(Keys.minimumValidShare)
        minimumCoherence = reader.value(Keys.minimumCoherence)
        threads = reader.value(Keys.threads)
        reader.finish()
    }
}
