public import Evaluation
public import FoundationEssentials
import MapPicture

/// Pictures of how good a model is.
public enum EvaluationPictures {
    /// ROC curves, one for each name.
    public static func curves(_ named: [(name: String, cases: [ScoredCase])]) throws -> Data {
        let diagonal = Chart.Series("no better than chance", [(0, 0), (1, 1)], style: .reference)
        let curves = try named.map { one in
            let curve = try ROCCurve(one.cases)
            return Chart.Series("\(one.name), AUC \(Self.digits(curve.area))", curve.points.map { ($0.falsePositiveRate, $0.truePositiveRate) })
        }
        let axes = (Chart.Axis("false positive rate", range: 0...1), Chart.Axis("true positive rate", range: 0...1))
        // The corner that matters: few false positives.
        let near = Chart.Axis("false positive rate (logarithmic)", range: 0.001...1, isLogarithmic: true)
        return try Chart.render([
            Chart("ROC", x: axes.0, y: axes.1, series: curves + [diagonal]), Chart("ROC, few false positives", x: near, y: axes.1, series: curves),
        ])
    }

    /// How often deformation is there where a probability is given.
    public static func reliability(_ named: [(name: String, cases: [ScoredCase])]) throws -> Data {
        let axes = (Chart.Axis("probability said", range: 0...1), Chart.Axis("share with deformation", range: 0...1))
        let lines = try named.map { one in
            Chart.Series(one.name, try Reliability(one.cases).bins.map { ($0.meanProbability, $0.observed) }, style: .lineAndDots)
        }
        return try Chart.render([
            Chart("Reliability", x: axes.0, y: axes.1, series: lines + [Chart.Series("perfect", [(0, 0), (1, 1)], style: .reference)])
        ])
    }

    /// The patches on which the model is most wrong: deformation with the lowest scores, background with the highest.
    public static func worst(_ patches: [LabelledPatch], _ probabilities: [Double], of label: PatchLabel, count: Int = 36) throws -> Data {
        let chosen = patches.indices.filter { patches[$0].label == label }.sorted {
            let (a, b) = (probabilities[$0], probabilities[$1])
            return a == b ? $0 < $1 : label == .deformation ? a < b : a > b
        }
        let tiles = chosen.prefix(count).map { index in
            let patch = patches[index], side = min(patch.side, 224)
            return ContactSheet.Tile(
                levels: patch.centre(side), side: side, caption: "\(digits(probabilities[index])) \(patch.kind), \(patch.group)")
        }
        let title = label == .deformation ? "Deformation with the lowest scores" : "Background with the highest scores"
        return try ContactSheet(title, tiles: tiles).render()
    }

    static func digits(_ value: Double) -> String {
        let thousandths = Int((value * 1000).rounded())
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - "\(thousandths % 1000)".count) + "\(thousandths % 1000)"
    }
}
