public import Domain
public import FoundationEssentials

/// The values that the console answers with, as JSON (snake case, ISO 8601 times). They are an interface: fields are added, never renamed.

/// What the daemon does and how it is.
public struct StatusReport: Codable, Sendable {
    public enum Health: String, Codable, Sendable { case ok, degraded }

    public struct Catalogue: Codable, Sendable {
        public var name: String
        public var frames: Int
        public var degradedFrames: Int
        public var lastSuccess: Date?
        public var lastError: String?

        public init(name: String, frames: Int, degradedFrames: Int, lastSuccess: Date?, lastError: String?) {
            self.name = name
            self.frames = frames
            self.degradedFrames = degradedFrames
            self.lastSuccess = lastSuccess
            self.lastError = lastError
        }
    }

    public var health: Health
    /// Why it is degraded, in words; empty when it is not.
    public var problems: [String]
    public var version: String
    public var started: Date
    public var now: Date
    public var model: String
    public var watchedVolcanoes: Int
    public var priorityVolcanoes: Int
    public var watchedFrames: Int
    public var catalogues: [Catalogue]
    /// Interferograms known but not finished.
    public var waiting: Int
    /// Of these, the ones that failed at least once and are tried again.
    public var retrying: Int
    /// How many interferograms ended how, by the names of `Outcome.Kind`.
    public var outcomes: [String: Int]
    /// How many deliveries are in which state, by the names of `Delivery.State.Kind`.
    public var deliveries: [String: Int]
    public var openEpisodes: Int
    public var newestAcquisition: AcquisitionDate?
    /// Days from the newest acquisition to now: no news is not "no deformation".
    public var newestAcquisitionAgeDays: Int?
    public var lastAlert: Date?

    public init(
        health: Health, problems: [String], version: String, started: Date, now: Date, model: String, watchedVolcanoes: Int,
        priorityVolcanoes: Int, watchedFrames: Int, catalogues: [Catalogue], waiting: Int, retrying: Int, outcomes: [String: Int],
        deliveries: [String: Int], openEpisodes: Int, newestAcquisition: AcquisitionDate?, newestAcquisitionAgeDays: Int?,
        lastAlert: Date?
    ) {
        self.health = health
        self.problems = problems
        self.version = version
        self.started = started
        self.now = now
        self.model = model
        self.watchedVolcanoes = watchedVolcanoes
        self.priorityVolcanoes = priorityVolcanoes
        self.watchedFrames = watchedFrames
        self.catalogues = catalogues
        self.waiting = waiting
        self.retrying = retrying
        self.outcomes = outcomes
        self.deliveries = deliveries
        self.openEpisodes = openEpisodes
        self.newestAcquisition = newestAcquisition
        self.newestAcquisitionAgeDays = newestAcquisitionAgeDays
        self.lastAlert = lastAlert
    }
}

/// Everything that is known of one interferogram: where it came from, what was seen, what was decided and why, what was sent.
public struct ExplanationReport: Codable, Sendable {
    public struct Step: Codable, Sendable {
        public var volcano: VolcanoNumber
        public var volcanoName: String
        public var result: Assessment.Result
        public var model: String
        public var reason: DecisionReason?
        public var explanation: String?
        public var alert: AlertID?

        public init(
            volcano: VolcanoNumber, volcanoName: String, result: Assessment.Result, model: String, reason: DecisionReason?,
            explanation: String?, alert: AlertID?
        ) {
            self.volcano = volcano
            self.volcanoName = volcanoName
            self.result = result
            self.model = model
            self.reason = reason
            self.explanation = explanation
            self.alert = alert
        }
    }

    public var interferogram: InterferogramID
    /// 1 for the first published version, 2 for the first reprocessed one, and so on.
    public var versionNumber: Int
    public var catalogue: String
    public var source: String
    public var seen: Date
    /// Nil while it is waiting.
    public var outcome: String?
    public var outcomeReason: String?
    public var attempts: Int
    public var lastError: String?
    /// Seconds that each stage took: resolve, fetch, read, classify.
    public var timings: [String: Double]
    public var steps: [Step]
    public var deliveries: [Delivery]
    /// What experts said of it, oldest first; the last one on each volcano counts. Nil from a daemon that knows no verdicts.
    public var verdicts: [ReviewVerdict]?

    public init(
        interferogram: InterferogramID, versionNumber: Int, catalogue: String, source: String, seen: Date, outcome: String?,
        outcomeReason: String?, attempts: Int, lastError: String?, timings: [String: Double], steps: [Step], deliveries: [Delivery],
        verdicts: [ReviewVerdict]? = nil
    ) {
        self.interferogram = interferogram
        self.versionNumber = versionNumber
        self.catalogue = catalogue
        self.source = source
        self.seen = seen
        self.outcome = outcome
        self.outcomeReason = outcomeReason
        self.attempts = attempts
        self.lastError = lastError
        self.timings = timings
        self.steps = steps
        self.deliveries = deliveries
        self.verdicts = verdicts
    }
}

/// Which alerts to list; nil fields do not restrict.
public struct AlertQuery: Codable, Sendable {
    public var volcano: VolcanoNumber?
    public var limit: Int

    public init(volcano: VolcanoNumber? = nil, limit: Int = 50) {
        self.volcano = volcano
        self.limit = limit
    }
}

/// What came of a request that changes something.
public struct ActionReport: Codable, Sendable {
    public var done: String
    public var deliveries: [String]

    public init(done: String, deliveries: [String]) {
        self.done = done
        self.deliveries = deliveries
    }
}

/// Why a request was refused.
public struct ErrorReport: Codable, Sendable {
    public var error: String
    public init(error: String) { self.error = error }
}

/// One JSON dialect for server and client.
public enum ConsoleJSON {
    public static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return encoder
    }

    public static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }
}
