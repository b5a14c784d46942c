/// True against false positive rate as the threshold falls from above the highest score to below the lowest.
public struct ROCCurve: Hashable, Sendable {
    public struct Point: Hashable, Sendable {
        public let falsePositiveRate: Double
        public let truePositiveRate: Double
        /// Scores from this one on are called deformation; infinite at the curve's beginning.
        public let threshold: Double
    }

    /// From (0, 0) to (1, 1), one for each different score.
    public let points: [Point]
    /// The area under the curve: the probability that a case with deformation has a higher score than one without, ties counting half
    /// (Mann and Whitney 1947). Exact, from ranks.
    public let area: Double
    public let positives: Int
    public let negatives: Int

    /// - Throws: `EvaluationError` where one class is missing or a score is not finite.
    public init(_ cases: [ScoredCase]) throws(EvaluationError) {
        if let index = cases.firstIndex(where: { !$0.score.isFinite }) { throw .notFinite(index: index) }
        positives = cases.count { $0.isPositive }
        negatives = cases.count - positives
        guard positives > 0, negatives > 0 else { throw .oneClassOnly(positives: positives, negatives: negatives) }
        let ordered = cases.sorted { $0.score > $1.score }
        var points = [Point(falsePositiveRate: 0, truePositiveRate: 0, threshold: .infinity)]
        var (hits, alarms, start) = (0, 0, 0)
        // Twice the number of pairs in the right order, ties counting one.
        var pairs = 0
        while start < ordered.count {
            let score = ordered[start].score
            let end = ordered[start...].firstIndex { $0.score != score } ?? ordered.count
            let tiedHits = ordered[start..<end].count { $0.isPositive }
            let tiedAlarms = end - start - tiedHits
            pairs += tiedAlarms * (2 * hits + tiedHits)
            hits += tiedHits
            alarms += tiedAlarms
            points.append(
                Point(
                    falsePositiveRate: Double(alarms) / Double(negatives), truePositiveRate: Double(hits) / Double(positives), threshold: score))
            start = end
        }
        self.points = points
        area = Double(pairs) / (2 * Double(positives) * Double(negatives))
    }

    /// The most that can be found while at least this share of the background is left alone, and from which score on.
    public func best(atTrueNegativeRate rate: Double) -> Point {
        // A hair of slack, so that 1 - 0.98 of 100 cases is 2 and not 1.9999.
        points.last { $0.falsePositiveRate <= 1 - rate + 1e-12 } ?? points[0]
    }
}
