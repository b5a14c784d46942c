import Alerting
import Domain
import Testing

/// One source that shows in the overlapping crops of two volcanoes, 30 km apart, north of each other.
@Suite("Neighbouring volcanoes")
struct NeighbourTests {
    private let rules = EpisodeRules(.standard)
    private let summit = GeoPoint(latitude: -0.43, longitude: -91.12)!

    private func place(north degrees: Double) -> GeoPoint { GeoPoint(latitude: -0.43 + degrees, longitude: -91.12)! }

    private func finding(_ p: Double, at place: GeoPoint, summit: GeoPoint) -> Finding {
        Finding(
            pMax: Probability(p)!, place: place, distance: summit.distance(to: place), bearing: summit.bearing(to: place), areaAbove50: 20,
            areaAbove80: 5, motion: nil, quality: Quality(validShare: 1, meanCoherence: 0.7),
            patches: PatchCounts(total: 16, withoutData: 0, withoutEdges: 0, classified: 16))
    }

    /// The volcano in question lies 0.27 degrees (30 km) north of the neighbour.
    private func decide(flagAt north: Double, neighbourAt: Double, neighbourP: Double, episodes: [Episode] = []) throws -> Decision {
        let interferogram = try #require(InterferogramID("128D_09016_110500/20250618_20250712"))
        let own = place(north: 0.27)
        let assessment = Assessment(
            interferogram: interferogram, volcano: VolcanoNumber(353_030)!, model: ModelID(name: "m", checksum: "c"),
            result: .scored(finding(0.98, at: place(north: north), summit: own)))
        let neighbour = Neighbour(
            name: "Alcedo", summit: summit, finding: finding(neighbourP, at: place(north: neighbourAt), summit: summit),
            notify: AlertRules.standard.notify)
        return try #require(
            rules.decide(
                assessment, episodes: episodes, newestAcquisition: interferogram.pair.later, neighbours: [neighbour],
                newEpisode: EpisodeID("e")))
    }

    @Test func `a flag at a flagged neighbour is the neighbour's and opens nothing`() throws {
        let decision = try decide(flagAt: 0.05, neighbourAt: 0.01, neighbourP: 0.9)
        #expect(decision.reason == .neighbouringVolcano)
        #expect(decision.announcement == nil)
        #expect(decision.episode == nil)
        #expect(decision.explanation.contains("5.6 km from Alcedo"))
    }

    @Test(arguments: [
        (0.05, 0.01, 0.3),  // the neighbour is not flagged: somebody must tell
        (0.02, 0.21, 0.9),  // the neighbour's flag is elsewhere, 21 km away
        (0.25, 0.24, 0.9),  // nearer to the volcano itself
    ])
    func `otherwise the volcano tells it itself`(flagAt: Double, neighbourAt: Double, neighbourP: Double) throws {
        let decision = try decide(flagAt: flagAt, neighbourAt: neighbourAt, neighbourP: neighbourP)
        #expect(decision.reason == .firstFlag)
        #expect(decision.announcement?.kind == .new)
    }
}
