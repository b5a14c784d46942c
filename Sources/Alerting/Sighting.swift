internal import Domain

/// A scored assessment with the words and figures that every decision about it needs.
struct Sighting {
    let volcano: VolcanoNumber
    let finding: Finding
    let flag: Episode.Flag
    let rules: AlertRules

    init(assessment: Assessment, finding: Finding, rules: AlertRules) {
        volcano = assessment.volcano
        self.finding = finding
        self.rules = rules
        flag = Episode.Flag(
            interferogram: assessment.interferogram, pMax: finding.pMax, place: finding.place, area: finding.areaAbove50)
    }

    /// The later acquisition: the day for which the interferogram speaks.
    var day: AcquisitionDate { flag.interferogram.pair.later }

    var isFlag: Bool { finding.pMax >= rules.notify }

    func isHistoric(against newest: AcquisitionDate) -> Bool { newest.days(since: day) > rules.historicDays }

    var p: String { "P_max \(figure(finding.pMax))" }

    var aboveThreshold: String {
        finding.pMax >= rules.alert
            ? "\(p) is at or above the alert threshold \(figure(rules.alert))"
            : "\(p) is at or above the notify threshold \(figure(rules.notify))"
    }

    /// A decision that tells nothing and touches no episode.
    func silence(_ reason: DecisionReason, _ explanation: String) -> Decision {
        Decision(reason: reason, explanation: explanation, episode: nil, announcement: nil)
    }
}

/// What a flag adds to an episode that is already told.
struct News {
    let tier: Tier
    let isHigherTier: Bool
    /// The earlier flag that the new one confirms: overlapping in time, no acquisition shared, so no atmosphere shared.
    let confirmedBy: InterferogramID?
    let isGrowth: Bool
    let words: [String]

    init(of sighting: Sighting, in episode: Episode, rules: AlertRules) {
        let reached: Tier = sighting.finding.pMax >= rules.alert ? .alert : .notify
        tier = max(episode.tier, reached)
        isHigherTier = reached > episode.tier
        let pair = sighting.flag.interferogram.pair
        confirmedBy =
            episode.confirmed
            ? nil
            : episode.flags.map(\.interferogram).filter { !$0.pair.sharesDate(with: pair) && $0.pair.overlaps(pair) }.min()
        isGrowth = sighting.flag.area > episode.toldArea && sighting.flag.area >= rules.growth * episode.toldArea

        var words: [String] = []
        if let confirmedBy { words.append("\(confirmedBy) was flagged too, overlaps it and shares no acquisition") }
        if isHigherTier { words.append("it reaches the alert threshold \(figure(rules.alert)) for the first time") }
        if isGrowth {
            words.append(
                "\(squareKilometres(sighting.flag.area)) are flagged, at least \(decimals(rules.growth, 1)) times the "
                    + "\(squareKilometres(episode.toldArea)) told before")
        }
        self.words = words
    }

    /// The weightiest news; a message tells the rest with it. An independent pair says most, so it comes first.
    var reason: DecisionReason? {
        if confirmedBy != nil { .confirmed } else if isHigherTier { .higherTier } else if isGrowth { .growth } else { nil }
    }
}
