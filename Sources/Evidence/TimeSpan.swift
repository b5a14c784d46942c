internal import Domain

extension EvidenceWeighing {
    /// Deformation adds up with time, atmosphere does not. The share of flagged pairs of up to 12, 24 and 48 days was .49, .90, .98 at
    /// Sierra Negra and .13, .16, .16 at Fuji (five years of COMET's scores), so a growth of a half is worth the full weight.
    ///
    /// Only pairs of the last year before the flagged one ends, and only spans with at least two pairs; few pairs weigh less.
    ///
    /// Figures: `share12`, `share24`, `share48` (flagged at the place, of pairs of 1 to 12, 13 to 24, 25 to 48 days; missing without two
    /// pairs), `pairs12`, `pairs24`, `pairs48`.
    func timeSpan(_ flagged: ScoredPair, _ others: [ScoredPair]) -> Evidence? {
        let year = ([flagged] + others).filter { (0...365).contains(flagged.pair.later.days(since: $0.pair.later)) }
        var figures: [String: Double] = [:]
        var known: [(share: Double, pairs: Int)] = []
        for (days, name) in [(1...12, "12"), (13...24, "24"), (25...48, "48")] {
            let pairs = year.filter { days.contains($0.pair.span) && (isQuiet($0) || $0.pMax >= flaggedFrom) }
            figures["pairs" + name] = Double(pairs.count)
            guard pairs.count >= 2 else { continue }
            let share = Double(pairs.count { isFlagged($0, at: flagged) }) / Double(pairs.count)
            figures["share" + name] = share
            known.append((share, pairs.count))
        }
        guard let short = known.first, let long = known.last, known.count > 1 else { return nil }
        let few = Double(min(short.pairs, long.pairs))
        return Evidence(
            test: .timeSpan, weight: weight(short: short.share, long: long.share) * few / (few + 4), figures: figures, pairs: [])
    }

    private func weight(short: Double, long: Double) -> Double {
        let growth = long - short
        if growth >= 0.1 { return min(growth / 0.5, 1) * 0.6 }
        // A strong source is flagged over any span: always flagged says nothing here.
        return short >= 0.8 && long >= 0.8 ? 0 : -0.3
    }
}
