import Evaluation
import FoundationEssentials

/// What scikit-learn says; see Fixtures/make_metrics.py.
struct Reference: Decodable {
    let labels: [Int]
    let scores: [Double]
    let margins: [Double]
    let auc: Double
    let fpr: [Double]
    let tpr: [Double]
    let brier: Double
    let ece: Double
    let platt: [Double]
    let platt_at_5_percent: [Double]
    let features: [[Double]]
    let kinds: [Int]
    let decisions: [Double]

    static let made = Result {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/metrics.json")
        return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    }

    var cases: [ScoredCase] { zip(scores, labels).map { ScoredCase(score: $0, isPositive: $1 == 1) } }
    var marginCases: [ScoredCase] { zip(margins, labels).map { ScoredCase(score: $0, isPositive: $1 == 1) } }
}

/// Cases from scores of each class.
func cases(positive: [Double], negative: [Double]) -> [ScoredCase] {
    positive.map { ScoredCase(score: $0, isPositive: true) } + negative.map { ScoredCase(score: $0, isPositive: false) }
}
