public import Detection
public import Evaluation
public import NeuralNetwork

/// Measures what a network's log-odds become where it sees patches together with what is round them.
public enum SurroundingsFit {
    /// What patches of 320 pixels leave on each side. AlexNet's last convolution reaches 66 pixels beyond a patch, its outermost ones with little weight.
    static let pixels = 48
    /// With fewer patches of a class the fit would be worth less than what it is for.
    static let leastOfEachClass = 50

    /// Why it could not be measured.
    public enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
        case networkCannotSlide
        /// Of so many pixels each side.
        case tooFewPatches(deformation: Int, background: Int, side: Int)
        case evaluation(EvaluationError)

        public var description: String {
            switch self {
            case .networkCannotSlide: "its convolutions lie in branches, or do not move over a picture evenly"
            case .tooFewPatches(let deformation, let background, let side):
                "\(SurroundingsFit.leastOfEachClass) validation patches of each class with \(side) pixels or more are needed to measure what surroundings "
                    + "change; there are \(deformation) with deformation and \(background) without"
            case .evaluation(let error): "\(error)"
            }
        }
    }

    /// Fits logistic functions to the same patches seen alone and in their surroundings: what leads from the second to the first.
    ///
    /// - Parameters:
    ///   - network: gives logits.
    ///   - name: what the card calls the patches, which were not trained on.
    /// - Throws: `Problem`; `WeightFileError` where the parameters are not those of the network.
    public static func surroundings(
        of network: Network, _ parameters: Parameters, patches: [LabelledPatch], name: String, threads: Int
    ) throws -> ModelCard.Surroundings {
        guard let sliding = try SlidingNetwork(network, parameters) else { throw Problem.networkCannotSlide }
        let pixels = pixels / sliding.step * sliding.step
        guard pixels > 0 else { throw Problem.networkCannotSlide }
        let side = network.input[1] + 2 * pixels
        let wide = patches.filter { $0.side >= side }
        let positives = wide.count { $0.label == .deformation }
        guard min(positives, wide.count - positives) >= leastOfEachClass else {
            throw Problem.tooFewPatches(deformation: positives, background: wide.count - positives, side: side)
        }
        let alone = try Scoring.margins(of: wide, CompiledNetwork(network, parameters), threads: threads)
        let together = try Scoring.margins(of: wide, sliding, surroundings: pixels, threads: threads)
        func fit(_ margins: [Double]) throws(Problem) -> LogisticCalibration {
            let cases = zip(wide, margins).map { ScoredCase(score: $1, isPositive: $0.label == .deformation) }
            do throws(EvaluationError) { return try LogisticCalibration(fitting: cases) } catch { throw .evaluation(error) }
        }
        let change = try fit(together).relative(to: fit(alone))
        return ModelCard.Surroundings(
            scale: change.scale, shift: change.shift, pixels: pixels,
            on: "\(wide.count) patches of \(name), \(positives) with deformation")
    }
}
