/// What a classifier said of one case, and what it is.
public struct ScoredCase: Hashable, Sendable {
    /// Higher means deformation; a probability where calibration is measured.
    public let score: Double
    public let isPositive: Bool

    public init(score: Double, isPositive: Bool) {
        self.score = score
        self.isPositive = isPositive
    }
}

/// Why no figure can be given.
public enum EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    case oneClassOnly(positives: Int, negatives: Int)
    case notFinite(index: Int)
    case noConvergence(String)
    case notIncreasing
    case supportVectorMachine(String)

    public var description: String {
        switch self {
        case .oneClassOnly(let positives, let negatives):
            "\(positives) cases with deformation and \(negatives) without: at least one of each is needed to tell how well they are told apart"
        case .notFinite(let index): "the score of case \(index) is not a finite number: the model is damaged or its training diverged"
        case .noConvergence(let what): "\(what) found no end: the scores may separate the classes without overlap, or hold huge values"
        case .notIncreasing: "higher scores do not mean more deformation: scores that tell nothing cannot be calibrated"
        case .supportVectorMachine(let reason): "libsvm refuses: \(reason)"
        }
    }
}
