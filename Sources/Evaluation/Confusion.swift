/// How decisions at one threshold fall.
public struct Confusion: Hashable, Sendable, Codable {
    public let truePositives: Int
    public let falsePositives: Int
    public let trueNegatives: Int
    public let falseNegatives: Int

    public init(truePositives: Int, falsePositives: Int, trueNegatives: Int, falseNegatives: Int) {
        self.truePositives = truePositives
        self.falsePositives = falsePositives
        self.trueNegatives = trueNegatives
        self.falseNegatives = falseNegatives
    }

    /// - Parameter threshold: a score above it, not at it, is called deformation.
    public init(_ cases: some Sequence<ScoredCase>, above threshold: Double) {
        var counts = (tp: 0, fp: 0, tn: 0, fn: 0)
        for one in cases {
            switch (one.isPositive, one.score > threshold) {
            case (true, true): counts.tp += 1
            case (true, false): counts.fn += 1
            case (false, true): counts.fp += 1
            case (false, false): counts.tn += 1
            }
        }
        self.init(truePositives: counts.tp, falsePositives: counts.fp, trueNegatives: counts.tn, falseNegatives: counts.fn)
    }

    public var positives: Int { truePositives + falseNegatives }
    public var negatives: Int { trueNegatives + falsePositives }

    /// The share of right decisions; nil without cases.
    public var accuracy: Double? { Self.share(truePositives + trueNegatives, of: positives + negatives) }
    /// The share of deformation that is found (sensitivity); nil where there is none.
    public var truePositiveRate: Double? { Self.share(truePositives, of: positives) }
    /// The share of background that is left alone (specificity); nil where there is none.
    public var trueNegativeRate: Double? { Self.share(trueNegatives, of: negatives) }
    /// The share of flags that are right among these cases; nil without flags.
    public var precision: Double? { Self.share(truePositives, of: truePositives + falsePositives) }

    /// The share of flags that would be right (PPV) if deformation were as rare as `prevalence`, by Bayes' rule from both rates; nil
    /// where one of them is missing or nothing would be flagged.
    public func positivePredictiveValue(atPrevalence prevalence: Double) -> Double? {
        guard let sensitivity = truePositiveRate, let specificity = trueNegativeRate else { return nil }
        let (right, wrong) = (sensitivity * prevalence, (1 - specificity) * (1 - prevalence))
        return right + wrong > 0 ? right / (right + wrong) : nil
    }

    private static func share(_ part: Int, of whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }
}
