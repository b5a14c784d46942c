import Domain
import Volcanoes

/// Reads the file of priority volcanoes.
struct PriorityListParser {
    let file: String
    let volcanoes: VolcanoList
    let receiverNames: [ReceiverName]
    let today: AcquisitionDate

    enum Keys {
        static let volcano = SettingKey("volcano", .volcano, isRequired: true, "Which volcano.")
        static let reason = SettingKey<String>("reason", .line(upTo: 300), isRequired: true, "Why; shown in every alert of this volcano.")
        static let until = SettingKey<AcquisitionDate>(
            "until", .day, defaultRule: "until the entry is removed", "The last day (UTC) on which the entry counts.")
        static let level = SettingKey<PriorityLevel>("level", .word, default: "high", "Which go first among the priority volcanoes.")
        static let notify = SettingKey<Probability>(
            "thresholds.notify", .probability, defaultRule: "as configured", "P_max from which on an episode opens.")
        static let alert = SettingKey<Probability>(
            "thresholds.alert", .probability, defaultRule: "as configured", "P_max from which on its tier is alert.")
        static let receivers = SettingKey(
            "receivers", .receiverName, defaultRule: "none beside those that hear of it anyway", isList: true,
            "Names of receivers that are told in any case.")
        static let all = [
            volcano.description, reason.description, until.description, level.description, notify.description, alert.description,
            receivers.description,
        ]
    }

    /// - Parameter root: a list, or nothing.
    func list(_ root: SettingNode, log: ProblemLog) -> PriorityList {
        let expired = ProblemLog()
        var entries: [PriorityEntry] = []
        var places: [VolcanoNumber: Place] = [:]
        for (index, item) in items(root, log).enumerated() {
            let label = item["volcano"]?.text.map { String($0.prefix(40)) } ?? String(index + 1)
            let reader = SectionReader(item, path: "[\(label)]", parent: root.place, log: log, volcanoes: volcanoes)
            guard let entry = entry(reader) else { continue }
            if let earlier = places[entry.volcano.number] {
                reader.problem(
                    at: "volcano", found: "\(entry.volcano.name) a second time", expected: "each volcano once",
                    suggestion: "it stands in line \(earlier.line) already")
            }
            places[entry.volcano.number] = reader.place(of: "volcano")
            if let until = entry.until, until < today {
                expired.add(
                    reader.place(of: "until"), "[\(label)].until", found: "\(until.iso8601), which is past", expected: "today or later",
                    suggestion: "the entry has no effect any more: remove it or set a later day")
            }
            entries.append(entry)
        }
        return PriorityList(entries: entries, warnings: expired.problems)
    }

    private func items(_ root: SettingNode, _ log: ProblemLog) -> [SettingNode] {
        switch root.content {
        case .nothing: return []
        case .list(let items): return items
        case .scalar, .mapping:
            log.add(root.place, "", found: root.kind, expected: "a list, each volcano after a dash: \"- volcano: Sierra Negra\"")
            return []
        }
    }

    private func entry(_ reader: SectionReader) -> PriorityEntry? {
        let number = reader.required(Keys.volcano)
        let reason = reader.required(Keys.reason)
        let entry = number.flatMap { volcanoes[$0] }.map {
            PriorityEntry(
                volcano: $0, reason: reason ?? "", until: reader.optional(Keys.until), level: reader.value(Keys.level),
                thresholds: thresholds(reader.section("thresholds")), receivers: receivers(reader))
        }
        // Where the volcano is unknown, the rest is still worth checking.
        if entry == nil {
            _ = (reader.optional(Keys.until), reader.value(Keys.level), thresholds(reader.section("thresholds")), receivers(reader))
        }
        reader.finish()
        return entry
    }

    private func thresholds(_ reader: SectionReader) -> PriorityThresholds? {
        let thresholds = PriorityThresholds(notify: reader.optional(Keys.notify), alert: reader.optional(Keys.alert))
        reader.finish()
        if let notify = thresholds.notify, let alert = thresholds.alert, alert < notify {
            reader.problem(
                at: "alert", found: "alert \(alert.value) below notify \(notify.value)", expected: "notify no greater than alert")
        }
        return thresholds == PriorityThresholds() ? nil : thresholds
    }

    private func receivers(_ reader: SectionReader) -> [ReceiverName] {
        let named = reader.list(Keys.receivers) ?? []
        guard case .list(let items) = reader.node("receivers")?.content else { return named }
        var seen: Set<String> = []
        for item in items {
            guard let name = item.text, ReceiverName(name) != nil else { continue }
            if !seen.insert(name).inserted {
                reader.log.add(item.place, reader.join("receivers"), found: "\(name) twice", expected: "each receiver once")
            } else if !receiverNames.contains(where: { $0.text == name }) {
                let all = receiverNames.map(\.text)
                reader.log.add(
                    item.place, reader.join("receivers"), found: name.quoted, expected: "a receiver of the configuration",
                    suggestion: didYouMean(NearestSpelling.of(name, among: all))
                        ?? (all.isEmpty ? "none is configured" : "there are " + all.joined(separator: ", ")))
            }
        }
        return named
    }
}

extension ValueKind where Value == AcquisitionDate {
    static let day = ValueKind("a day written yyyy-mm-dd, such as 2027-01-31") { (text, _) throws(Misfit) in
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], let day = AcquisitionDate(parts.joined()) else { throw Misfit() }
        return day
    }
}
