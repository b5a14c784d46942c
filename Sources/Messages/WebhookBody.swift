import Domain
import FoundationEssentials

/// The JSON of a webhook. Its fields are an interface: webhook.schema.json describes them, and a change needs a new `version`.
struct WebhookBody: Encodable {
    let type: String
    let version = 1
    let timestamp: String
    /// What chat programs show.
    let text: String
    let data: AlertData

    init(_ alert: Alert, text: String, picture: WebhookPicture, language: Language) {
        type = "alert." + alert.kind.rawValue.lowercased()
        timestamp = Moment(alert.issued).iso8601
        self.text = text
        data = AlertData(alert, picture: picture, language: language)
    }
}

struct AlertData: Encodable {
    let alert: Identity
    let volcano: VolcanoData
    let observation: ObservationData
    let finding: FindingData
    let evidence: [EvidenceData]
    let history: [FlagData]
    let picture: PictureData?
    let language: String
    let disclaimer: String
    let credit: String

    init(_ alert: Alert, picture: WebhookPicture, language: Language) {
        self.alert = Identity(alert)
        volcano = VolcanoData(alert.volcano, priority: alert.priority)
        observation = ObservationData(alert)
        finding = FindingData(alert.finding)
        evidence = alert.evidence.map { EvidenceData($0, language: language) }
        history = alert.history.sorted { $0.interferogram > $1.interferogram }.map(FlagData.init)
        self.picture = PictureData(picture)
        self.language = language.rawValue
        let words = Wording(language: language), pair = alert.observation.interferogram.pair
        disclaimer = words.disclaimer
        credit = words.credit(years: pair.earlier.year == pair.later.year ? "\(pair.later.year)" : "\(pair.earlier.year)–\(pair.later.year)")
    }
}

struct Identity: Encodable {
    let id, episode, kind, tier, issued, reason, explanation, model: String
    let revision: Int
    let test: Bool

    init(_ alert: Alert) {
        (id, episode, revision) = (alert.id.text, alert.episode.text, alert.revision)
        (kind, tier, test) = (alert.kind.rawValue, alert.tier.rawValue, alert.kind == .test)
        (issued, reason, explanation) = (Moment(alert.issued).iso8601, alert.reason.rawValue, alert.explanation)
        model = alert.model.description
    }
}

struct PlaceData: Encodable {
    let latitude, longitude: Double

    /// Five decimals, about a metre.
    init(_ point: GeoPoint) {
        (latitude, longitude) = (rounded(point.latitude, 5), rounded(point.longitude, 5))
    }
}

struct VolcanoData: Encodable {
    let number: Int
    let name, country, region: String
    let summit: PlaceData
    let elevationM: Int
    let priority: String?

    enum CodingKeys: String, CodingKey {
        case number, name, country, region, summit, elevationM = "elevation_m", priority
    }

    init(_ volcano: Volcano, priority: String?) {
        (number, name, country, region) = (volcano.number.value, volcano.name, volcano.country, volcano.region)
        (summit, elevationM, self.priority) = (PlaceData(volcano.summit), volcano.elevation, priority)
    }
}

struct ObservationData: Encodable {
    let interferogram, frame, pass, earlier, later, newestAcquisition, source, seen: String
    let track, spanDays: Int
    let validShare: Double
    let meanCoherence: Double?

    enum CodingKeys: String, CodingKey {
        case interferogram, frame, track, pass, earlier, later, source, seen
        case spanDays = "span_days", newestAcquisition = "newest_acquisition", validShare = "valid_share", meanCoherence = "mean_coherence"
    }

    init(_ alert: Alert) {
        let id = alert.observation.interferogram
        (interferogram, frame, track, pass) = (id.description, id.frame.name, id.frame.relativeOrbit, id.frame.pass.rawValue)
        (earlier, later, spanDays) = (id.pair.earlier.iso8601, id.pair.later.iso8601, id.pair.span)
        newestAcquisition = alert.observation.newestAcquisition.iso8601
        (source, seen) = (alert.observation.source, Moment(alert.observation.seen).iso8601)
        validShare = rounded(alert.finding.quality.validShare, 4)
        meanCoherence = alert.finding.quality.meanCoherence.map { rounded($0, 4) }
    }
}

struct FindingData: Encodable {
    struct Motion: Encodable {
        let fringes, centimetres: Double
    }
    struct Patches: Encodable {
        let total, classified: Int
        let withoutData, withoutEdges: Int
        enum CodingKeys: String, CodingKey { case total, classified, withoutData = "without_data", withoutEdges = "without_edges" }
    }

    let pMax, distanceKm, bearing, area50Km2, area80Km2: Double
    let place: PlaceData
    let motion: Motion?
    let patches: Patches

    enum CodingKeys: String, CodingKey {
        case place, bearing, motion, patches
        case pMax = "p_max", distanceKm = "distance_km", area50Km2 = "area_above_50_km2", area80Km2 = "area_above_80_km2"
    }

    init(_ finding: Finding) {
        (pMax, place) = (rounded(finding.pMax.value, 4), PlaceData(finding.place))
        (distanceKm, bearing) = (rounded(finding.distance / 1000, 3), rounded(finding.bearing, 1))
        (area50Km2, area80Km2) = (rounded(finding.areaAbove50, 2), rounded(finding.areaAbove80, 2))
        motion = finding.motion.map { Motion(fringes: rounded($0.fringes, 2), centimetres: rounded($0.centimetres, 2)) }
        let counts = finding.patches
        patches = Patches(
            total: counts.total, classified: counts.classified, withoutData: counts.withoutData, withoutEdges: counts.withoutEdges)
    }
}

struct EvidenceData: Encodable {
    let test, sentence: String
    let weight: Double
    let figures: [String: Double]
    let pairs: [String]

    init(_ evidence: Evidence, language: Language) {
        (test, weight) = (evidence.test.rawValue, rounded(evidence.weight, 3))
        let finite = evidence.figures.filter(\.value.isFinite).map { (snakeCase($0.key), rounded($0.value, 4)) }
        figures = Dictionary(finite) { first, _ in first }
        pairs = evidence.pairs.map(\.description)
        sentence = EvidenceSentence(evidence: evidence, language: language).text
    }
}

struct FlagData: Encodable {
    let interferogram: String
    let pMax: Double
    let told: String?

    enum CodingKeys: String, CodingKey { case interferogram, pMax = "p_max", told }

    init(_ flag: EarlierFlag) {
        (interferogram, pMax, told) = (flag.interferogram.description, rounded(flag.pMax.value, 4), flag.kind?.rawValue)
    }
}

struct PictureData: Encodable {
    let mediaType = "image/png"
    let alternative: String
    let base64: String?
    let url: String?

    enum CodingKeys: String, CodingKey { case mediaType = "media_type", alternative, base64, url }

    init?(_ picture: WebhookPicture) {
        switch picture {
        case .none: return nil
        case .inline(let picture): (alternative, base64, url) = (picture.alternativeText, picture.png.base64EncodedString(), nil)
        case .link(let address, let text): (alternative, base64, url) = (text, nil, address.absoluteString)
        }
    }
}

/// `flatCoherence` becomes `flat_coherence`, like every other name in the body.
private func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
}

/// Half away from zero; not finite becomes 0, which JSON can hold.
private func rounded(_ value: Double, _ places: Int) -> Double {
    guard value.isFinite, abs(value) < 1e9 else { return 0 }
    let scale = [1.0, 10, 100, 1_000, 10_000, 100_000][places]
    return (value * scale).rounded() / scale
}
