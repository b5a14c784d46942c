import Alerting
import Domain

// A volcano's history as a test writes it: flags in the order in which they arrive, days counted from 2024-01-01.

let sierraNegra = VolcanoNumber(353050)!
let ascending = FrameID("106A_09048_000909")!
let descending = FrameID("128D_09016_110500")!
let summit = GeoPoint(latitude: -0.83, longitude: -91.17)!
let model = ModelID(name: "starter", checksum: "0123456789ab")

func day(_ number: Int) -> AcquisitionDate {
    AcquisitionDate(dayNumber: AcquisitionDate(year: 2024, month: 1, day: 1)!.dayNumber + number)
}

/// `metres` north of the summit.
func place(north metres: Double) -> GeoPoint {
    GeoPoint(latitude: summit.latitude + metres / 111_195, longitude: summit.longitude)!
}

struct Arrival: Hashable, Sendable {
    var p: Double
    var from: Int
    var to: Int
    var north: Double = 0
    var area: Double = 10
    var frame: FrameID = ascending

    init(_ p: Double, _ from: Int, _ to: Int, north: Double = 0, area: Double = 10, frame: FrameID = ascending) {
        self.p = p
        self.from = from
        self.to = to
        self.north = north
        self.area = area
        self.frame = frame
    }

    var interferogram: InterferogramID {
        InterferogramID(frame: frame, pair: AcquisitionPair(day(from), day(to))!)
    }

    var assessment: Assessment {
        let place = place(north: north)
        let finding = Finding(
            pMax: Probability(p)!, place: place, distance: summit.distance(to: place), bearing: summit.bearing(to: place),
            areaAbove50: area, areaAbove80: 0, motion: nil, quality: Quality(validShare: 0.9, meanCoherence: 0.6),
            patches: PatchCounts(total: 16, withoutData: 0, withoutEdges: 4, classified: 12))
        return Assessment(interferogram: interferogram, volcano: sierraNegra, model: model, result: .scored(finding))
    }
}

/// Plays arrivals as the daemon does: decide, keep the episode, then see what has ended.
struct Volcanology {
    var rules = EpisodeRules(.standard)
    var episodes: [Episode] = []
    var newest = day(0)
    var observedUntil = day(0)
    var decisions: [Decision] = []

    /// - Returns: the decision on the arrival itself; endings are only in `decisions`.
    @discardableResult
    mutating func play(_ arrival: Arrival, endings: Bool = true) -> Decision {
        newest = max(newest, day(arrival.to))
        observedUntil = max(observedUntil, day(arrival.to))
        let id = EpisodeID(
            openedBy: arrival.interferogram, version: 1, volcano: sierraNegra, model: model, rules: rules.rules.revision)
        let decision = rules.decide(arrival.assessment, episodes: episodes, newestAcquisition: newest, newEpisode: id)!
        keep(decision)
        if endings { for ending in rules.endings(of: episodes, observedUntil: observedUntil) { keep(ending) } }
        return decision
    }

    private mutating func keep(_ decision: Decision) {
        decisions.append(decision)
        guard let episode = decision.episode else { return }
        episodes.removeAll { $0.id == episode.id }
        episodes.append(episode)
    }

    var told: [AlertKind] { decisions.compactMap(\.announcement?.kind) }
    var reasons: [DecisionReason] { decisions.map(\.reason) }
}

/// Deterministic: a failing property names its seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {  // SplitMix64
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
