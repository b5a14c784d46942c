import Alerting
import Domain
import Testing

struct EpisodeRejectionTests {
    private static func interferogram(_ pair: String) -> InterferogramID {
        InterferogramID(frame: FrameID("106A_09048_000909")!, pair: AcquisitionPair(pair)!)
    }

    private static let first = interferogram("20240106_20240118")
    private static let second = interferogram("20240118_20240130")
    private static let foreign = interferogram("20240130_20240211")

    private func episode(_ state: Episode.State) -> Episode {
        let place = GeoPoint(latitude: -0.83, longitude: -91.17)!
        return Episode(
            id: EpisodeID("353050-20240118-abcde"), volcano: VolcanoNumber(353050)!, state: state, place: place, tier: .alert, revision: 3,
            confirmed: false, toldArea: 12, lastActive: Self.second.pair.later,
            flags: [Self.first, Self.second].map { Episode.Flag(interferogram: $0, pMax: Probability(0.9)!, place: place, area: 12) })
    }

    @Test(arguments: [
        (Verdict.atmosphere, Episode.State.open, first, Verdict?.none, true),
        (.other, .open, second, nil, true),
        (.atmosphere, .open, second, .atmosphere, true),
        (.atmosphere, .open, second, .unsure, true),
        // The one that was confirmed before is the one that is rejected now.
        (.atmosphere, .open, first, .deformation, true),
        (.atmosphere, .open, second, .deformation, false),
        (.deformation, .open, first, nil, false),
        (.unsure, .open, first, nil, false),
        (.atmosphere, .ended, first, nil, false),
        (.atmosphere, .cancelled, first, nil, false),
        (.atmosphere, .open, foreign, nil, false),
    ])
    func `a rejected flag withdraws its open episode unless another flag is confirmed`(
        verdict: Verdict, state: Episode.State, on interferogram: InterferogramID, onFirst: Verdict?, withdraws: Bool
    ) {
        let decision = episode(state).decision(after: verdict, on: interferogram, by: "Ana", others: onFirst.map { [Self.first: $0] } ?? [:])
        #expect((decision != nil) == withdraws)
        guard let decision else { return }
        #expect(decision.reason == .rejected)
        #expect(decision.announcement == Announcement(kind: .cancelled, tier: .alert))
        #expect(decision.episode?.state == .cancelled && decision.episode?.revision == 4)
        #expect(decision.explanation.contains("Ana judged \(interferogram)"))
    }
}
