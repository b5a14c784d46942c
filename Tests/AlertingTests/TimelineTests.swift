import Alerting
import Domain
import Testing

/// Histories of one volcano, told from first to last message.
struct TimelineTests {
    @Test func `P12 a score that wavers round the notify threshold gives one alert`() {
        var volcano = Volcanology()
        for (index, p) in [0.52, 0.48, 0.53, 0.41, 0.51, 0.39, 0.54, 0.45].enumerated() {
            volcano.play(Arrival(p, index * 6, index * 6 + 6))
        }
        #expect(volcano.told == [.new])
        #expect(volcano.episodes.count == 1)
    }

    @Test func `P12 a score that wavers round the alert threshold is raised once`() {
        var volcano = Volcanology()
        for (index, p) in [0.78, 0.82, 0.79, 0.83, 0.77, 0.81].enumerated() { volcano.play(Arrival(p, index * 6, index * 6 + 6)) }
        #expect(volcano.told == [.new, .update])
        #expect(volcano.decisions.compactMap(\.announcement?.tier) == [.notify, .alert])
    }

    @Test func `an unrest from its first flag to its end, and the next one`() {
        var volcano = Volcanology()
        volcano.play(Arrival(0.2, 0, 12))
        volcano.play(Arrival(0.6, 12, 24))
        volcano.play(Arrival(0.9, 12, 36))
        volcano.play(Arrival(0.9, 18, 42))
        volcano.play(Arrival(0.1, 42, 54))
        volcano.play(Arrival(0.1, 54, 72))  // 30 days after day 42: still open
        #expect(volcano.episodes.map(\.state) == [.open])
        volcano.play(Arrival(0.1, 66, 78))
        volcano.play(Arrival(0.7, 78, 90))
        #expect(
            volcano.reasons == [
                .belowThreshold, .firstFlag, .higherTier, .confirmed, .belowThreshold, .belowThreshold, .belowThreshold, .ended,
                .firstFlag,
            ])
        #expect(volcano.told == [.new, .update, .confirmed, .ended, .new])
        #expect(volcano.decisions.first { $0.reason == .ended }?.announcement?.tier == .notify)
        #expect(volcano.episodes.map(\.revision) == [4, 1])
    }

    @Test func `the longest gap counts from the last activity, a hysteresis score included`() {
        var volcano = Volcanology()
        volcano.play(Arrival(0.6, 0, 12))
        volcano.play(Arrival(0.45, 24, 36))
        volcano.play(Arrival(0.1, 54, 66))
        #expect(volcano.episodes.map(\.state) == [.open])
        volcano.play(Arrival(0.1, 55, 67))
        #expect(volcano.episodes.map(\.state) == [.ended])
    }

    @Test func `two places end each in its own time`() {
        var volcano = Volcanology()
        volcano.play(Arrival(0.6, 0, 12))
        volcano.play(Arrival(0.6, 12, 24, north: 15_000))
        volcano.play(Arrival(0.6, 31, 43, north: 15_000))
        #expect(volcano.reasons == [.firstFlag, .newPlace, .nothingNew, .ended])
        #expect(volcano.decisions.last?.episode?.place == place(north: 0))
    }

    @Test func `a late flag within an ended episode's time opens that one again and no second one`() {
        var volcano = Volcanology()
        volcano.play(Arrival(0.6, 0, 12))
        volcano.play(Arrival(0.1, 36, 48))
        #expect(volcano.episodes.map(\.state) == [.ended])
        volcano.play(Arrival(0.6, 12, 30))
        #expect(volcano.told == [.new, .ended])
        #expect(volcano.episodes.map(\.state) == [.open])
    }

    @Test func `P13 a back-fill of old pairs behind a newer acquisition tells nothing`() {
        var volcano = Volcanology()
        volcano.newest = day(700)
        for index in 0..<20 { volcano.play(Arrival(0.99, index * 12, index * 12 + 24)) }
        #expect(volcano.told.isEmpty)
        #expect(Set(volcano.reasons) == [.historic])
    }
}
