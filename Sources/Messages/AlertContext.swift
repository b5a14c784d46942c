import Domain
import FoundationEssentials

/// An alert in the words and figures of a language, under the keys that templates use. Every text is one line.
struct AlertContext {
    let alert: Alert
    let language: Language
    private var words: Wording { Wording(language: language) }

    /// Nested by the points in the keys' names, as the renderer looks them up.
    func values(picture: (contentID: String?, alternative: String)?) -> [String: Any] {
        var groups: [String: Any] = [
            "message": message, "alert": identity, "volcano": volcano, "observation": observation, "finding": finding,
            "evidence": evidence, "history": history,
        ]
        let years = [alert.observation.interferogram.pair.earlier.year, alert.observation.interferogram.pair.later.year]
        groups["notice"] = lines([
            "disclaimer": words.disclaimer, "credit": words.credit(years: years[0] == years[1] ? "\(years[0])" : "\(years[0])–\(years[1])"),
        ])
        groups["picture"] = lines(["cid": picture?.contentID, "alternative": picture?.alternative])
        return groups
    }

    private var message: [String: Any] {
        let texts = lines([
            "kind": words.kind(alert.kind), "headline": words.headline(alert.kind, volcano: alert.volcano.name),
            "reason": words.reason(alert.reason, kind: alert.kind), "explanation": alert.explanation, "tier": words.tier(alert.tier),
        ])
        let flags: [String: Any] = [
            "is_alert_tier": alert.tier == .alert, "is_test": alert.kind == .test,
            "is_over": alert.kind == .ended || alert.kind == .cancelled, "is_update": alert.revision > 1,
        ]
        return texts.merging(flags) { text, _ in text }
    }

    private var identity: [String: Any] {
        lines([
            "id": alert.id.text, "episode": alert.episode.text, "revision": "\(alert.revision)", "issued": Moment(alert.issued).forPeople,
            "model": alert.model.description,
        ])
    }

    private var volcano: [String: Any] {
        let volcano = alert.volcano
        return lines([
            "name": volcano.name, "number": volcano.number.description, "country": volcano.country, "region": volcano.region,
            "summit": language.place(volcano.summit), "elevation": language.decimal(Double(volcano.elevation), places: 0) + " m",
            "priority": alert.priority, "url": "https://volcano.si.edu/volcano.cfm?vn=\(volcano.number)",
        ])
    }

    private var observation: [String: Any] {
        let (seen, id) = (alert.observation, alert.observation.interferogram)
        let age = max(Moment(alert.issued).date.days(since: seen.newestAcquisition), 0)
        return lines([
            "interferogram": id.description, "frame": id.frame.name, "track": "\(id.frame.relativeOrbit)", "pass": words.pass(id.frame.pass),
            "earlier": id.pair.earlier.iso8601, "later": id.pair.later.iso8601, "span": words.days(id.pair.span),
            "newest": seen.newestAcquisition.iso8601, "newest_age": words.days(age), "seen": Moment(seen.seen).forPeople,
            "coherence": alert.finding.quality.meanCoherence.map { language.decimal($0, places: 2) },
            "valid_share": language.decimal(alert.finding.quality.validShare * 100, places: 0) + " %", "source": seen.source,
            "source_url": webAddress(seen.source),
        ])
    }

    private var finding: [String: Any] {
        let finding = alert.finding
        let (latitude, longitude) = (plain(finding.place.latitude), plain(finding.place.longitude))
        return lines([
            "p_max": language.probability(finding.pMax), "place": language.place(finding.place),
            "location": words.location(distance: finding.distance, bearing: finding.bearing),
            "bearing": language.decimal(finding.bearing, places: 0) + "°", "area_50": language.decimal(finding.areaAbove50, places: 1) + " km²",
            "area_80": language.decimal(finding.areaAbove80, places: 1) + " km²", "motion": finding.motion.map(words.motion),
            "patches": "\(finding.patches.classified) / \(finding.patches.total)",
            "map_url": "https://www.openstreetmap.org/?mlat=\(latitude)&mlon=\(longitude)#map=11/\(latitude)/\(longitude)",
        ])
    }

    private var evidence: [String: Any] {
        let ordered = alert.evidence.sorted { abs($0.weight) > abs($1.weight) }
        func sentences(_ side: EvidenceSide) -> [[String: Any]] {
            ordered.filter { EvidenceSide(weight: $0.weight) == side }.map {
                lines(["sentence": EvidenceSentence(evidence: $0, language: language).text])
            }
        }
        return [
            "any": !ordered.isEmpty, "for": sentences(.deformation), "against": sentences(.atmosphere), "neutral": sentences(.neither),
        ]
    }

    private var history: [String: Any] {
        let newestFirst = alert.history.sorted { $0.interferogram > $1.interferogram }
        let flags = newestFirst.prefix(10).map { flag in
            lines([
                "dates": "\(flag.interferogram.pair.earlier.iso8601) – \(flag.interferogram.pair.later.iso8601)",
                "frame": flag.interferogram.frame.name, "p_max": language.probability(flag.pMax), "told": words.told(flag.kind),
            ])
        }
        let more = newestFirst.count - flags.count
        return ["any": !flags.isEmpty, "flags": flags].merging(lines(["more": more > 0 ? "\(more)" : nil])) { old, _ in old }
    }

    /// Leaves out what is not known and makes each text one line.
    private func lines(_ texts: [String: String?]) -> [String: Any] { texts.compactMapValues { $0?.onOneLine() } }
}

/// The text, if it is an http or https address without anything that could end an HTML attribute or a line.
func webAddress(_ text: String) -> String? {
    guard text.hasPrefix("https://") || text.hasPrefix("http://"), text.utf8.count <= 2000 else { return nil }
    guard text.utf8.allSatisfy({ (33...126).contains($0) && !"\"'<>\\^`{|}".utf8.contains($0) }) else { return nil }
    return text
}

/// Degrees for an address: a point, four decimals, a plain minus sign.
private func plain(_ degrees: Double) -> String {
    (degrees < 0 ? "-" : "") + Language.english.decimal(abs(degrees), places: 4)
}
