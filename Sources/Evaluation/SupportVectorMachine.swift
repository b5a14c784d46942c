import CSVM

/// A support vector machine with a radial basis function (libsvm's C-SVC; Chang and Lin 2011), classes weighted against their counts.
///
/// Features are standardised with the training set's means and deviations.
public final class SupportVectorMachine {
    private let model: UnsafeMutablePointer<svm_model>
    /// The training vectors, which the model points into.
    private let nodes: UnsafeMutableBufferPointer<svm_node>
    private let means: [Double]
    private let deviations: [Double]
    private let sign: Double

    /// - Parameters:
    ///   - features: one vector for each case, all of the same length.
    ///   - cost: what a case on the wrong side costs (C).
    ///   - gamma: of exp(-gamma |a - b|^2); nil: 1 over the number of features.
    /// - Throws: `EvaluationError`.
    public init(features: [[Double]], isPositive: [Bool], cost: Double = 10, gamma: Double? = nil) throws(EvaluationError) {
        let positives = isPositive.count { $0 }
        guard positives > 0, positives < isPositive.count else {
            throw .oneClassOnly(positives: positives, negatives: isPositive.count - positives)
        }
        let width = features.first?.count ?? 0
        guard width > 0, features.count == isPositive.count, features.allSatisfy({ $0.count == width }) else {
            throw .supportVectorMachine("every case needs a vector of the same length")
        }
        if let index = features.firstIndex(where: { !$0.allSatisfy(\.isFinite) }) { throw .notFinite(index: index) }
        let count = Double(features.count)
        let means = (0..<width).map { column in features.reduce(0) { $0 + $1[column] } / count }
        let deviations = (0..<width).map { column in
            let variance = features.reduce(0) { $0 + ($1[column] - means[column]) * ($1[column] - means[column]) } / count
            return variance > 1e-24 ? variance.squareRoot() : 1
        }
        (self.means, self.deviations) = (means, deviations)
        nodes = .allocate(capacity: features.count * (width + 1))
        for (row, vector) in features.enumerated() {
            for column in 0..<width {
                nodes[row * (width + 1) + column] = svm_node(
                    index: Int32(column + 1), value: (vector[column] - means[column]) / deviations[column])
            }
            nodes[row * (width + 1) + width] = svm_node(index: -1, value: 0)
        }
        guard
            let trained = Self.train(
                nodes, rows: features.count, width: width, isPositive: isPositive, cost: cost, gamma: gamma ?? 1 / Double(width))
        else {
            nodes.deallocate()
            throw .supportVectorMachine("the parameters do not fit: cost \(cost), gamma \(gamma ?? 1 / Double(width))")
        }
        model = trained
        var labels: [Int32] = [0, 0]
        svm_get_labels(trained, &labels)
        // Decision values are positive for the label that libsvm met first.
        sign = labels[0] == 1 ? 1 : -1
    }

    deinit {
        var handle: UnsafeMutablePointer<svm_model>? = model
        svm_free_and_destroy_model(&handle)
        nodes.deallocate()
    }

    private static func train(
        _ nodes: UnsafeMutableBufferPointer<svm_node>, rows: Int, width: Int, isPositive: [Bool], cost: Double, gamma: Double
    ) -> UnsafeMutablePointer<svm_model>? {
        svm_set_print_string_function { _ in }
        let positives = isPositive.count { $0 }
        var targets = isPositive.map { $0 ? 1.0 : -1.0 }
        var vectors = (0..<rows).map { row in nodes.baseAddress.map { $0 + row * (width + 1) } }
        var labels: [Int32] = [1, -1]
        var weights = [Double(rows) / (2 * Double(positives)), Double(rows) / (2 * Double(rows - positives))]
        return targets.withUnsafeMutableBufferPointer { targets in
            vectors.withUnsafeMutableBufferPointer { vectors in
                labels.withUnsafeMutableBufferPointer { labels in
                    weights.withUnsafeMutableBufferPointer { weights in
                        var problem = svm_problem(l: Int32(rows), y: targets.baseAddress, x: vectors.baseAddress)
                        var parameter = svm_parameter()
                        parameter.svm_type = Int32(C_SVC)
                        parameter.kernel_type = Int32(RBF)
                        (parameter.C, parameter.gamma, parameter.eps, parameter.cache_size, parameter.shrinking) = (cost, gamma, 1e-3, 200, 1)
                        (parameter.nr_weight, parameter.weight_label, parameter.weight) = (2, labels.baseAddress, weights.baseAddress)
                        guard svm_check_parameter(&problem, &parameter) == nil else { return nil }
                        return svm_train(&problem, &parameter)
                    }
                }
            }
        }
    }

    /// Positive where it decides for deformation, larger the farther from the boundary.
    /// - Precondition: as many features as in training.
    public func decision(_ features: [Double]) -> Double {
        precondition(features.count == means.count, "\(means.count) features decide")
        var vector = features.indices.map { svm_node(index: Int32($0 + 1), value: (features[$0] - means[$0]) / deviations[$0]) }
        vector.append(svm_node(index: -1, value: 0))
        var value = 0.0
        svm_predict_values(model, vector, &value)
        return sign * value
    }
}
