import Evaluation
import Testing

@Test func `decisions are those of scikit-learn's machine with the same parameters`() throws {
    let reference = try Reference.made.get()
    let machine = try SupportVectorMachine(
        features: Array(reference.features[..<80]), isPositive: reference.kinds[..<80].map { $0 == 1 }, cost: 10)
    for (features, expected) in zip(reference.features[80...], reference.decisions) {
        #expect(abs(machine.decision(features) - expected) < 2e-2)
    }
}

@Test(arguments: [true, false])
func `a positive decision means deformation whichever class comes first`(positiveFirst: Bool) throws {
    let features = [[1.0, 0.2], [0.9, 0.1], [-1.0, 0.1], [-0.8, 0.3]]
    let order = positiveFirst ? [0, 1, 2, 3] : [3, 2, 1, 0]
    let machine = try SupportVectorMachine(features: order.map { features[$0] }, isPositive: order.map { $0 < 2 })
    #expect(machine.decision([0.95, 0.2]) > 0 && machine.decision([-0.9, 0.2]) < 0)
}

@Test func `a feature that never changes does no harm`() throws {
    let machine = try SupportVectorMachine(features: [[1, 7], [0.8, 7], [-1, 7], [-0.7, 7]], isPositive: [true, true, false, false])
    #expect(machine.decision([1, 7]) > 0)
}

@Test func `one class, uneven vectors and numbers that are none are refused`() {
    #expect(throws: EvaluationError.oneClassOnly(positives: 2, negatives: 0)) {
        try SupportVectorMachine(features: [[1], [2]], isPositive: [true, true])
    }
    #expect(throws: EvaluationError.self) { try SupportVectorMachine(features: [[1], [2, 3]], isPositive: [true, false]) }
    #expect(throws: EvaluationError.notFinite(index: 1)) { try SupportVectorMachine(features: [[1], [.nan]], isPositive: [true, false]) }
    #expect(throws: EvaluationError.self) { try SupportVectorMachine(features: [[1], [2]], isPositive: [true, false], cost: -1) }
}
