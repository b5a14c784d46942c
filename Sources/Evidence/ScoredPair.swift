public import Domain

/// What the classifier said of one volcano in one interferogram: the flagged one, or one of its history.
public struct ScoredPair: Hashable, Sendable {
    public let interferogram: InterferogramID
    public let pMax: Probability
    /// Where `pMax` lies; of meaning only when the pair is flagged.
    public let place: GeoPoint
    /// Nil where fringes could not be counted.
    public let motion: LineOfSightMotion?

    public init(interferogram: InterferogramID, pMax: Probability, place: GeoPoint, motion: LineOfSightMotion? = nil) {
        self.interferogram = interferogram
        self.pMax = pMax
        self.place = place
        self.motion = motion
    }

    /// Nil for an assessment without a score: it is no witness, neither for nor against.
    public init?(_ assessment: Assessment) {
        guard let finding = assessment.finding else { return nil }
        self.init(
            interferogram: assessment.interferogram, pMax: finding.pMax, place: finding.place, motion: finding.motion)
    }

    public var pair: AcquisitionPair { interferogram.pair }

    /// Whether both saw the same sky: an acquisition date of one track in common. Another track passes at another hour, so the same day
    /// there is another atmosphere.
    func sharesAtmosphere(with other: ScoredPair) -> Bool { isSameTrack(as: other) && pair.sharesDate(with: other.pair) }

    func isSameTrack(as other: ScoredPair) -> Bool {
        interferogram.frame.relativeOrbit == other.interferogram.frame.relativeOrbit
    }

    /// Days that both intervals cover.
    func commonDays(with other: ScoredPair) -> Int {
        max(0, min(pair.later, other.pair.later).days(since: max(pair.earlier, other.pair.earlier)))
    }
}
