/// Whether a challenger may take the present model's place. Pure.
///
/// It must keep every confirmed positive that the present model flags at the alert threshold, and lower the false positives, both on the
/// replayed history and on volcanoes that it was not trained on (where the present model has none there, it must have none).
public struct PromotionRule: Hashable, Sendable {
    /// P_max from which a flag is an alert: confirmed positives are held to it.
    public var alert: Double
    /// P_max from which a flag is told at all: false positives are counted from here.
    public var notify: Double

    public init(alert: Double = 0.8, notify: Double = 0.5) {
        self.alert = alert
        self.notify = notify
    }

    /// What was found; the table and the reasons are for people.
    public struct Finding: Hashable, Codable, Sendable {
        public let mayPromote: Bool
        /// Why not, one sentence each; empty where it may.
        public let reasons: [String]
    }

    /// - Parameters:
    ///   - replayed: all judged crops, by both models.
    ///   - heldOut: crops of volcanoes left out, by the present model and by challengers trained without them.
    public func judge(
        replayed: (present: ModelScores, challenger: ModelScores), heldOut: (present: ModelScores, challenger: ModelScores)
    ) -> Finding {
        var reasons: [String] = []
        let now = Dictionary(replayed.challenger.cases.map { ($0.name, $0.pMax ?? -1) }, uniquingKeysWith: min)
        let lost = replayed.present.cases.filter { $0.isDeformation && ($0.pMax ?? -1) >= alert && (now[$0.name] ?? -1) < alert }.map(\.name)
        if !lost.isEmpty {
            reasons.append(
                "it loses \(lost.count) confirmed \(lost.count == 1 ? "positive" : "positives") at \(alert): \(lost.prefix(5).joined(separator: ", "))"
            )
        }
        let history = (replayed.present.counts(from: notify), replayed.challenger.counts(from: notify))
        let apart = (heldOut.present.counts(from: notify), heldOut.challenger.counts(from: notify))
        if heldOut.present.cases.isEmpty { reasons.append("no volcano can be held out: verdicts on at least two are needed") }
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
        return Finding(mayPromote: reasons.isEmpty, reasons: reasons)
    }
}
