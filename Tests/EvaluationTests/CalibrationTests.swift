import Evaluation
import Testing

@Test(arguments: [false, true])
func `the calibration is the minimum that SciPy finds`(isAtFivePercent: Bool) throws {
    let reference = try Reference.made.get()
    let expected = isAtFivePercent ? reference.platt_at_5_percent : reference.platt
    let fit = try LogisticCalibration(fitting: reference.marginCases, prevalence: isAtFivePercent ? 0.05 : nil)
    #expect(abs(fit.scale - expected[0]) < 1e-5)
    #expect(abs(fit.shift - expected[1]) < 1e-5)
}

@Test func `calibration lowers the error of overconfident scores and keeps their order`() throws {
    let reference = try Reference.made.get()
    let overconfident = reference.marginCases.map { ScoredCase(score: 5 * $0.score + 1, isPositive: $0.isPositive) }
    let fit = try LogisticCalibration(fitting: overconfident)
    func probabilities(_ calibration: LogisticCalibration) -> [ScoredCase] {
        overconfident.map { ScoredCase(score: calibration.probability(margin: $0.score), isPositive: $0.isPositive) }
    }
    let before = try Reliability(probabilities(.identity)), after = try Reliability(probabilities(fit))
    #expect(after.expectedCalibrationError < before.expectedCalibrationError / 2)
    #expect(after.brierScore < before.brierScore)
    #expect(try ROCCurve(probabilities(fit)).area == ROCCurve(overconfident).area)
}

@Test func `classes without overlap still give a finite calibration`() throws {
    let fit = try LogisticCalibration(fitting: cases(positive: [3, 4, 5], negative: [-3, -4, -5, -6]))
    #expect(fit.scale > 0 && fit.scale < 100)
    #expect(fit.probability(margin: 4) > 0.7 && fit.probability(margin: -4) < 0.3)
}

@Test func `scores that say the opposite cannot be calibrated`() {
    #expect(throws: EvaluationError.notIncreasing) { try LogisticCalibration(fitting: cases(positive: [-3, -4, -2], negative: [3, 4, 2])) }
}

@Test func `huge margins do not overflow`() {
    #expect(LogisticCalibration.identity.probability(margin: 5000) == 1)
    #expect(LogisticCalibration.identity.probability(margin: -5000) == 0)
}

@Test func `reliability at a prevalence weights the classes`() throws {
    // One bin each: 0.2 is said of a positive and three negatives, 0.8 of a positive and a negative.
    let all = cases(positive: [0.2, 0.8], negative: [0.2, 0.2, 0.2, 0.8])
    let rare = try Reliability(all, prevalence: 0.1)
    // Positives weigh 0.05 each, negatives 0.225.
    #expect(abs(rare.bins[0].observed - 0.05 / 0.725) < 1e-12 && abs(rare.bins[1].observed - 0.05 / 0.275) < 1e-12)
    let brier = 0.05 * 0.64 + 0.05 * 0.04 + 3 * 0.225 * 0.04 + 0.225 * 0.64
    #expect(abs(rare.brierScore - brier) < 1e-12)
    #expect(abs(rare.expectedCalibrationError - (abs(0.725 * 0.2 - 0.05) + abs(0.275 * 0.8 - 0.05))) < 1e-12)
}
