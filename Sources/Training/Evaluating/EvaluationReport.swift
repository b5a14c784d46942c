public import Evaluation

/// What a model is worth on labelled patches.
public struct EvaluationReport: Codable, Sendable {
    public let model: String
    public let data: [String]
    /// A score above it is called deformation.
    public let threshold: Double
    /// The share of deformation that the PPV is given for.
    public let prevalence: Double
    public let overall: Figures
    public let reliability: [Reliability.Bin]
    public let brierScore: Double
    public let expectedCalibrationError: Double
    public let sensitivities: [Sensitivity]
    public let tables: [Breakdown]

    public struct Figures: Codable, Hashable, Sendable {
        public let positives: Int
        public let negatives: Int
        public let accuracy: Double?
        public let truePositiveRate: Double?
        public let trueNegativeRate: Double?
        public let auc: Double?
        /// At the report's prevalence.
        public let positivePredictiveValue: Double?
    }

    /// The TPR at a TNR, and the score it needs.
    public struct Sensitivity: Codable, Hashable, Sendable {
        public let trueNegativeRate: Double
        public let truePositiveRate: Double
        public let threshold: Double
    }

    /// The figures of parts of the data.
    public struct Breakdown: Codable, Sendable {
        public let title: String
        /// What the AUC of a row with one class compares it with.
        public let note: String
        public let rows: [Row]
    }

    public struct Row: Codable, Sendable {
        public let name: String
        public let figures: Figures
    }

    /// - Parameters:
    ///   - probabilities: one for each patch.
    /// - Throws: `EvaluationError` where one class is missing.
    public init(
        model: String, data: [String], patches: [LabelledPatch], probabilities: [Double], threshold: Double = 0.5, prevalence: Double = 0.003
    ) throws(EvaluationError) {
        let cases = zip(patches, probabilities).map { ScoredCase(score: $1, isPositive: $0.label == .deformation) }
        let curve = try ROCCurve(cases), reliability = try Reliability(cases)
        self.model = model
        self.data = data
        self.threshold = threshold
        self.prevalence = prevalence
        overall = Figures(cases, auc: curve.area, threshold, prevalence)
        self.reliability = reliability.bins
        brierScore = reliability.brierScore
        expectedCalibrationError = reliability.expectedCalibrationError
        sensitivities = [0.9, 0.95, 0.98, 0.99, 0.999].map { rate in
            let point = curve.best(atTrueNegativeRate: rate)
            return Sensitivity(
                trueNegativeRate: rate, truePositiveRate: point.truePositiveRate, threshold: min(point.threshold, 1))
        }
        tables = Breakdowns(patches: patches, cases: cases, threshold: threshold, prevalence: prevalence).tables
    }
}

extension EvaluationReport.Figures {
    init(_ cases: [ScoredCase], auc: Double?, _ threshold: Double, _ prevalence: Double) {
        let confusion = Confusion(cases, above: threshold)
        positives = confusion.positives
        negatives = confusion.negatives
        accuracy = confusion.accuracy
        truePositiveRate = confusion.truePositiveRate
        trueNegativeRate = confusion.trueNegativeRate
        self.auc = auc
        positivePredictiveValue = confusion.positivePredictiveValue(atPrevalence: prevalence)
    }
}

/// The tables by volcano, kind, fringes and signal-to-noise.
private struct Breakdowns {
    let patches: [LabelledPatch]
    let cases: [ScoredCase]
    let threshold: Double
    let prevalence: Double

    var tables: [EvaluationReport.Breakdown] {
        let opposite = "AUC against all patches of the other class"
        let fringes = table("by fringes", opposite, isWithin: false) {
            $0.label == .deformation ? $0.fringes.map { Self.bin($0, [1, 1.5, 2, 4, 8]) } : nil
        }
        let noise = table("by signal-to-noise", opposite, isWithin: false) {
            $0.label == .deformation ? $0.signalToNoise.map { Self.bin($0, [0.7, 1, 1.5, 2, 4]) } : nil
        }
        let kinds = table("by kind", opposite, isWithin: false) { ($0.label == .deformation ? "deformation: " : "background: ") + $0.kind }
        let groups = table("by group", "AUC within the group", isWithin: true) { $0.group }
        // Each synthetic scene is a group: a table of thousands says nothing.
        return [kinds, fringes, noise, groups].filter { $0.rows.count > 1 && $0.rows.count <= 400 }
    }

    private func table(
        _ title: String, _ note: String, isWithin: Bool, _ name: (LabelledPatch) -> String?
    ) -> EvaluationReport.Breakdown {
        var members: [String: [Int]] = [:]
        for (index, patch) in patches.enumerated() { if let name = name(patch) { members[name, default: []].append(index) } }
        let rows = members.sorted { $0.key < $1.key }.map { name, indices in
            let own = indices.map { cases[$0] }
            let compared: [ScoredCase]
            if isWithin || Set(own.map(\.isPositive)).count > 1 {
                compared = own
            } else {
                compared = own + cases.filter { $0.isPositive != own[0].isPositive }
            }
            // Without both classes there is no AUC to give.
            let area = try? ROCCurve(compared).area
            return EvaluationReport.Row(name: name, figures: EvaluationReport.Figures(own, auc: area, threshold, prevalence))
        }
        return EvaluationReport.Breakdown(title: title, note: note, rows: rows)
    }

    /// "2 to 4": the bounds round a value, with a digit in front so that names sort.
    static func bin(_ value: Double, _ bounds: [Double]) -> String {
        func plain(_ value: Double) -> String { value == value.rounded() ? String(Int(value)) : String(value) }
        let index = bounds.firstIndex { value < $0 } ?? bounds.count
        if index == 0 { return "0: below \(plain(bounds[0]))" }
        return index == bounds.count
            ? "\(index): \(plain(bounds[index - 1])) and more" : "\(index): \(plain(bounds[index - 1])) to \(plain(bounds[index]))"
    }
}
