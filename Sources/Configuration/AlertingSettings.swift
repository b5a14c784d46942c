public import Domain
import FoundationEssentials
import Volcanoes

/// When an observation becomes an alert.
public struct AlertingSettings: Sendable, Hashable {
    public var rules: AlertRules
    /// Whole rules of the volcanoes that have some of their own.
    public var volcanoes: [VolcanoNumber: AlertRules]
    /// Whether the end of an episode is told.
    public var sendEnded: Bool

    /// The rules for a volcano, with the thresholds of its priority entry, if any.
    public func rules(for volcano: VolcanoNumber, thresholds: PriorityThresholds? = nil) -> AlertRules {
        let own = volcanoes[volcano] ?? rules
        return thresholds.map(own.applying) ?? own
    }

    enum Keys {
        static let notify = SettingKey<Probability>(
            "alerting.notify", .probability, default: "0.5", "From this P_max on an episode opens, at tier notify.")
        static let alert = SettingKey<Probability>("alerting.alert", .probability, default: "0.8", "From this P_max on its tier is alert.")
        static let release = SettingKey<Probability>(
            "alerting.release", .probability, default: "0.4",
            "Below this an observation is quiet; between this and notify it keeps an open episode open.")
        static let quiet = SettingKey<Int>(
            "alerting.quiet", .days(1...3650, such: "30d"), default: "30d",
            "An episode ends when its place has not been flagged for so long.")
        static let samePlace = SettingKey<Double>(
            "alerting.same_place", .distance(from: "100 m", to: "50 km", such: "10 km"), default: "10 km",
            "Two flags closer than this are at the same place.")
        static let growth = SettingKey<Double>(
            "alerting.growth", .number(1.1...100), default: "2",
            "Within an episode, a flagged area this many times the last told one is news.")
        static let historicAfter = SettingKey<Int>(
            "alerting.historic_after", .days(1...36_500, such: "60d"), default: "60d",
            "A pair that ends so long before the frame's newest image is history: recorded, not told.")
        static let sendEnded = SettingKey<Bool>("alerting.send_ended", .yesOrNo, default: "true", "Whether the end of an episode is told.")
        static let volcanoes = KeyDescription(
            path: "alerting.volcanoes.NUMBER",
            expected: "a mapping with any of notify, alert, release, quiet, same_place, growth, historic_after",
            fallback: "the rules above", isRequired: false,
            summary: "Rules of one volcano, by number or name; what is not written is as above.")
        static let all = [
            notify.description, alert.description, release.description, quiet.description, samePlace.description, growth.description,
            historicAfter.description, sendEnded.description, volcanoes,
        ]
    }

    init(_ reader: SectionReader) {
        // The keys' defaults are AlertRules.standard, written out; a test holds them together.
        rules = Self.rules(reader, over: .standard)
        sendEnded = reader.value(Keys.sendEnded)
        volcanoes = [:]
        let own = reader.section("volcanoes")
        for entry in own.all {
            let key = "\(own.path).\(entry.key.prefix(60))"
            let context = ReadingContext(folder: .init(fileURLWithPath: "/"), volcanoes: reader.volcanoes)
            do throws(Misfit) {
                let number = try ValueKind.volcano.parse(entry.key, context)
                let section = SectionReader(entry.value, path: key, parent: entry.place, log: reader.log, volcanoes: reader.volcanoes)
                let rules = Self.rules(section, over: rules)
                section.finish()
                guard volcanoes.updateValue(rules, forKey: number) == nil else {
                    reader.log.add(entry.place, key, found: "volcano \(number) a second time", expected: "each volcano once")
                    continue
                }
            } catch {
                reader.log.add(
                    entry.place, key, found: entry.key.quoted, expected: ValueKind<VolcanoNumber>.volcano.expected,
                    suggestion: error.suggestion)
            }
        }
        reader.finish()
    }

    private static func rules(_ reader: SectionReader, over base: AlertRules) -> AlertRules {
        let rules = AlertRules(
            notify: reader.optional(Keys.notify) ?? base.notify, alert: reader.optional(Keys.alert) ?? base.alert,
            release: reader.optional(Keys.release) ?? base.release, quietDays: reader.optional(Keys.quiet) ?? base.quietDays,
            samePlace: reader.optional(Keys.samePlace) ?? base.samePlace, growth: reader.optional(Keys.growth) ?? base.growth,
            historicDays: reader.optional(Keys.historicAfter) ?? base.historicDays)
        if rules.alert < rules.notify {
            let name = reader.isWritten("alert") ? "alert" : "notify"
            reader.problem(
                at: name, found: "alert \(rules.alert.value) below notify \(rules.notify.value)", expected: "notify no greater than alert",
                suggestion: reader.isWritten(name == "alert" ? "notify" : "alert") ? nil : "the other one stands at its value from above")
        }
        if rules.notify < rules.release {
            let name = reader.isWritten("release") ? "release" : "notify"
            reader.problem(
                at: name, found: "release \(rules.release.value) above notify \(rules.notify.value)",
                expected: "release no greater than notify",
                suggestion: reader.isWritten(name == "release" ? "notify" : "release") ? nil : "write release here too")
        }
        return rules
    }
}

extension AlertRules {
    /// These rules with other thresholds. One that is not given gives way, so that release <= notify <= alert still holds.
    public func applying(_ thresholds: PriorityThresholds) -> AlertRules {
        var rules = self
        rules.notify = thresholds.notify ?? min(notify, thresholds.alert ?? notify)
        rules.alert = thresholds.alert ?? max(alert, rules.notify)
        rules.release = min(release, rules.notify)
        return rules
    }
}
