#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whether a probability of 0.8 means "right in 8 of 10 cases".
public struct Reliability: Hashable, Sendable {
    /// Cases whose probabilities lie in one interval.
    public struct Bin: Hashable, Sendable, Codable {
        public let lower: Double
        public let upper: Double
        public let count: Int
        public let meanProbability: Double
        /// The share with deformation among them.
        public let observed: Double
    }

    /// Bins of equal width that hold cases.
    public let bins: [Bin]
    /// The mean squared difference between probability and outcome (Brier 1950): 0 is perfect, 0.25 is always saying 0.5.
    public let brierScore: Double
    /// The mean difference between said and observed, weighted by the bins' shares of the cases (Naeini et al. 2015).
    public let expectedCalibrationError: Double

    /// - Parameters:
    ///   - bins: how many intervals of equal width; 0 belongs to the first, 1 to the last.
    ///   - prevalence: the share of deformation that all figures are for, the classes weighted to it; nil for that of the cases.
    /// - Throws: `EvaluationError` without cases of both classes, or where a score is no probability.
    public init(_ cases: [ScoredCase], bins count: Int = 10, prevalence: Double? = nil) throws(EvaluationError) {
        if let index = cases.firstIndex(where: { !(0...1).contains($0.score) }) { throw .notFinite(index: index) }
        let positives = cases.count { $0.isPositive }
        guard positives > 0, positives < cases.count else {
            throw .oneClassOnly(positives: positives, negatives: cases.count - positives)
        }
        let share = prevalence ?? Double(positives) / Double(cases.count)
        let weights = (positive: share / Double(positives), negative: (1 - share) / Double(cases.count - positives))
        var sums = Array(repeating: (count: 0, weight: 0.0, probability: 0.0, positives: 0.0), count: count)
        var squares = 0.0
        for one in cases {
            let bin = min(count - 1, Int(one.score * Double(count)))
            let weight = one.isPositive ? weights.positive : weights.negative
            sums[bin].count += 1
            sums[bin].weight += weight
            sums[bin].probability += weight * one.score
            sums[bin].positives += one.isPositive ? weight : 0
            let difference = one.score - (one.isPositive ? 1 : 0)
            squares += weight * difference * difference
        }
        brierScore = squares
        bins = sums.enumerated().filter { $0.element.count > 0 }.map { index, sum in
            Bin(
                lower: Double(index) / Double(count), upper: Double(index + 1) / Double(count), count: sum.count,
                meanProbability: sum.probability / sum.weight, observed: sum.positives / sum.weight)
        }
        expectedCalibrationError = sums.reduce(0) { $0 + abs($1.probability - $1.positives) }
    }
}

/// A probability as a logistic function of the network's margin m, the difference of its two logits: 1 / (1 + exp(-(scale m + shift))).
///
/// Platt (1999), fitted by Newton's method as Lin, Lin and Weng (2007) do it, with their targets that keep the fit finite where the
/// classes do not overlap.
public struct LogisticCalibration: Hashable, Sendable, Codable {
    /// Greater than 1 sharpens, smaller softens: the inverse of a temperature.
    public let scale: Double
    public let shift: Double

    public init(scale: Double, shift: Double) {
        self.scale = scale
        self.shift = shift
    }

    public static let identity = LogisticCalibration(scale: 1, shift: 0)

    public func probability(margin: Double) -> Double {
        let z = scale * margin + shift
        return z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z))
    }

    /// What leads from the margins that this one belongs to to those of another one: there they mean the same.
    public func relative(to target: LogisticCalibration) -> LogisticCalibration {
        LogisticCalibration(scale: scale / target.scale, shift: (shift - target.shift) / target.scale)
    }

    /// - Parameters:
    ///   - cases: margins as scores.
    ///   - prevalence: the share of deformation that the probability is to hold for; nil for that of the cases.
    /// - Throws: `EvaluationError`, also where higher margins mean less deformation.
    public init(fitting cases: [ScoredCase], prevalence: Double? = nil) throws(EvaluationError) {
        if let index = cases.firstIndex(where: { !$0.score.isFinite }) { throw .notFinite(index: index) }
        let positives = Double(cases.count { $0.isPositive }), negatives = Double(cases.count) - positives
        guard positives > 0, negatives > 0 else { throw .oneClassOnly(positives: Int(positives), negatives: Int(negatives)) }
        let targets = (high: (positives + 1) / (positives + 2), low: 1 / (negatives + 2))
        let share = prevalence ?? positives / (positives + negatives)
        let weights = (high: share / positives, low: (1 - share) / negatives)
        let items = cases.map {
            Item(margin: $0.score, target: $0.isPositive ? targets.high : targets.low, weight: $0.isPositive ? weights.high : weights.low)
        }
        var fit = LogisticCalibration(scale: 0, shift: log(share / (1 - share)))
        var loss = fit.loss(items)
        for _ in 0..<200 {
            let (step, slope) = fit.newtonStep(items)
            var (length, next, nextLoss) = (1.0, fit, loss)
            repeat {
                next = LogisticCalibration(scale: fit.scale + length * step.scale, shift: fit.shift + length * step.shift)
                nextLoss = next.loss(items)
                length /= 2
            } while nextLoss > loss + 1e-4 * length * 2 * slope && length > 1e-12
            let gain = loss - nextLoss
            if nextLoss <= loss { (fit, loss) = (next, nextLoss) }
            if gain < 1e-14 {
                guard fit.scale.isFinite, fit.shift.isFinite else { break }
                guard fit.scale > 0 else { throw .notIncreasing }
                self = fit
                return
            }
        }
        throw .noConvergence("the calibration")
    }

    private struct Item {
        let margin: Double
        let target: Double
        let weight: Double
    }

    /// The weighted cross entropy.
    private func loss(_ items: [Item]) -> Double {
        items.reduce(0) { sum, item in
            let z = scale * item.margin + shift
            // log(1 + exp(z)) - target z, without overflow.
            return sum + item.weight * ((z > 0 ? z + log1p(exp(-z)) : log1p(exp(z))) - item.target * z)
        }
    }

    /// The direction, and how fast the loss falls along it (negative).
    private func newtonStep(_ items: [Item]) -> (step: (scale: Double, shift: Double), slope: Double) {
        var gradient = (scale: 0.0, shift: 0.0)
        var (a, b, c) = (1e-12, 0.0, 1e-12)
        for item in items {
            let p = probability(margin: item.margin)
            let difference = item.weight * (p - item.target), curvature = item.weight * p * (1 - p)
            gradient.scale += difference * item.margin
            gradient.shift += difference
            a += curvature * item.margin * item.margin
            b += curvature * item.margin
            c += curvature
        }
        let determinant = a * c - b * b
        let step = (
            scale: -(c * gradient.scale - b * gradient.shift) / determinant, shift: -(a * gradient.shift - b * gradient.scale) / determinant
        )
        return (step, step.scale * gradient.scale + step.shift * gradient.shift)
    }
}
