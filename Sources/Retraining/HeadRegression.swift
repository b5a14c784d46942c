#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Logistic regression that begins with a margin that is there already, and is held to it.
///
/// What is sought is added to the margin, a linear function of the features: that which makes the weighted mean of the cross entropy smallest,
/// plus `caution` / 2 times the squared length of its weights, features taken in units of their standard deviation. The problem is
/// convex and is solved to its end by Newton's method with conjugate gradients (Nocedal and Wright 2006, algorithm 7.1): no steps, batches or
/// rates to choose.
struct HeadRegression {
    /// Rows of features in units of their standard deviation.
    private let rows: [Float]
    private let width: Int
    private let labels: [Int]
    /// They add up to 1.
    private let weights: [Double]
    /// The margins that are there already.
    private let start: [Double]
    private let caution: Double

    /// What is added to a margin: `weights` of features in units of their standard deviation round their mean, and `bias`.
    struct Change {
        var weights: [Double]
        var bias: Double
    }

    init(rows: [Float], width: Int, labels: [Int], weights: [Double], start: [Double], caution: Double) {
        precondition(
            rows.count == labels.count * width && weights.count == labels.count && start.count == labels.count,
            "one row, label and weight for each case")
        let sum = weights.reduce(0, +)
        (self.rows, self.width, self.labels, self.start, self.caution) = (rows, width, labels, start, caution)
        self.weights = weights.map { $0 / sum }
    }

    /// - Throws: `RetrainingError.noConvergence` where a feature or a margin is not finite.
    func solve() throws(RetrainingError) -> Change {
        // The last is the bias.
        var solution = [Double](repeating: 0, count: width + 1)
        var state = evaluate(solution)
        for _ in 0..<100 {
            let slope = norm(state.gradient)
            if slope < 1e-7 { return Change(weights: Array(solution.dropLast()), bias: solution[width]) }
            guard slope.isFinite else { break }
            let step = newtonStep(state)
            let descent = dot(step, state.gradient)
            var (length, next, reached) = (1.0, state, false)
            while length > 1e-10, !reached {
                let there = zip(solution, step).map { $0 + length * $1 }
                next = evaluate(there)
                reached = next.loss <= state.loss + 1e-4 * length * descent
                if reached { solution = there } else { length /= 2 }
            }
            // As low as numbers can tell.
            guard reached else { return Change(weights: Array(solution.dropLast()), bias: solution[width]) }
            state = next
        }
        throw .noConvergence
    }

    private struct State {
        let loss: Double
        let gradient: [Double]
        /// Of each case: its weight times p (1 - p).
        let curvatures: [Double]
    }

    private func evaluate(_ solution: [Double]) -> State {
        let added = margins(solution)
        var (loss, residuals, curvatures) = (0.0, [Double](), [Double]())
        residuals.reserveCapacity(labels.count)
        curvatures.reserveCapacity(labels.count)
        for index in labels.indices {
            let margin = start[index] + added[index]
            let p = margin >= 0 ? 1 / (1 + exp(-margin)) : exp(margin) / (1 + exp(margin))
            let z = labels[index] == 1 ? -margin : margin
            loss += weights[index] * (z > 0 ? z + log1p(exp(-z)) : log1p(exp(z)))
            residuals.append(weights[index] * (p - Double(labels[index])))
            curvatures.append(weights[index] * p * (1 - p))
        }
        var gradient = sums(residuals)
        for feature in 0..<width {
            loss += caution / 2 * solution[feature] * solution[feature]
            gradient[feature] += caution * solution[feature]
        }
        return State(loss: loss, gradient: gradient, curvatures: curvatures)
    }

    /// Nearly the solution of H step = -gradient, as near as is worth the time so far from the end.
    private func newtonStep(_ state: State) -> [Double] {
        let goal = min(0.1, norm(state.gradient).squareRoot()) * norm(state.gradient)
        var step = [Double](repeating: 0, count: width + 1)
        var residual = state.gradient
        var direction = residual.map { -$0 }
        var square = dot(residual, residual)
        for _ in 0..<2 * (width + 1) where square.squareRoot() > goal {
            let bent = curved(direction, state)
            let bend = dot(direction, bent)
            guard bend > 0 else { break }
            let length = square / bend
            for index in step.indices {
                step[index] += length * direction[index]
                residual[index] += length * bent[index]
            }
            let next = dot(residual, residual)
            for index in direction.indices { direction[index] = -residual[index] + next / square * direction[index] }
            square = next
        }
        return step
    }

    /// The Hessian times a direction.
    private func curved(_ direction: [Double], _ state: State) -> [Double] {
        var result = sums(zip(margins(direction), state.curvatures).map { $0 * $1 })
        for feature in 0..<width { result[feature] += caution * direction[feature] }
        return result
    }

    /// The rows, each with a 1 at its end, times a vector.
    private func margins(_ vector: [Double]) -> [Double] {
        rows.withUnsafeBufferPointer { rows in
            vector.withUnsafeBufferPointer { vector in
                labels.indices.map { row in
                    var sum = vector[width]
                    for feature in 0..<width { sum += Double(rows[row * width + feature]) * vector[feature] }
                    return sum
                }
            }
        }
    }

    /// The rows, each with a 1 at its end, times numbers, added up.
    private func sums(_ numbers: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: width + 1)
        rows.withUnsafeBufferPointer { rows in
            result.withUnsafeMutableBufferPointer { result in
                for (row, number) in numbers.enumerated() {
                    for feature in 0..<width { result[feature] += Double(rows[row * width + feature]) * number }
                    result[width] += number
                }
            }
        }
        return result
    }

    private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

    private func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }
}
