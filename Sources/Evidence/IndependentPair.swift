internal import Domain

extension EvidenceWeighing {
    /// Pairs that overlap in time and share no atmosphere. One that is flagged at the place too is the best witness there is: asking for
    /// it kept 903 of 904 flags at Sierra Negra and cut the volcanoes ever alerted from 370 to 97, but it also lost 21 of 31 at Agung, so
    /// its absence weighs less than its presence. A quiet one counts by the share of the flagged days that it covers: what moved in the
    /// other days it cannot have seen.
    ///
    /// Figures: `flagged`, `quiet` (numbers of pairs), `coverage` (the best quiet pair's share of the flagged days).
    func independentPair(_ flagged: ScoredPair, _ others: [ScoredPair]) -> Evidence? {
        let witnesses = others.filter { $0.pair.overlaps(flagged.pair) && !$0.sharesAtmosphere(with: flagged) }
        let supporting = witnesses.filter { isFlagged($0, at: flagged) }
        let quiet = witnesses.filter(isQuiet)
        guard !supporting.isEmpty || !quiet.isEmpty else { return nil }
        let coverage = quiet.map { Double($0.commonDays(with: flagged)) / Double(flagged.pair.span) }.max() ?? 0
        let support = supporting.isEmpty ? 0 : supporting.count == 1 ? 0.6 : 0.8
        let doubt = coverage * (quiet.count > 1 ? 0.6 : 0.4)
        return Evidence(
            test: .independentPair, weight: support - doubt,
            figures: ["flagged": Double(supporting.count), "quiet": Double(quiet.count), "coverage": coverage],
            pairs: (supporting + quiet).map(\.pair).sorted())
    }
}
