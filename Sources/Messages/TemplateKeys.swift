/// Every key that a template may use. A key that is not here is an error when the templates are loaded.
public struct TemplateKey: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// One line of text; absent where nothing is known, so `{{#key}}...{{/key}}` can leave out what surrounds it.
        case text
        /// For `{{#key}}` and `{{^key}}` only.
        case flag
        /// For `{{#key}}` only; within it the entries' keys may be used besides all others.
        case list([TemplateKey])
    }

    public let name: String
    public let kind: Kind
    public let meaning: String

    init(_ name: String, _ kind: Kind = .text, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.meaning = meaning
    }
}

public enum TemplateKeys {
    public static let all: [TemplateKey] = message + alert + volcano + observation + finding + evidence + history + surroundings

    private static let message = [
        TemplateKey("message.kind", "`NEW`, `UPDATE`, `CONFIRMED`, `CANCELLED`, `ENDED` or `TEST`, in the message's language"),
        TemplateKey("message.headline", "what has happened, half a sentence"),
        TemplateKey("message.reason", "why this message was sent, a sentence"),
        TemplateKey("message.explanation", "the figures that decided, always in English"),
        TemplateKey("message.tier", "`notice` or `alert`, in the message's language"),
        TemplateKey("message.is_alert_tier", .flag, "the tier is `alert`"),
        TemplateKey("message.is_test", .flag, "a test message: say so, clearly"),
        TemplateKey("message.is_over", .flag, "the episode is cancelled or has ended"),
        TemplateKey("message.is_update", .flag, "there were earlier messages of this episode"),
    ]

    private static let alert = [
        TemplateKey("alert.id", "identity of this message's content"),
        TemplateKey("alert.episode", "identity of the episode that it belongs to"),
        TemplateKey("alert.revision", "number within the episode, 1 for the first"),
        TemplateKey("alert.issued", "when it was decided, `2024-02-14 09:30 UTC`"),
        TemplateKey("alert.model", "name and checksum of the model that judged"),
    ]

    private static let volcano = [
        TemplateKey("volcano.name", "name, as people write it"),
        TemplateKey("volcano.number", "number in the Global Volcanism Program's catalogue"),
        TemplateKey("volcano.country", "country"),
        TemplateKey("volcano.region", "region"),
        TemplateKey("volcano.summit", "latitude and longitude of the summit"),
        TemplateKey("volcano.elevation", "metres above sea level, `1124 m`"),
        TemplateKey("volcano.priority", "why it is on the priority list; absent where it is not"),
        TemplateKey("volcano.url", "its page at the Global Volcanism Program"),
    ]

    private static let observation = [
        TemplateKey("observation.interferogram", "frame and pair, `106A_09048_000909/20240106_20240211`"),
        TemplateKey("observation.frame", "LiCSAR frame"),
        TemplateKey("observation.track", "relative orbit"),
        TemplateKey("observation.pass", "`ascending` or `descending`, in the message's language"),
        TemplateKey("observation.earlier", "first acquisition, `2024-01-06`"),
        TemplateKey("observation.later", "second acquisition"),
        TemplateKey("observation.span", "time between them, `36 days`"),
        TemplateKey("observation.newest", "the frame's newest acquisition when the message was decided"),
        TemplateKey("observation.newest_age", "its age then, `3 days`"),
        TemplateKey("observation.seen", "when the interferogram was first seen in the catalogue"),
        TemplateKey("observation.coherence", "mean coherence, 0 to 1; absent where none was published"),
        TemplateKey("observation.valid_share", "share of the map with data, `96 %`"),
        TemplateKey("observation.source", "where the catalogue publishes it, as text"),
        TemplateKey("observation.source_url", "the same, only where it is an http or https address: safe as a link"),
    ]

    private static let finding = [
        TemplateKey("finding.p_max", "greatest probability of deformation, `0.97`"),
        TemplateKey("finding.place", "where, latitude and longitude"),
        TemplateKey("finding.location", "where, from the summit: `3.2 km NW of the summit`"),
        TemplateKey("finding.bearing", "degrees clockwise from north, from the summit"),
        TemplateKey("finding.area_50", "area with a probability above 0.5, `12.3 km²`"),
        TemplateKey("finding.area_80", "area with a probability above 0.8"),
        TemplateKey("finding.motion", "fringes and centimetres along the line of sight; absent where they cannot be counted"),
        TemplateKey("finding.patches", "patches shown to the network, of all, `12 / 16`"),
        TemplateKey("finding.map_url", "the place on OpenStreetMap"),
    ]

    private static let sentence = [TemplateKey("sentence", "one argument in plain words")]
    private static let evidence = [
        TemplateKey("evidence.any", .flag, "there is any evidence"),
        TemplateKey("evidence.for", .list(sentence), "what speaks for deformation, strongest first"),
        TemplateKey("evidence.against", .list(sentence), "what speaks for atmosphere or noise, strongest first"),
        TemplateKey("evidence.neutral", .list(sentence), "what was looked at and says nothing"),
    ]

    private static let flags = [
        TemplateKey("dates", "its two acquisitions"), TemplateKey("frame", "its frame"), TemplateKey("p_max", "its greatest probability"),
        TemplateKey("told", "what was said of it: a kind of message, or that there was none"),
    ]
    private static let history = [
        TemplateKey("history.any", .flag, "the volcano was flagged before"),
        TemplateKey("history.flags", .list(flags), "earlier flags, newest first, at most ten"),
        TemplateKey("history.more", "how many earlier flags are not listed; absent for none"),
    ]

    private static let surroundings = [
        TemplateKey("picture.cid", "Content-ID of the map picture; absent where there is none in this message"),
        TemplateKey("picture.alternative", "what the picture shows, for those who do not see it"),
        TemplateKey("notice.disclaimer", "automatic detection, not reviewed; not a forecast"),
        TemplateKey("notice.credit", "credit for the data, asked for by their licence"),
    ]
}

extension TemplateKey {
    fileprivate init(_ name: String, _ meaning: String) { self.init(name, .text, meaning) }
}
