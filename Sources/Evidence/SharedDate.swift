internal import Domain

extension EvidenceWeighing {
    /// The atmosphere of one bad acquisition is in every pair of that date and in no other. So: do all flags of the time have a date in
    /// common, and are the pairs across that date, but without it, quiet? Only pairs of the flagged one's track can tell.
    ///
    /// Where fringes could be counted on both sides of the date, the sign decides more: in pairs (a, b) and (b, c) the atmosphere of b has
    /// opposite signs, deformation the same.
    ///
    /// Figures: `date` (yyyymmdd, 0 if the flags have none in common), `flagged`, `quiet` (numbers of pairs), `sign` (-1 it turns at the
    /// date, 1 it keeps, 0 unknown).
    func sharedDate(_ flagged: ScoredPair, _ others: [ScoredPair]) -> Evidence? {
        let sameTrack = others.filter { $0.isSameTrack(as: flagged) }
        let flags = [flagged] + sameTrack.filter { isFlagged($0, at: flagged) && isNear($0, flagged) }
        guard flags.count > 1 else { return nil }
        let common = flags.dropFirst().reduce(into: Set([flagged.pair.earlier, flagged.pair.later])) {
            $0.formIntersection([$1.pair.earlier, $1.pair.later])
        }
        guard let date = common.min() else {
            return Evidence(
                test: .sharedDate, weight: 0.4, figures: ["date": 0, "flagged": Double(flags.count), "quiet": 0, "sign": 0],
                pairs: flags.map(\.pair).sorted())
        }
        let across = sameTrack.filter { isQuiet($0) && $0.pair.earlier < date && date < $0.pair.later }
        let sign = signKept(over: date, flags)
        // Two flags share a date by chance easily (each date is in about six pairs), so that alone weighs little.
        let quiet = across.isEmpty ? -0.2 : across.count == 1 ? -0.6 : -0.7
        let weight = sign > 0 && across.isEmpty ? 0.3 : sign < 0 ? quiet - 0.1 : quiet
        let number = Double(date.year * 10_000 + date.month * 100 + date.day)
        return Evidence(
            test: .sharedDate, weight: weight,
            figures: ["date": number, "flagged": Double(flags.count), "quiet": Double(across.count), "sign": Double(sign)],
            pairs: (flags + across).map(\.pair).sorted())
    }

    /// Overlapping, or one beginning where the other ends.
    private func isNear(_ a: ScoredPair, _ b: ScoredPair) -> Bool { a.pair.earlier <= b.pair.later && b.pair.earlier <= a.pair.later }

    /// 1 if all motion before and after the date has one sign, -1 if it has one sign before and the other after, else 0.
    private func signKept(over date: AcquisitionDate, _ flags: [ScoredPair]) -> Int {
        func sign(_ pairs: [ScoredPair]) -> Int {
            let signs = Set(pairs.compactMap { $0.motion?.centimetres }.filter { $0 != 0 }.map { $0 > 0 ? 1 : -1 })
            return signs.count == 1 ? signs.first ?? 0 : 0
        }
        return sign(flags.filter { $0.pair.later == date }) * sign(flags.filter { $0.pair.earlier == date })
    }
}
