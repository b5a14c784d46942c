public import Domain
public import FoundationEssentials

/// A verdict on its way to the daemon.
public struct VerdictOrder: Codable, Sendable {
    /// The message that is judged; then frame, pair and volcano are known.
    public var alert: AlertID?
    public var interferogram: InterferogramID?
    public var volcano: VolcanoNumber?
    /// The middle of the crop, for a place that is no volcano of the list.
    public var place: GeoPoint?
    /// The name of a file that no catalogue listed.
    public var file: String?
    /// The crop as a GeoTIFF of wrapped phase; nil to use the one that the daemon kept.
    public var crop: Data?
    public var verdict: Verdict
    public var region: VerdictRegion?
    public var who: String
    public var why: String

    public init(
        alert: AlertID? = nil, interferogram: InterferogramID? = nil, volcano: VolcanoNumber? = nil, place: GeoPoint? = nil,
        file: String? = nil, crop: Data? = nil, verdict: Verdict, region: VerdictRegion? = nil, who: String, why: String = ""
    ) {
        self.alert = alert
        self.interferogram = interferogram
        self.volcano = volcano
        self.place = place
        self.file = file
        self.crop = crop
        self.verdict = verdict
        self.region = region
        self.who = who
        self.why = why
    }
}

/// What became of a verdict.
public struct VerdictReport: Codable, Sendable {
    public var verdict: ReviewVerdict
    /// Why no crop is kept for training; nil where one is.
    public var cropProblem: String?
    /// The message that withdraws the episode, where the verdict led to one.
    public var withdrawal: AlertID?

    public init(verdict: ReviewVerdict, cropProblem: String?, withdrawal: AlertID?) {
        self.verdict = verdict
        self.cropProblem = cropProblem
        self.withdrawal = withdrawal
    }
}

/// A flagged interferogram that nobody has judged yet.
public struct WaitingReport: Codable, Sendable {
    public var interferogram: InterferogramID
    public var volcano: VolcanoNumber
    public var volcanoName: String
    public var finding: Finding
    public var model: String
    public var alert: AlertID?

    public init(
        interferogram: InterferogramID, volcano: VolcanoNumber, volcanoName: String, finding: Finding, model: String, alert: AlertID?
    ) {
        self.interferogram = interferogram
        self.volcano = volcano
        self.volcanoName = volcanoName
        self.finding = finding
        self.model = model
        self.alert = alert
    }
}

/// Which of them to list, and in which order.
public struct WaitingQuery: Codable, Sendable {
    public enum Order: String, Codable, Sendable, CaseIterable { case newest, highest }
    public var order: Order
    public var limit: Int

    public init(order: Order = .newest, limit: Int = 50) {
        self.order = order
        self.limit = limit
    }
}

/// What the daemon made of a promotion or a rollback.
public struct ModelChangeReport: Codable, Sendable {
    public var promotion: Int
    public var kind: String
    public var from: String
    public var to: String
    public var who: String
    public var why: String
    public var ordered: Date
    public var at: Date
    /// `adopted`, `refused` or `overtaken`.
    public var result: String
    public var problem: String?

    public init(
        promotion: Int, kind: String, from: String, to: String, who: String, why: String, ordered: Date, at: Date, result: String,
        problem: String?
    ) {
        self.promotion = promotion
        self.kind = kind
        self.from = from
        self.to = to
        self.who = who
        self.why = why
        self.ordered = ordered
        self.at = at
        self.result = result
        self.problem = problem
    }
}
