import Evaluation
import Testing

@Test func `counts and rates are those worked out by hand`() {
    let confusion = Confusion(cases(positive: [0.9, 0.6, 0.5, 0.1], negative: [0.7, 0.4, 0.3, 0.2, 0.1, 0.0]), above: 0.5)
    #expect(confusion == Confusion(truePositives: 2, falsePositives: 1, trueNegatives: 5, falseNegatives: 2))
    #expect(confusion.accuracy == 0.7)
    #expect(confusion.truePositiveRate == 0.5)
    #expect(confusion.trueNegativeRate == 5.0 / 6)
    #expect(confusion.precision == 2.0 / 3)
}

@Test func `a rate of nothing is not a number but absent`() {
    let confusion = Confusion(cases(positive: [], negative: [0.1]), above: 0.5)
    #expect(confusion.truePositiveRate == nil && confusion.precision == nil)
    #expect(confusion.positivePredictiveValue(atPrevalence: 0.1) == nil)
    #expect(confusion.trueNegativeRate == 1)
}

@Test(arguments: [
    // prevalence, PPV with TPR 0.8 and TNR 0.9: by hand
    (0.5, 0.8 / 0.9), (0.1, 0.08 / 0.17), (0.003, 0.0024 / 0.1021),
])
func `the PPV at a prevalence follows Bayes`(prevalence: Double, expected: Double) throws {
    let confusion = Confusion(truePositives: 8, falsePositives: 10, trueNegatives: 90, falseNegatives: 2)
    let value = try #require(confusion.positivePredictiveValue(atPrevalence: prevalence))
    #expect(abs(value - expected) < 1e-12)
}

@Test func `the area counts pairs in the right order, ties as half`() throws {
    // 3 x 3 pairs: 0.9 beats all, 0.5 beats 0.1 and 0.3 and ties 0.5, 0.2 beats 0.1.
    let curve = try ROCCurve(cases(positive: [0.9, 0.5, 0.2], negative: [0.5, 0.3, 0.1]))
    #expect(abs(curve.area - (3 + 2.5 + 1) / 9) < 1e-15)
}

@Test func `scores that are all the same are worth nothing`() throws {
    let curve = try ROCCurve(cases(positive: [0.5, 0.5], negative: [0.5, 0.5, 0.5]))
    #expect(curve.area == 0.5)
    #expect(curve.points.map(\.truePositiveRate) == [0, 1])
}

@Test func `curve, area, Brier score and calibration error are scikit-learn's`() throws {
    let reference = try Reference.made.get()
    let curve = try ROCCurve(reference.cases), reliability = try Reliability(reference.cases)
    #expect(abs(curve.area - reference.auc) < 1e-12)
    #expect(curve.points.count == reference.fpr.count)
    for (point, (x, y)) in zip(curve.points, zip(reference.fpr, reference.tpr)) {
        #expect(abs(point.falsePositiveRate - x) < 1e-12 && abs(point.truePositiveRate - y) < 1e-12)
    }
    #expect(abs(reliability.brierScore - reference.brier) < 1e-12)
    #expect(abs(reliability.expectedCalibrationError - reference.ece) < 1e-12)
    #expect(reliability.bins.reduce(0) { $0 + $1.count } == reference.cases.count)
}

@Test func `the best point keeps the true negative rate that is asked for`() throws {
    let curve = try ROCCurve(cases(positive: [0.9, 0.7, 0.3], negative: [0.8] + Array(repeating: 0.2, count: 49)))
    let point = curve.best(atTrueNegativeRate: 0.98)
    #expect(point.falsePositiveRate == 0.02 && point.truePositiveRate == 1)
    #expect(curve.best(atTrueNegativeRate: 1).truePositiveRate == 1.0 / 3)
}

@Test func `one class alone has no curve, and a score that is no number is named`() {
    #expect(throws: EvaluationError.oneClassOnly(positives: 2, negatives: 0)) { try ROCCurve(cases(positive: [1, 2], negative: [])) }
    #expect(throws: EvaluationError.notFinite(index: 1)) { try ROCCurve(cases(positive: [1, .nan], negative: [0])) }
    #expect(throws: EvaluationError.notFinite(index: 0)) { try Reliability(cases(positive: [1.2], negative: [0])) }
}
