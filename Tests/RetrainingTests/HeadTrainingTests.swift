import Detection
import NeuralNetwork
import Synthesis
import Testing

@testable import Retraining

struct HeadTrainingTests {
    /// What a head of so many features says before it has learnt: nothing.
    private func training(features: Int) throws -> HeadTraining {
        let network = try Network(
            "head", input: [1, 1, features], layers: [.flatten, .dense(Dense("fc", from: features, to: 2, isLast: true))])
        let silent = ["fc.weight": Tensor(shape: [2, features], repeating: 0), "fc.bias": Tensor(shape: [2], repeating: 0)]
        return HeadTraining(
            encoding: .grey, network: network, parameters: network.initialParameters(seed: 1).replacing(silent), threads: 1)
    }

    /// Patches whose features each appear `copies` times.
    private func features(_ count: Int, copies: Int, stream: String) -> HeadTraining.Features {
        var random = SeededGenerator(seed: 3, purpose: stream, index: 0)
        var result = HeadTraining.Features()
        for number in 0..<count {
            let label = number % 2
            let values = (0..<4).map { Float.random(in: -1...1, using: &random) + Float(label * $0) / 3 }
            result.values += (0..<copies).flatMap { _ in values }
            result.labels.append(label)
            result.weights.append(1)
        }
        return result
    }

    @Test func `a network that says the same in more features learns the same, for each is held more strongly`() throws {
        func learnt(copies: Int) throws -> [Float] {
            let training = try training(features: 4 * copies)
            let parameters = try training.train(
                base: features(40, copies: copies, stream: "base"), reviewed: features(20, copies: copies, stream: "reviewed"),
                HeadTraining.Plan(caution: 5))
            let weights = try #require(parameters["fc.weight"]).values
            // Of deformation, the copies of a feature together.
            return (0..<4).map { feature in (0..<copies).reduce(0) { $0 + weights[4 * copies + 4 * $1 + feature] } }
        }
        let (once, tenTimes) = (try learnt(copies: 1), try learnt(copies: 10))
        #expect(once.contains { abs($0) > 0.1 })
        for (a, b) in zip(once, tenTimes) { #expect(abs(a - b) < 1e-3, "\(once), \(tenTimes)") }
    }
}
