public import Domain
public import Raster

/// Arguments for deformation or atmosphere in a flagged interferogram, each with its weight and figures. None is reliable alone, so they
/// are shown and never veto (domain facts, section 4).
///
/// | test | for atmosphere | for deformation |
/// |---|---|---|
/// | coherence | to -0.6: the place is noise or mostly without data | |
/// | independent pair | to -0.6: quiet in pairs over the same days | 0.6 one, 0.8 two or more flagged there |
/// | shared date | to -0.8: all flags contain one date, pairs across it are quiet | 0.4: the flags have no date in common |
/// | time span | -0.3: longer pairs are flagged no more often | to 0.6: they are |
/// | phase and elevation | to -0.8: the phase follows the terrain, at the place too | 0.2: it is flat elsewhere |
public struct EvidenceWeighing: Sendable {
    /// From here on a pair is flagged.
    public let flaggedFrom: Probability
    /// Below this a pair is quiet; between the two it says nothing.
    public let quietBelow: Probability
    /// Flags at most this many metres apart are at the same place.
    public let samePlace: Double

    public init(rules: AlertRules) {
        (flaggedFrom, quietBelow, samePlace) = (rules.notify, rules.release, rules.samePlace)
    }

    /// All the evidence that the material allows; a test without material is left out.
    /// - Parameters:
    ///   - flagged: the pair in question.
    ///   - history: the volcano's other scored pairs, of any frame and in any order; `flagged` itself may be among them.
    ///   - phase: the crop that was flagged, radians.
    ///   - coherence: on the same grid, 0 to 1.
    ///   - elevation: on the same grid, metres.
    ///   - flaggedArea: square kilometres, left out of the fit of phase against elevation.
    public func weigh(
        _ flagged: ScoredPair, history: [ScoredPair], phase: RasterGrid? = nil, coherence: RasterGrid? = nil, elevation: RasterGrid? = nil,
        flaggedArea: Double = 0
    ) -> [Evidence] {
        // A reprocessed or superseded score of the same pair is no second witness.
        let others = history.filter { $0.interferogram != flagged.interferogram }
        var evidence = [independentPair(flagged, others), sharedDate(flagged, others), timeSpan(flagged, others)]
        if let coherence { evidence.append(CoherenceAtPlace(coherence, place: flagged.place).evidence) }
        if let phase, let elevation {
            let left = FlaggedDisc(place: flagged.place, area: flaggedArea)
            evidence.append(PhaseElevationFit(phase: phase, elevation: elevation, leavingOut: left)?.evidence)
        }
        return evidence.compactMap(\.self)
    }

    func isFlagged(_ other: ScoredPair, at flagged: ScoredPair) -> Bool {
        other.pMax >= flaggedFrom && other.place.distance(to: flagged.place) <= samePlace
    }

    func isQuiet(_ other: ScoredPair) -> Bool { other.pMax < quietBelow }
}
