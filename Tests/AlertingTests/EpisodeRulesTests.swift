import Alerting
import Domain
import Testing

struct EpisodeRulesTests {
    @Test(arguments: [
        (0.39, DecisionReason.belowThreshold, Tier?.none),
        (0.40, .belowThreshold, nil),  // hysteresis needs an episode to keep alive
        (0.49, .belowThreshold, nil),
        (0.50, .firstFlag, .notify),
        (0.79, .firstFlag, .notify),
        (0.80, .firstFlag, .alert),
        (1.00, .firstFlag, .alert),
    ])
    func `the first score decides by the thresholds, which belong to the upper side`(p: Double, reason: DecisionReason, tier: Tier?) {
        var volcano = Volcanology()
        let decision = volcano.play(Arrival(p, 0, 12))
        #expect(decision.reason == reason)
        #expect(decision.announcement?.tier == tier)
        #expect(decision.announcement.map { $0.kind == .new } ?? true)
        #expect((decision.episode == nil) == (tier == nil))
    }

    @Test(arguments: [
        (Arrival(0.39, 12, 24), DecisionReason.belowThreshold, 12),
        (Arrival(0.40, 12, 24), .withinHysteresis, 24),
        (Arrival(0.49, 12, 24), .withinHysteresis, 24),
        (Arrival(0.60, 12, 24), .nothingNew, 24),
        (Arrival(0.79, 12, 24, area: 19.9), .nothingNew, 24),
        (Arrival(0.79, 12, 24, area: 20), .growth, 24),
        (Arrival(0.49, 12, 24, area: 40), .withinHysteresis, 24),  // growth counts from notify on only
        (Arrival(0.80, 12, 24), .higherTier, 24),
        (Arrival(0.60, 6, 24), .confirmed, 24),
        (Arrival(0.80, 6, 24), .confirmed, 24),
        (Arrival(0.49, 6, 24), .withinHysteresis, 24),
        (Arrival(0.60, 0, 24), .nothingNew, 24),  // shares a date
        (Arrival(0.60, 12, 42), .nothingNew, 42),
        (Arrival(0.60, 12, 43), .firstFlag, 12),  // too late for the episode
        (Arrival(0.60, 12, 24, north: 9900), .nothingNew, 24),
        (Arrival(0.60, 12, 24, north: 10_100), .newPlace, 12),
    ])
    func `after a flag at 0.6, days 0 to 12 and 10 km2, a second score gives`(
        second: Arrival, reason: DecisionReason, lastActive: Int
    ) {
        var volcano = Volcanology()
        volcano.play(Arrival(0.6, 0, 12), endings: false)
        let first = volcano.episodes[0].id
        let decision = volcano.play(second, endings: false)
        #expect(decision.reason == reason)
        #expect(volcano.episodes.first { $0.id == first }?.lastActive == day(lastActive))
    }

    @Test func `a tier never goes down within an episode and later news is told at the highest one`() {
        var volcano = Volcanology()
        volcano.play(Arrival(0.9, 0, 12))
        let decision = volcano.play(Arrival(0.55, 12, 24, area: 30))
        #expect(decision.reason == .growth)
        #expect(decision.announcement == Announcement(kind: .update, tier: .alert))
        #expect(decision.episode?.tier == .alert)
        #expect(decision.episode?.revision == 2)
    }

    @Test func `a confirmation that also reaches the alert tier is one message with both`() {
        var volcano = Volcanology()
        volcano.play(Arrival(0.6, 0, 12))
        let decision = volcano.play(Arrival(0.93, 6, 18))
        #expect(decision.announcement == Announcement(kind: .confirmed, tier: .alert))
        #expect(decision.explanation.contains("alert threshold 0.80"))
        #expect(decision.explanation.contains("106A_09048_000909/20240101_20240113 was flagged too"))
        // Told once: neither is news again.
        #expect(volcano.play(Arrival(0.93, 3, 20)).reason == .nothingNew)
    }

    @Test func `growth is measured against the largest area told, so that it is not told twice`() {
        var volcano = Volcanology()
        volcano.play(Arrival(0.6, 0, 12, area: 10))
        #expect(volcano.play(Arrival(0.6, 0, 18, area: 25)).reason == .growth)
        #expect(volcano.play(Arrival(0.85, 0, 24, area: 5)).reason == .higherTier)
        #expect(volcano.play(Arrival(0.85, 0, 30, area: 25)).reason == .nothingNew)
    }

    @Test func `the same place seen from two tracks is one episode, the same acquisitions confirm nothing`() {
        var volcano = Volcanology()
        volcano.play(Arrival(0.9, 0, 12))
        let sameDates = volcano.play(Arrival(0.9, 0, 12, north: 300, frame: descending))
        #expect(sameDates.reason == .nothingNew)
        let otherDates = volcano.play(Arrival(0.9, 5, 17, north: 300, frame: descending))
        #expect(otherDates.reason == .confirmed)
        #expect(volcano.episodes.count == 1)
    }

    @Test func `the same interferogram again changes nothing`() {
        var volcano = Volcanology()
        volcano.play(Arrival(0.9, 0, 12))
        let before = volcano.episodes
        let again = volcano.play(Arrival(0.9, 0, 12))
        #expect(again.reason == .alreadyDecided)
        #expect(again.announcement == nil)
        #expect(volcano.episodes == before)
    }

    @Test func `a reprocessed interferogram replaces its flag and may be news`() {
        var volcano = Volcanology()
        volcano.play(Arrival(0.6, 0, 12))
        let again = volcano.play(Arrival(0.9, 0, 12))
        #expect(again.reason == .higherTier)
        #expect(volcano.episodes.map(\.flags.count) == [1])
    }

    @Test(arguments: [(60, DecisionReason.firstFlag), (61, .historic)])
    func `a pair that ends long before the frame's newest acquisition is recorded and not told`(age: Int, reason: DecisionReason) {
        var volcano = Volcanology()
        volcano.newest = day(12 + age)
        let decision = volcano.play(Arrival(0.9, 0, 12))
        #expect(decision.reason == reason)
        if reason == .historic { #expect(decision.announcement == nil && decision.episode == nil) }
    }

    @Test func `a cancelled episode takes no flags`() {
        var volcano = Volcanology()
        volcano.play(Arrival(0.9, 0, 12))
        volcano.episodes[0].state = .cancelled
        #expect(volcano.play(Arrival(0.9, 12, 24)).reason == .firstFlag)
        #expect(volcano.episodes.count == 2)
    }

    @Test func `what is not assessable is no decision, neither flag nor quiet`() {
        let quality = Quality(validShare: 0.1, meanCoherence: nil)
        let assessment = Assessment(
            interferogram: Arrival(0, 0, 12).interferogram, volcano: sierraNegra, model: model,
            result: .notAssessable(NotAssessable(reason: .tooLittleValidArea, explanation: "10 % of 25 %", quality: quality)))
        let decision = EpisodeRules(.standard)
            .decide(assessment, episodes: [], newestAcquisition: day(12), newEpisode: EpisodeID("x"))
        #expect(decision == nil)
    }

    @Test(arguments: [
        (Arrival(0.93, 0, 12), "P_max 0.93 is at or above the alert threshold 0.80; no open episode within 10 km"),
        (Arrival(0.5, 0, 12), "P_max 0.50 is at or above the notify threshold 0.50; no open episode within 10 km"),
        (Arrival(0.796, 0, 12), "P_max 0.79 is at or above the notify threshold 0.50; no open episode within 10 km"),
        (Arrival(0.05, 0, 12), "P_max 0.05 is below the release threshold 0.40"),
    ])
    func `the explanation is one sentence with the figures`(arrival: Arrival, sentence: String) {
        var volcano = Volcanology()
        #expect(volcano.play(arrival).explanation == sentence)
    }
}
