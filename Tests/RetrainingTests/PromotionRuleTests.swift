import Domain
import Retraining
import Testing

/// `+0.9` is a crop with deformation that scores 0.9, `-0.6` one without; `+?` is not assessable.
private func scores(_ text: String) -> ModelScores {
    let cases = text.split(separator: " ").enumerated().map { index, word in
        ModelScores.Case(name: "\(index)", volcano: "v\(index)", isDeformation: word.hasPrefix("+"), pMax: Double(String(word.dropFirst())))
    }
    return ModelScores(model: ModelID(name: "m", checksum: "0123456789ab"), cases: cases)
}

private let none = (present: scores(""), challenger: scores(""))

struct PromotionRuleTests {
    @Test(arguments: [
        // It keeps all and lowers the false positives.
        ("+0.9 +0.85 -0.7 -0.6", "+0.8 +0.95 -0.3 -0.6", "-0.6", "-0.4", nil as String?),
        // Nothing was false on the volcanoes held out, and nothing is.
        ("+0.9 -0.7", "+0.9 -0.3", "-0.2", "-0.4", nil),
        // A positive that only the notify threshold had is not one that can be lost.
        ("+0.7 -0.7", "+0.6 -0.3", "-0.2", "-0.2", nil),
        // A positive that falls below the alert threshold is lost, though it is still told.
        ("+0.9 -0.7", "+0.79 -0.3", "-0.6", "-0.4", "loses 1 confirmed positive at the alert threshold"),
        ("+0.9 +0.9 -0.7", "+? +0.1 -0.3", "-0.6", "-0.4", "loses 2 confirmed positives"),
        ("+0.9 -0.7", "+0.9 -0.6", "-0.6", "-0.4", "leaves the false positives on replayed history"),
        ("+0.9 -0.4", "+0.9 -0.1", "-0.6", "-0.4", "leaves the false positives on replayed history"),
        ("+0.9 -0.4 -0.7", "+0.9 -0.6 -0.8", "-0.6", "-0.4", "raises the false positives on replayed history from 1 to 2"),
        ("+0.9 -0.7", "+0.9 -0.3", "-0.6", "-0.7", "leaves the false positives on volcanoes held out"),
        ("+0.9 -0.7", "+0.9 -0.3", "-0.4", "-0.7", "raises the false positives on volcanoes held out from 0 to 1"),
        ("+0.9", "+0.9", "", "", "there is no false positive to lower"),
    ])
    func `a challenger must keep every confirmed positive and lower the false positives`(
        present: String, challenger: String, heldOutPresent: String, heldOutChallenger: String, refusal: String?
    ) {
        let finding = PromotionRule().judge(
            replayed: (scores(present), scores(challenger)), heldOut: (scores(heldOutPresent), scores(heldOutChallenger)), unchosen: none)
        #expect(finding.mayPromote == (refusal == nil), "\(finding.reasons)")
        if let refusal { #expect(finding.reasons.contains { $0.contains(refusal) }, "\(finding.reasons)") }
    }

    @Test(arguments: [
        // So many patches without deformation newly flagged and no longer, with deformation lost and found: what is said.
        (5, 0, 0, 0, "more of the base patches without deformation that were held back: 25 of 100 instead of 20"), (4, 0, 0, 0, nil),
        (9, 4, 0, 0, nil), (30, 13, 0, 0, "more of the base patches without deformation"), (0, 20, 0, 0, nil),
        (0, 0, 5, 0, "fewer of those with deformation: 45 of 100 instead of 50"), (0, 0, 4, 0, nil), (0, 0, 0, 20, nil),
    ])
    func `a challenger must not be worse on patches that no model chose, beyond chance`(
        flagged: Int, cleared: Int, lost: Int, found: Int, refusal: String?
    ) {
        func patches(negatives: Int, positives: Int) -> [String] {
            (0..<100).map { $0 < negatives ? "-0.6" : "-0.4" } + (0..<100).map { $0 < positives ? "+0.6" : "+0.4" }
        }
        let before = patches(negatives: 20, positives: 50)
        var after = before
        for index in 0..<cleared { after[index] = "-0.1" }
        for index in 0..<flagged { after[50 + index] = "-0.9" }
        for index in 0..<lost { after[100 + index] = "+0.1" }
        for index in 0..<found { after[160 + index] = "+0.9" }
        let finding = PromotionRule().judge(
            replayed: (scores("+0.9 -0.7"), scores("+0.9 -0.3")), heldOut: (scores("-0.6"), scores("-0.4")),
            unchosen: (scores(before.joined(separator: " ")), scores(after.joined(separator: " "))))
        #expect(finding.mayPromote == (refusal == nil), "\(finding.reasons)")
        if let refusal { #expect(finding.reasons.first?.contains(refusal) == true, "\(finding.reasons)") }
    }

    @Test func `a volcano with thresholds of its own is held to them`() {
        let (present, challenger, apart) = (scores("+0.9 -0.7 -0.4"), scores("+0.7 -0.55 -0.3"), (scores("-0.6"), scores("-0.4")))
        let refused = PromotionRule().judge(replayed: (present, challenger), heldOut: apart, unchosen: none)
        #expect(refused.reasons.count == 2, "a positive is lost, and no false positive falls below 0.5")
        // v0 alerts from 0.6, v1 is told from 0.6 on, v2 from 0.35: the positive is kept, and both false positives fall.
        let own = FlagThresholds(volcanoes: ["v0": .init(notify: 0.5, alert: 0.6), "v1": .init(notify: 0.6), "v2": .init(notify: 0.35)])
        #expect(present.counts(\.notify, of: own).falsePositives == 2 && challenger.counts(\.notify, of: own).falsePositives == 0)
        #expect(PromotionRule(thresholds: own).judge(replayed: (present, challenger), heldOut: apart, unchosen: none).mayPromote)
    }

    @Test func `counts and area are those of the scores, and what is not assessable is flagged by nobody`() {
        let mixed = scores("+0.9 +0.6 +? -0.6 -0.2 -?")
        #expect(mixed.counts(\.notify, of: FlagThresholds()) == FlagCounts(positives: 3, kept: 2, negatives: 3, falsePositives: 1))
        let lowest = FlagThresholds(standard: .init(notify: 0))
        #expect(mixed.counts(\.notify, of: lowest) == FlagCounts(positives: 3, kept: 2, negatives: 3, falsePositives: 2))
        // 0.9 beats three; 0.6 beats two and ties with one; ? ties with ?.
        #expect(abs((mixed.area ?? 0) - (3 + 2.5 + 0.5) / 9) < 1e-12)
        #expect(scores("+0.9").area == nil && scores("-0.9").area == nil)
    }
}
