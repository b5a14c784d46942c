import Foundation
import Testing

@testable import Retraining

struct HeadRegressionTests {
    /// Two features of eight cases, and margins that are there already.
    private let rows: [Float] = [1, 0.5, -1, 0.2, 0.3, -1.2, -0.4, 0.9, 1.5, -0.3, -0.8, -0.7, 0.1, 1.1, -0.2, -0.6]
    private let labels = [1, 0, 1, 0, 1, 0, 0, 1]
    private let weights: [Double] = [1, 2, 1, 1, 0.5, 1, 3, 1]
    private let start = [0.2, -0.1, 0.4, 0, 1, -1, 0.3, 0]

    private func solve(caution: Double) throws -> HeadRegression.Change {
        try HeadRegression(rows: rows, width: 2, labels: labels, weights: weights, start: start, caution: caution).solve()
    }

    private func loss(_ change: HeadRegression.Change, caution: Double) -> Double {
        let sum = weights.reduce(0, +)
        let losses = labels.indices.map { row in
            let margin =
                start[row] + change.bias + Double(rows[2 * row]) * change.weights[0] + Double(rows[2 * row + 1]) * change.weights[1]
            return weights[row] / sum * log1p(exp(labels[row] == 1 ? -margin : margin))
        }
        return losses.reduce(0, +) + caution / 2 * (change.weights[0] * change.weights[0] + change.weights[1] * change.weights[1])
    }

    @Test(arguments: [0.01, 0.5, 10]) func `the solution is the lowest point`(caution: Double) throws {
        let found = try solve(caution: caution)
        let lowest = loss(found, caution: caution)
        for (a, b, bias) in [(1e-3, 0, 0), (-1e-3, 0, 0), (0, 1e-3, 0), (0, -1e-3, 0), (0, 0, 1e-3), (0, 0, -1e-3)] {
            let beside = HeadRegression.Change(weights: [found.weights[0] + a, found.weights[1] + b], bias: found.bias + bias)
            #expect(loss(beside, caution: caution) > lowest)
        }
    }

    @Test func `the more caution, the nearer to what it was; the mean probability is that of the labels in any case`() throws {
        func length(_ change: HeadRegression.Change) -> Double {
            (change.weights[0] * change.weights[0] + change.weights[1] * change.weights[1]).squareRoot()
        }
        let (bold, cautious, timid) = (try solve(caution: 0.01), try solve(caution: 0.5), try solve(caution: 1e6))
        #expect(length(bold) > 2 * length(cautious) && length(cautious) > 2 * length(timid) && length(timid) < 1e-5)
        for change in [bold, cautious, timid] {
            let sum = labels.indices.reduce(0.0) { sum, row in
                let margin =
                    start[row] + change.bias + Double(rows[2 * row]) * change.weights[0] + Double(rows[2 * row + 1]) * change.weights[1]
                return sum + weights[row] * (1 / (1 + exp(-margin)) - Double(labels[row]))
            }
            #expect(abs(sum) < 1e-5)
        }
    }

    @Test func `features that are not finite are refused`() {
        for odd in [Float.nan, .infinity] {
            #expect(throws: RetrainingError.self) {
                try HeadRegression(rows: [1, odd], width: 1, labels: [0, 1], weights: [1, 1], start: [0, 0], caution: 1).solve()
            }
        }
    }
}
