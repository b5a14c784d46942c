public import Detection
import Evaluation
public import NeuralNetwork

/// Measures what a network's log-odds become where it sees patches together with what is round them.
public enum SurroundingsFit {
    /// About as far as AlexNet's last convolution looks beyond its own place.
    static let pixels = 48
    /// With fewer patches of a class the fit would be worth less than what it is for.
    static let leastOfEachClass = 50

    /// Fits logistic functions to the same patches seen alone and in their surroundings: what leads from the second to the first.
    ///
    /// Nil where the network cannot slide, or too few patches come with `pixels` more on each side.
    /// - Parameters:
    ///   - network: gives logits.
    ///   - name: what the card calls the patches, which were not trained on.
    public static func surroundings(
        of network: Network, _ parameters: Parameters, patches: [LabelledPatch], name: String, threads: Int
    ) throws -> ModelCard.Surroundings? {
        guard let sliding = try SlidingNetwork(network, parameters) else { return nil }
        let pixels = pixels / sliding.step * sliding.step
        let wide = patches.filter { $0.side >= network.input[1] + 2 * pixels }
        let positives = wide.count { $0.label == .deformation }
        guard pixels > 0, min(positives, wide.count - positives) >= leastOfEachClass else { return nil }
        let alone = try Scoring.margins(of: wide, CompiledNetwork(network, parameters), threads: threads)
        let together = try Scoring.margins(of: wide, sliding, surroundings: pixels, threads: threads)
        func fit(_ margins: [Double]) throws(EvaluationError) -> LogisticCalibration {
            try LogisticCalibration(fitting: zip(wide, margins).map { ScoredCase(score: $1, isPositive: $0.label == .deformation) })
        }
        let (target, source) = (try fit(alone), try fit(together))
        return ModelCard.Surroundings(
            scale: source.scale / target.scale, shift: (source.shift - target.shift) / target.scale, pixels: pixels,
            on: "\(wide.count) patches of \(name), \(positives) with deformation")
    }
}
