import Alerting
import Domain
import Testing

struct IdentityTests {
    private let interferogram = Arrival(0.9, 0, 12).interferogram

    private func mint(
        _ interferogram: InterferogramID? = nil, version: Int = 1, volcano: VolcanoNumber = sierraNegra, model: ModelID = model,
        rules: AlertRules = .standard
    ) -> EpisodeID {
        EpisodeID(
            openedBy: interferogram ?? self.interferogram, version: version, volcano: volcano, model: model, rules: rules.revision)
    }

    @Test func `an episode's identity shows its volcano and its day and is the same on every run`() {
        #expect(mint().text == "353050-20240113-7fzc2")
        #expect(AlertID(episode: mint(), revision: 2).text == "353050-20240113-7fzc2.2")
    }

    @Test func `another interferogram, version, volcano, model or rule gives another identity`() {
        var rules = AlertRules.standard
        rules.quietDays = 31
        let all = [
            mint(), mint(Arrival(0.9, 6, 12).interferogram), mint(version: 2), mint(volcano: VolcanoNumber(353010)!),
            mint(model: ModelID(name: "starter", checksum: "ffffffffffff")), mint(rules: rules),
        ]
        #expect(Set(all).count == all.count)
    }

    @Test func `ten thousand identities of one volcano and day are all different`() {
        let all = (0..<10_000).map { mint(version: $0 + 1) }
        #expect(Set(all).count > 9990)  // of 14 million; a clash costs a suffix, not an alert
    }

    @Test func `an identity that is taken is not overwritten`() {
        let taken = mint()
        var volcano = Volcanology()
        volcano.play(Arrival(0.9, 0, 12))
        let elsewhere = Arrival(0.9, 0, 12, north: 20_000)
        let decision = volcano.rules.decide(
            elsewhere.assessment, episodes: volcano.episodes, newestAcquisition: day(12), newEpisode: taken)
        #expect(volcano.episodes.map(\.id) == [taken])
        #expect(decision?.episode?.id.text == "\(taken)-2")
    }

    @Test func `the rules' revision changes with every rule`() {
        var changed: [AlertRules] = Array(repeating: .standard, count: 7)
        changed[0].notify = Probability(0.51)!
        changed[1].alert = Probability(0.81)!
        changed[2].release = Probability(0.41)!
        changed[3].quietDays = 31
        changed[4].samePlace = 10_001
        changed[5].growth = 2.1
        changed[6].historicDays = 61
        #expect(Set(changed.map(\.revision) + [AlertRules.standard.revision]).count == 8)
    }
}
