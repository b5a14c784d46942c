public import Domain

/// Decides what one interferogram means for one volcano: whether something is told, and why.
///
/// Pure: the same arguments always give the same decision, so that a step that is repeated after a crash repeats its result.
/// The caller stores the decision and hands the volcano's episodes, as they then are, to the next call.
///
/// The day of a flag is its pair's later acquisition. A flag belongs to an episode when it lies within `samePlace` of the episode's
/// first flag and its day is at most `quietDays` before the first or after the last day on which the episode was active. Pairs
/// arrive late and out of order, so both ends count, and a late flag may reach an episode that has already ended: it opens it again
/// rather than a second one.
public struct EpisodeRules: Hashable, Sendable {
    public let rules: AlertRules

    public init(_ rules: AlertRules) {
        self.rules = rules
    }

    /// - Parameters:
    ///   - assessment: of the volcano whose episodes are given.
    ///   - episodes: all recorded episodes of this volcano, in any order. Cancelled ones are passed over.
    ///   - newestAcquisition: the newest acquisition of the interferogram's frame that is known, assessed or not.
    ///   - neighbours: the other volcanoes scored in the same interferogram. Crops overlap: what lies at a neighbour is the neighbour's.
    ///   - newEpisode: the identity of an episode that this interferogram may open, see `EpisodeID.init(openedBy:...)`.
    /// - Returns: nil for an assessment that is not assessable: it says nothing, neither deformation nor quiet.
    public func decide(
        _ assessment: Assessment, episodes: [Episode], newestAcquisition: AcquisitionDate, neighbours: [Neighbour] = [],
        newEpisode: EpisodeID
    ) -> Decision? {
        guard let finding = assessment.finding else { return nil }
        let sighting = Sighting(assessment: assessment, finding: finding, rules: rules)
        let joined = episode(at: sighting, among: episodes)
        if let told = told(sighting, in: episodes) { return told }
        if finding.pMax < rules.release {
            return sighting.silence(.belowThreshold, "\(sighting.p) is below the release threshold \(figure(rules.release))")
        }
        if sighting.isFlag, sighting.isHistoric(against: newestAcquisition) {
            let age = newestAcquisition.days(since: sighting.day)
            return sighting.silence(
                .historic,
                "\(sighting.p), but the pair ends \(age) days before the frame's newest acquisition "
                    + "\(newestAcquisition.iso8601), more than \(rules.historicDays)")
        }
        if sighting.isFlag, let owner = neighbours.owner(of: sighting) {
            return sighting.silence(
                .neighbouringVolcano,
                "\(sighting.p), but the place is \(kilometres(owner.summit.distance(to: finding.place))) from \(owner.name), which is nearer "
                    + "and flagged there in the same interferogram (P_max \(figure(owner.finding.pMax)))")
        }
        if let joined { return sighting.isFlag ? join(joined, sighting) : keepAlive(joined, sighting) }
        guard sighting.isFlag else {
            return sighting.silence(
                .belowThreshold,
                "\(sighting.p) is below the notify threshold \(figure(rules.notify)) and no episode is open at this place")
        }
        return open(newEpisode, sighting, episodes: episodes)
    }

    /// A flag that its episode already holds with the same figures. A reprocessed version has other figures and is judged again.
    private func told(_ sighting: Sighting, in episodes: [Episode]) -> Decision? {
        for episode in episodes where episode.flags.contains(sighting.flag) {
            return Decision(
                reason: .alreadyDecided, explanation: "\(sighting.p); this interferogram is already part of episode \(episode.id)",
                episode: episode, announcement: nil)
        }
        return nil
    }

    /// The nearest episode at the sighting's place and time; an open one before an ended one.
    private func episode(at sighting: Sighting, among episodes: [Episode]) -> Episode? {
        episodes
            .filter { $0.state != .cancelled && isSamePlace($0, sighting) && isSameTime($0, sighting) }
            .min { a, b in
                if a.state != b.state { return a.state == .open }
                let (da, db) = (a.place.distance(to: sighting.finding.place), b.place.distance(to: sighting.finding.place))
                return da == db ? a.id.text < b.id.text : da < db
            }
    }

    private func isSamePlace(_ episode: Episode, _ sighting: Sighting) -> Bool {
        episode.place.distance(to: sighting.finding.place) <= rules.samePlace
    }

    private func isSameTime(_ episode: Episode, _ sighting: Sighting) -> Bool {
        let first = episode.flags.map(\.interferogram.pair.later).min() ?? episode.lastActive
        return sighting.day.days(since: episode.lastActive) <= rules.quietDays && first.days(since: sighting.day) <= rules.quietDays
    }

    private func open(_ id: EpisodeID, _ sighting: Sighting, episodes: [Episode]) -> Decision {
        let others = episodes.filter { $0.state == .open }
        let elsewhere = nearest(others.filter { !isSamePlace($0, sighting) && isSameTime($0, sighting) }, to: sighting)
        let formerly = nearest(others.filter { isSamePlace($0, sighting) }, to: sighting)
        let surroundings =
            if let elsewhere {
                "open episode \(elsewhere.id) is \(kilometres(elsewhere.place.distance(to: sighting.finding.place))) away, "
                    + "more than \(kilometres(rules.samePlace))"
            } else if let formerly {
                "episode \(formerly.id) at this place was last active on \(formerly.lastActive.iso8601), "
                    + "more than \(rules.quietDays) days from this one"
            } else {
                "no open episode within \(kilometres(rules.samePlace))"
            }
        let tier: Tier = sighting.finding.pMax >= rules.alert ? .alert : .notify
        let episode = Episode(
            id: free(id, among: episodes), volcano: sighting.volcano, state: .open, place: sighting.finding.place, tier: tier,
            revision: 1, confirmed: false, toldArea: sighting.flag.area, lastActive: sighting.day, flags: [sighting.flag])
        return Decision(
            reason: elsewhere == nil ? .firstFlag : .newPlace, explanation: "\(sighting.aboveThreshold); \(surroundings)",
            episode: episode, announcement: Announcement(kind: .new, tier: tier))
    }

    /// Two interferograms whose identities clash must not overwrite each other's episode: the later one gets `-2`, `-3`...
    private func free(_ id: EpisodeID, among episodes: [Episode]) -> EpisodeID {
        let taken = Set(episodes.map(\.id))
        var (candidate, count) = (id, 1)
        while taken.contains(candidate) {
            count += 1
            candidate = EpisodeID("\(id)-\(count)")
        }
        return candidate
    }

    private func nearest(_ episodes: [Episode], to sighting: Sighting) -> Episode? {
        episodes.min { $0.place.distance(to: sighting.finding.place) < $1.place.distance(to: sighting.finding.place) }
    }

    /// Between release and notify: the episode stays alive, nothing is told.
    private func keepAlive(_ episode: Episode, _ sighting: Sighting) -> Decision {
        var episode = episode
        episode.lastActive = max(episode.lastActive, sighting.day)
        return Decision(
            reason: .withinHysteresis,
            explanation: "\(sighting.p) is between the release threshold \(figure(rules.release)) and the notify threshold "
                + "\(figure(rules.notify)): it keeps episode \(episode.id) going",
            episode: episode, announcement: nil)
    }

    private func join(_ old: Episode, _ sighting: Sighting) -> Decision {
        let news = News(of: sighting, in: old, rules: rules)
        var episode = old
        // A late flag shows that an ended episode was not over.
        episode.state = .open
        // A reprocessed interferogram replaces its earlier flag.
        episode.flags.removeAll { $0.interferogram == sighting.flag.interferogram }
        episode.flags.append(sighting.flag)
        episode.lastActive = max(old.lastActive, sighting.day)
        guard let reason = news.reason else {
            return Decision(
                reason: .nothingNew,
                explanation: "\(sighting.p) in episode \(old.id), but nothing new: no higher tier, no first confirmation, "
                    + "\(squareKilometres(sighting.flag.area)) flagged against \(squareKilometres(old.toldArea)) told before",
                episode: episode, announcement: nil)
        }
        episode.tier = news.tier
        episode.confirmed = old.confirmed || news.confirmedBy != nil
        episode.toldArea = max(old.toldArea, sighting.flag.area)
        episode.revision += 1
        return Decision(
            reason: reason, explanation: "\(sighting.p) in episode \(old.id): \(news.words.joined(separator: "; "))",
            episode: episode, announcement: Announcement(kind: reason == .confirmed ? .confirmed : .update, tier: news.tier))
    }
}
