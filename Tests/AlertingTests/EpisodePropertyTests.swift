import Alerting
import Domain
import Testing

/// Rules that hold for every history, tried on seeded random ones.
struct EpisodePropertyTests {
    /// Flags at one place whose days lie within `quietDays` of each other.
    private func burst(_ generator: inout SeededGenerator) -> [Arrival] {
        (0..<Int.random(in: 2...8, using: &generator)).map { _ in
            let to = Int.random(in: 60...90, using: &generator)
            return Arrival(
                Double.random(in: 0.5...1, using: &generator), to - Int.random(in: 6...48, using: &generator), to,
                north: Double.random(in: -4000...4000, using: &generator), area: Double.random(in: 1...50, using: &generator),
                frame: Bool.random(using: &generator) ? ascending : descending)
        }
    }

    @Test(arguments: 0..<300)
    func `flags of one unrest open exactly one episode in whatever order they arrive`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let flags = burst(&generator)
        for _ in 0..<6 {
            var volcano = Volcanology()
            for flag in flags.shuffled(using: &generator) { volcano.play(flag) }
            #expect(volcano.episodes.count == 1)
            #expect(volcano.told.filter { $0 == .new }.count == 1)
            #expect(volcano.told.filter { $0 == .confirmed }.count <= 1)
            #expect(volcano.episodes[0].lastActive == flags.map { day($0.to) }.max())
            #expect(volcano.episodes[0].revision == volcano.told.count)
            let top: Tier = flags.contains { $0.p >= 0.8 } ? .alert : .notify
            #expect(volcano.episodes[0].tier == top)
        }
    }

    @Test(arguments: 0..<100)
    func `what is flagged, active and told in the end does not depend on the order of arrival`(seed: UInt64) {
        var generator = SeededGenerator(state: seed &+ 1000)
        let flags = Array(Dictionary(burst(&generator).map { ($0.interferogram, $0) }, uniquingKeysWith: { a, _ in a }).values)
        let endings = (0..<5).map { _ in
            var volcano = Volcanology()
            for flag in flags.shuffled(using: &generator) { volcano.play(flag) }
            return volcano.episodes[0]
        }
        #expect(Set(endings.map { Set($0.flags.map(\.interferogram)) }).count == 1)
        #expect(Set(endings.map(\.confirmed)).count == 1)
        #expect(Set(endings.map(\.lastActive)).count == 1)
    }

    @Test(arguments: 0..<200)
    func `a second pass over the same history tells nothing`(seed: UInt64) {
        var generator = SeededGenerator(state: seed &+ 2000)
        var volcano = Volcanology()
        let history = (0..<12).map { index in
            Arrival(Double.random(in: 0.3...1, using: &generator), index * 6, index * 6 + 12)
        }
        for arrival in history { volcano.play(arrival) }
        let told = volcano.told.count
        for arrival in history {
            let again = volcano.play(arrival)
            #expect(again.announcement == nil)
            if arrival.p >= 0.5 { #expect(again.reason == .alreadyDecided || again.reason == .historic) }
        }
        #expect(volcano.told.count == told)
    }

    @Test(arguments: 0..<200)
    func `every announcement raises the revision by one and every silence leaves it`(seed: UInt64) {
        var generator = SeededGenerator(state: seed &+ 3000)
        var volcano = Volcanology()
        for _ in 0..<40 {
            let to = Int.random(in: 12...200, using: &generator)
            let before = volcano.episodes
            let decision = volcano.play(
                Arrival(
                    Double.random(in: 0...1, using: &generator), to - 12, to,
                    north: Double.random(in: 0...30_000, using: &generator)),
                endings: false)
            guard let episode = decision.episode else {
                #expect(decision.announcement == nil)
                continue
            }
            let old = before.first { $0.id == episode.id }
            #expect(episode.revision == (old?.revision ?? 0) + (decision.announcement == nil ? 0 : 1))
            #expect(episode.tier >= old?.tier ?? .notify)
            #expect(!decision.explanation.isEmpty)
        }
    }
}
