/// Whether a challenger may take the present model's place. Pure.
///
/// It must keep every confirmed positive that the present model flags at the alert threshold, and lower the false positives, both on the
/// replayed history and on volcanoes that it was not trained on (where the present model has none there, it must have none).
///
/// Most of what was judged was judged because the present model flagged it. Whatever another model says of that, it flags fewer of it, as a matter
/// of chance; so both are compared on patches too that no model chose.
public struct PromotionRule: Hashable, Sendable {
    public var thresholds: FlagThresholds

    public init(thresholds: FlagThresholds = FlagThresholds()) { self.thresholds = thresholds }

    /// What was found; the table and the reasons are for people.
    public struct Finding: Hashable, Codable, Sendable {
        public let mayPromote: Bool
        /// Why not, one sentence each; empty where it may.
        public let reasons: [String]
    }

    /// - Parameters:
    ///   - replayed: all judged crops, by both models.
    ///   - heldOut: crops of volcanoes left out, by the model that no verdict has taught and by challengers trained without them.
    ///   - unchosen: base patches that were not trained on.
    public func judge(
        replayed: (present: ModelScores, challenger: ModelScores), heldOut: (untaught: ModelScores, challenger: ModelScores),
        unchosen: (present: ModelScores, challenger: ModelScores)
    ) -> Finding {
        var reasons: [String] = []
        let now = Dictionary(replayed.challenger.cases.map { ($0.name, $0.pMax ?? -1) }, uniquingKeysWith: min)
        let lost = replayed.present.cases.filter {
            let alert = thresholds.of($0.volcano).alert
            return $0.isDeformation && $0.isFlagged(from: alert) && (now[$0.name] ?? -1) < alert
        }.map(\.name)
        if !lost.isEmpty {
            reasons.append(
                "it loses \(lost.count) confirmed \(lost.count == 1 ? "positive" : "positives") at the alert threshold: \(lost.prefix(5).joined(separator: ", "))"
            )
        }
        func told(_ scores: ModelScores) -> FlagCounts { scores.counts(\.notify, of: thresholds) }
        let history = (told(replayed.present), told(replayed.challenger))
        let apart = (told(heldOut.untaught), told(heldOut.challenger))
        if heldOut.untaught.cases.isEmpty { reasons.append("no volcano can be held out: verdicts on at least two are needed") }
        if history.0.negatives == 0 { reasons.append("no verdict is atmosphere or other: there is no false positive to lower") }
        for (name, counts) in [("on replayed history", history), ("on volcanoes held out", apart)]
        where counts.1.falsePositives > counts.0.falsePositives {
            reasons.append("it raises the false positives \(name) from \(counts.0.falsePositives) to \(counts.1.falsePositives)")
        }
        if history.0.negatives > 0, history.1.falsePositives == history.0.falsePositives {
            reasons.append("it leaves the false positives on replayed history as they are (\(history.1.falsePositives) of \(history.1.negatives))")
        }
        if apart.0.falsePositives > 0, apart.1.falsePositives == apart.0.falsePositives {
            reasons.append("it leaves the false positives on volcanoes held out as they are (\(apart.1.falsePositives) of \(apart.1.negatives))")
        }
        reasons += worsening(unchosen)
        return Finding(mayPromote: reasons.isEmpty, reasons: reasons)
    }

    /// What became worse on base patches, beyond chance: by more than two standard deviations of as many changes to either side (McNemar 1947).
    private func worsening(_ scores: (present: ModelScores, challenger: ModelScores)) -> [String] {
        let changes = zip(scores.present.cases, scores.challenger.cases).map { before, after in
            let threshold = thresholds.standard.notify
            return (isDeformation: before.isDeformation, was: before.isFlagged(from: threshold), is: after.isFlagged(from: threshold))
        }
        let kinds = [
            (false, "it flags more of the base patches without deformation that were held back"), (true, "it flags fewer of those with deformation"),
        ]
        return kinds.compactMap { isDeformation, words in
            let some = changes.filter { $0.isDeformation == isDeformation }
            let worse = some.count { $0.was == isDeformation && $0.is != isDeformation }
            let better = some.count { $0.was != isDeformation && $0.is == isDeformation }
            guard Double(worse - better) > 2 * Double(worse + better).squareRoot() else { return nil }
            return "\(words): \(some.count { $0.is }) of \(some.count) instead of \(some.count { $0.was })"
        }
    }
}
