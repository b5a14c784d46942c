import Evaluation
public import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Logits of patches, and what follows from them.
public enum Scoring {
    /// The difference between the logits of deformation and background for each patch's middle.
    /// - Parameters:
    ///   - network: gives logits.
    ///   - progress: told how many are done.
    public static func margins(
        of patches: [LabelledPatch], _ network: CompiledNetwork, threads: Int, progress: (Int) -> Void = { _ in }
    ) throws -> [Double] {
        var margins: [Double] = []
        margins.reserveCapacity(patches.count)
        for start in stride(from: 0, to: patches.count, by: 32) {
            let some = patches[start..<min(start + 32, patches.count)]
            let logits = try network.forward(Preprocessing.batch(some, input: network.input), threads: threads).values
            margins += some.indices.map { Double(logits[2 * ($0 - start) + 1]) - Double(logits[2 * ($0 - start)]) }
            progress(margins.count)
        }
        return margins
    }

    /// The same for patches that the network sees together with so many pixels beyond each edge.
    /// - Parameter network: gives logits.
    static func margins(of patches: [LabelledPatch], _ network: SlidingNetwork, surroundings pixels: Int, threads: Int) throws -> [Double] {
        let side = network.network.input[1] + 2 * pixels
        var margins: [Double] = []
        for start in stride(from: 0, to: patches.count, by: 16) {
            let some = patches[start..<min(start + 16, patches.count)]
            let logits = try network.forward(
                Preprocessing.batch(some, input: [network.network.input[0], side, side]),
                windows: some.indices.map { SlidingNetwork.Window(picture: $0 - start, y: pixels, x: pixels) }, threads: threads
            ).values
            margins += some.indices.map { Double(logits[2 * ($0 - start) + 1]) - Double(logits[2 * ($0 - start)]) }
        }
        return margins
    }

    static func measure(_ set: TrainingData.ValidationSet, margins: [Double]) throws(EvaluationError) -> EpochRecord.Measured {
        let cases = zip(margins, set.patches).map { ScoredCase(score: $0, isPositive: $1.label == .deformation) }
        let loss = cases.reduce(0) { sum, one in
            let z = one.isPositive ? -one.score : one.score
            return sum + (z > 0 ? z + log1p(exp(-z)) : log1p(exp(z)))
        }
        return EpochRecord.Measured(
            name: set.name, loss: loss / Double(cases.count), auc: try ROCCurve(cases).area,
            accuracy: Confusion(cases, above: 0).accuracy ?? 0)
    }
}
