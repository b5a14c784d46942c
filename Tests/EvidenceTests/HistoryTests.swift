import Domain
import Testing

@testable import Evidence

/// Days count from 1 January 2024; the track decides who shares a sky with whom.
private func pair(
    _ from: Int, _ to: Int, p: Double = 0.9, north: Double = 0, motion: Double? = nil, frame: String = "106A_09048_000909"
) throws -> ScoredPair {
    let start = try #require(AcquisitionDate(year: 2024, month: 1, day: 1)).dayNumber
    let days = try #require(AcquisitionPair(AcquisitionDate(dayNumber: start + from), AcquisitionDate(dayNumber: start + to)))
    return ScoredPair(
        interferogram: InterferogramID(frame: try #require(FrameID(frame)), pair: days), pMax: try #require(Probability(p)),
        place: try #require(GeoPoint(latitude: -0.8 + north, longitude: -91.13)),
        motion: motion.map { LineOfSightMotion(fringes: abs($0) / 2.77, centimetres: $0) })
}

private let quiet = 0.1
private let weighing = EvidenceWeighing(rules: .standard)

private func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-9 }

struct IndependentPairTests {
    private func evidence(_ flagged: ScoredPair, _ history: [ScoredPair]) -> Evidence? {
        weighing.weigh(flagged, history: history).first { $0.test == .independentPair }
    }

    @Test func `an overlapping flag at the place without a common date supports, a second one more`() throws {
        let flagged = try pair(12, 36), one = try pair(0, 24), two = try pair(24, 48)
        #expect(evidence(flagged, [one])?.weight == 0.6)
        let both = try #require(evidence(flagged, [two, one]))
        #expect(both.weight == 0.8 && both.figures["flagged"] == 2)
        #expect(both.pairs == [one.pair, two.pair])
    }

    @Test func `what cannot witness is not asked`() throws {
        let flagged = try pair(12, 36)
        for other in [
            try pair(0, 12),  // shares the date, no overlap
            try pair(12, 24),  // shares the date
            try pair(48, 72),  // another time
            try pair(0, 24, north: 0.2),  // flagged 22 km away
            try pair(0, 24, p: 0.45),  // neither flagged nor quiet
            try pair(12, 36, p: 0.1),  // the flagged pair itself
        ] {
            #expect(evidence(flagged, [other]) == nil, "\(other.pair)")
        }
    }

    @Test(arguments: [(0, 48, 1.0), (0, 24, 0.5), (24, 48, 0.5), (18, 30, 0.5), (35, 60, 1.0 / 24)])
    func `an overlapping quiet pair speaks against by the share of days it covers`(from: Int, to: Int, share: Double) throws {
        let found = try #require(evidence(pair(12, 36), [pair(from, to, p: quiet)]))
        #expect(close(found.weight, -0.4 * share))
        #expect(found.figures["quiet"] == 1 && close(found.figures["coverage"] ?? 0, share))
    }

    @Test func `two quiet pairs speak louder, and a supporting one outweighs them`() throws {
        let quiets = [try pair(0, 48, p: quiet), try pair(6, 40, p: quiet)]
        let against = try #require(evidence(pair(12, 36), quiets))
        #expect(close(against.weight, -0.6))
        let mixed = try #require(evidence(pair(12, 36), quiets + [pair(0, 24)]))
        #expect(close(mixed.weight, 0))
    }

    @Test func `the same day on another track is another sky`() throws {
        let flagged = try pair(12, 36), other = try pair(12, 36, frame: "128D_09016_110500")
        #expect(evidence(flagged, [other])?.weight == 0.6)
        #expect(evidence(flagged, [try pair(12, 24, frame: "106A_09090_111111")]) == nil)
    }
}

struct SharedDateTests {
    private func evidence(_ flagged: ScoredPair, _ history: [ScoredPair]) -> Evidence? {
        weighing.weigh(flagged, history: history).first { $0.test == .sharedDate }
    }

    @Test func `one bad date explains flags when the pairs across it are quiet`() throws {
        // The real frame's 20240223: both of its pairs flagged, the pairs over it not.
        let flagged = try pair(41, 53), other = try pair(29, 53)
        let across = [try pair(41, 65, p: quiet), try pair(41, 77, p: quiet)]
        let found = try #require(evidence(flagged, [other] + across))
        #expect(found.weight == -0.7)
        #expect(found.figures == ["date": 2024_02_23, "flagged": 2, "quiet": 2, "sign": 0])
        #expect(found.pairs == ([flagged, other] + across).map(\.pair).sorted())
        #expect(evidence(flagged, [other, across[0]])?.weight == -0.6)
    }

    @Test func `a common date alone weighs little`() throws {
        #expect(try evidence(pair(12, 24), [pair(0, 24)])?.weight == -0.2)
    }

    @Test func `flags without a common date cannot be one date's atmosphere`() throws {
        let found = try #require(evidence(pair(0, 12), [pair(0, 24), pair(12, 24)]))
        #expect(found.weight == 0.4 && found.figures["date"] == 0)
    }

    @Test(arguments: [(2.0, -2.0, -0.3), (2.0, 2.0, 0.3), (-1.5, -2.0, 0.3)])
    func `the sign on both sides of the date tells atmosphere from deformation`(before: Double, after: Double, weight: Double) throws {
        let found = try #require(evidence(pair(12, 24, motion: after), [pair(0, 12, motion: before)]))
        #expect(close(found.weight, weight))
    }

    @Test func `quiet pairs that hold the date, other tracks and other times have no say`() throws {
        let flagged = try pair(41, 53), other = try pair(29, 53)
        for quietPair in [try pair(53, 65, p: quiet), try pair(17, 41, p: quiet), try pair(41, 65, p: quiet, frame: "128D_09016_110500")] {
            #expect(evidence(flagged, [other, quietPair])?.weight == -0.2)
        }
    }

    @Test func `one flag alone has nothing to share, nor has one from another season`() throws {
        #expect(try evidence(pair(41, 53), [pair(41, 65, p: quiet)]) == nil)
        #expect(try evidence(pair(241, 253), [pair(29, 53)]) == nil)
    }
}

struct TimeSpanTests {
    private func evidence(_ flagged: ScoredPair, _ history: [ScoredPair]) -> Evidence? {
        weighing.weigh(flagged, history: history).first { $0.test == .timeSpan }
    }

    /// Of 20 pairs of each span so many are flagged.
    private func history(_ flagged: [Int: Int]) throws -> [ScoredPair] {
        try flagged.flatMap { span, count in
            try (0..<20).map { try pair(200 + $0, 200 + $0 + span, p: $0 < count ? 0.9 : quiet) }
        }
    }

    @Test(
        arguments: [
            ([12: 10, 24: 18, 48: 20], 0.6 * 20 / 24),  // Sierra Negra's shares
            ([12: 3, 24: 3, 48: 3], -0.3 * 20 / 24),  // Fuji's
            ([12: 4, 48: 10], 0.36 * 20 / 24), ([12: 19, 24: 20], 0), ([12: 10, 24: 2], -0.3 * 20 / 24), ([24: 2, 48: 5], 0.18 * 20 / 24),
        ] as [([Int: Int], Double)])
    func `a share that grows with the span speaks for deformation, a flat one against`(shares: [Int: Int], weight: Double) throws {
        // A flagged pair of a span that is not counted, after all the others.
        let found = try #require(evidence(pair(200, 280), history(shares)))
        #expect(close(found.weight, weight), "\(found.weight)")
        for (span, count) in shares { #expect(found.figures["share\(span)"] == Double(count) / 20) }
    }

    @Test func `few pairs weigh less and one span says nothing`() throws {
        let few = [try pair(0, 12, p: quiet), try pair(12, 24, p: quiet), try pair(0, 24), try pair(12, 36)]
        let found = try #require(evidence(pair(24, 48), few))
        #expect(close(found.weight, 0.6 * 2 / 6))
        #expect(try evidence(pair(24, 48), [pair(0, 24), pair(12, 36)]) == nil)
        #expect(try evidence(pair(24, 48), [pair(0, 24), pair(0, 12)]) == nil)
    }

    @Test func `pairs of other years and flags elsewhere do not count as flags here`() throws {
        let flagged = try pair(400, 424), late = [try pair(400, 412, p: quiet), try pair(412, 424, p: quiet)]
        let old = [try pair(0, 24), try pair(12, 36)]
        #expect(evidence(flagged, late + old) == nil)
        let elsewhere = try #require(evidence(flagged, late + [pair(388, 412, north: 0.2)]))
        #expect(elsewhere.figures["share24"] == 0.5)
    }
}
