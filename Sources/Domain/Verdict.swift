public import FoundationEssentials

/// What an expert says an interferogram shows at a volcano.
public enum Verdict: String, Codable, Sendable, CaseIterable {
    /// The ground moved.
    case deformation
    /// Delay in the troposphere or the ionosphere.
    case atmosphere
    /// Neither: an unwrapping or orbit error, snow, a landslide, a lava flow without a source below.
    case other
    /// Looked at, and not decided. Teaches nothing, and takes the case off the list of those that wait.
    case unsure

    /// Whether a detector should flag it; nil where nobody knows.
    public var isDeformation: Bool? {
        switch self {
        case .deformation: true
        case .atmosphere, .other: false
        case .unsure: nil
        }
    }
}

/// Where in an interferogram a verdict holds.
public enum VerdictRegion: Hashable, Sendable {
    case box(GeoBox)
    /// Within so many metres of a point.
    case circle(centre: GeoPoint, radius: Double)

    /// Reads `latitude,longitude,radius km` or `south,west,north,east`, in degrees.
    public init?(_ text: some StringProtocol) {
        let parts = text.filter { $0 != " " }.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Double(String($0)) }
        guard numbers.count == parts.count else { return nil }
        switch numbers.count {
        case 3:
            guard let centre = GeoPoint(latitude: numbers[0], longitude: numbers[1]), numbers[2] > 0, numbers[2] <= 200 else { return nil }
            self = .circle(centre: centre, radius: numbers[2] * 1000)
        case 4:
            guard let box = GeoBox(south: numbers[0], west: numbers[1], north: numbers[2], east: numbers[3]) else { return nil }
            self = .box(box)
        default: return nil
        }
    }

    public var middle: GeoPoint? {
        switch self {
        case .box(let box):
            let width = box.east - box.west + (box.west > box.east ? 360 : 0)
            let longitude = box.west + width / 2
            return GeoPoint(latitude: (box.south + box.north) / 2, longitude: longitude > 180 ? longitude - 360 : longitude)
        case .circle(let centre, _): return centre
        }
    }

    public func contains(_ point: GeoPoint) -> Bool {
        switch self {
        case .box(let box): box.contains(point)
        case .circle(let centre, let radius): centre.distance(to: point) <= radius
        }
    }
}

extension VerdictRegion: CustomStringConvertible {
    /// As the initialiser reads it.
    public var description: String {
        switch self {
        case .box(let box): "\(box.south),\(box.west),\(box.north),\(box.east)"
        case .circle(let centre, let radius): "\(centre.latitude),\(centre.longitude),\(radius / 1000)"
        }
    }
}

extension VerdictRegion: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let region = VerdictRegion(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(text) is neither latitude,longitude,km nor south,west,north,east")
        }
        self = region
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// What a verdict is about: one volcano, or one place, in one interferogram.
public struct VerdictSubject: Hashable, Codable, Sendable {
    /// Nil for a file whose name and folder do not tell.
    public let interferogram: InterferogramID?
    /// The published version that was judged; nil for a file.
    public let version: Int?
    /// The file's name with the first hex digits of its crop's checksum, for an interferogram that no catalogue listed.
    public let file: String?
    /// Nil for a place that is no volcano of the list.
    public let volcano: VolcanoNumber?
    /// The middle of the crop: the summit, or the place.
    public let centre: GeoPoint

    public init(interferogram: InterferogramID?, version: Int?, file: String?, volcano: VolcanoNumber?, centre: GeoPoint) {
        self.interferogram = interferogram
        self.version = version
        self.file = file
        self.volcano = volcano
        self.centre = centre
    }

    /// Verdicts with the same key are about the same thing: the last one counts.
    public var key: String {
        let what = file ?? interferogram?.description ?? ""
        let place = volcano?.description ?? "\(centre.latitude),\(centre.longitude)"
        return "\(what)/\(place)"
    }
}

/// One expert's verdict. Never changed: a later one on the same subject takes its place, and both are kept.
public struct ReviewVerdict: Hashable, Codable, Sendable {
    /// In the order in which they were given; 1 for the first.
    public let number: Int
    public let subject: VerdictSubject
    public let verdict: Verdict
    /// Nil for the place that the classifier found, or the whole crop where it found none.
    public let region: VerdictRegion?
    public let who: String
    public let at: Date
    /// Why; may be empty.
    public let why: String
    /// The message that was judged; nil where none was.
    public let alert: AlertID?
    /// What the classifier had said; nil where it was not asked or could not tell.
    public let finding: Finding?
    /// Which model had said so.
    public let model: ModelID?
    /// The name of the kept crop; nil where none is kept.
    public let crop: String?

    public init(
        number: Int, subject: VerdictSubject, verdict: Verdict, region: VerdictRegion?, who: String, at: Date, why: String, alert: AlertID?,
        finding: Finding?, model: ModelID?, crop: String?
    ) {
        self.number = number
        self.subject = subject
        self.verdict = verdict
        self.region = region
        self.who = who
        self.at = at
        self.why = why
        self.alert = alert
        self.finding = finding
        self.model = model
        self.crop = crop
    }
}
