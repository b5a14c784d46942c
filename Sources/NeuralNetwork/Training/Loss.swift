#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Softmax cross entropy, with class weights and label smoothing as PyTorch's CrossEntropyLoss has them, and a weight for each sample.
///
/// With the smoothing e, C classes, class weights w, sample weights s and log probabilities l, item i of class y has
/// (1 - e) w[y] (-l[y]) + e / C * sum over c of w[c] (-l[c]); the loss is the sum of s[i] times that over the sum of s[i] w[y].
/// Where an item has a target t, a probability for each class, the sum over c of t[c] w[c] (-l[c]) stands for w[y] (-l[y]).
public struct CrossEntropy: Hashable, Sendable, Codable {
    /// One weight for each class; nil for 1 each.
    public var classWeights: [Float]?
    /// The share of each label that goes to all classes alike, 0 ..< 1.
    public var labelSmoothing: Float

    public init(classWeights: [Float]? = nil, labelSmoothing: Float = 0) {
        self.classWeights = classWeights
        self.labelSmoothing = labelSmoothing
    }

    /// The mean loss of a batch of logits (batch, classes), and its gradient where wanted.
    /// - Parameter targets: (batch, classes), probabilities that stand for the labels; nil for the labels themselves.
    /// - Precondition: labels are classes; there is one label and, where given, one weight for each item.
    func loss(
        _ logits: UnsafePointer<Float>, classes: Int, labels: [Int], targets: [Float]? = nil, sampleWeights: [Float]?,
        gradient: UnsafeMutablePointer<Float>? = nil
    ) -> Float {
        let weights = classWeights ?? Array(repeating: 1, count: classes)
        var total = 0.0
        for (item, label) in labels.enumerated() { total += Double((sampleWeights?[item] ?? 1) * weights[label]) }
        guard total > 0 else {
            gradient?.update(repeating: 0, count: labels.count * classes)
            return 0
        }
        var sum = 0.0
        var probabilities = [Float](repeating: 0, count: classes)
        for (item, label) in labels.enumerated() {
            let scores = logits + item * classes
            probabilities.withUnsafeMutableBufferPointer { buffer in
                if let start = buffer.baseAddress { Softmax.apply(scores, to: start, classes: classes) }
            }
            let greatest = (0..<classes).reduce(-Float.infinity) { max($0, scores[$1]) }
            let logSum = logf((0..<classes).reduce(Float(0)) { $0 + expf(scores[$1] - greatest) }) + greatest
            // How much of the item's loss is -l[c].
            let shares = (0..<classes).map { c in
                let target = targets.map { $0[item * classes + c] } ?? (c == label ? 1 : 0)
                return labelSmoothing / Float(classes) * weights[c] + (1 - labelSmoothing) * target * weights[c]
            }
            let weight = Double(sampleWeights?[item] ?? 1) / total
            for c in 0..<classes { sum += weight * Double(shares[c] * (logSum - scores[c])) }
            guard let gradient else { continue }
            let all = shares.reduce(0, +)
            for c in 0..<classes { gradient[item * classes + c] = Float(weight) * (all * probabilities[c] - shares[c]) }
        }
        return Float(sum)
    }
}
