import Domain
import FoundationEssentials
import Testing

@testable import Configuration

struct ReceiverTests {
    private func receiver(_ extra: String = "") throws -> ReceiverSettings {
        try #require(try load("receivers: [{name: a, kind: maildir, path: /m\(extra)}]").receivers.first)
    }

    @Test(arguments: [
        ("", AlertKind.new, Tier.notify, 353_050, false, true), (", from_tier: alert", .new, .notify, 353_050, false, false),
        (", from_tier: alert", .new, .alert, 353_050, false, true),
        (", kinds: [NEW]", .ended, .alert, 353_050, true, false), (", volcanoes: [Etna]", .new, .alert, 353_050, false, false),
        (", volcanoes: [Etna]", .new, .alert, 353_050, true, true),
        (", volcanoes: [Etna], countries: [Ecuador]", .new, .alert, 353_050, false, true),
        (", volcanoes: []", .new, .alert, 353_050, false, false),
        (", only_when_listed: true", .new, .alert, 353_050, false, false), (", only_when_listed: true", .new, .alert, 353_050, true, true),
        (", enabled: false", .test, .alert, 353_050, true, false),
        (", kinds: [NEW], only_when_listed: true", .test, .notify, 353_050, false, true),
    ])
    func `a receiver hears what it asked for`(extra: String, kind: AlertKind, tier: Tier, volcano: Int, listed: Bool, hears: Bool) throws {
        #expect(try receiver(extra).wants(kind: kind, tier: tier, volcano: number(volcano), listed: listed) == hears)
    }

    @Test func `its language is the general one unless it has its own`() throws {
        let settings = try load(
            "language: es\nreceivers: [{name: a, kind: maildir, path: m}, {name: b, kind: maildir, path: /m, language: en}]")
        #expect(settings.receivers.map(\.language) == [.spanish, .english])
        #expect(settings.receiver(try #require(ReceiverName("b")))?.language == .english)
        // A relative path starts at the file that names it.
        #expect("\(settings.receivers[0].channel)".contains(settings.files[0].deletingLastPathComponent().path))
    }

    @Test(
        arguments: [
            (nil, nil, 0.5, 0.8, 0.4), (0.3, nil, 0.3, 0.8, 0.3), (0.9, nil, 0.9, 0.9, 0.4), (nil, 0.45, 0.45, 0.45, 0.4),
            (0.2, 0.3, 0.2, 0.3, 0.2),
        ] as [(Double?, Double?, Double, Double, Double)])
    func `thresholds of a priority volcano keep the others in order`(notify: Double?, alert: Double?, n: Double, a: Double, r: Double)
        throws
    {
        let thresholds = PriorityThresholds(notify: notify.flatMap(Probability.init), alert: alert.flatMap(Probability.init))
        let rules = AlertRules.standard.applying(thresholds)
        #expect([rules.notify.value, rules.alert.value, rules.release.value] == [n, a, r])
        #expect(rules.release <= rules.notify && rules.notify <= rules.alert && rules.quietDays == 30)
    }

    @Test func `a volcano's rules are its own, laid over the general ones, under its priority entry`() throws {
        let alerting = try load("alerting: {quiet: 40d, volcanoes: {Sierra Negra: {alert: 0.9}}}").alerting
        let own = try number(353_050)
        let other = try number(211_060)
        #expect(alerting.rules(for: own).alert.value == 0.9 && alerting.rules(for: own).quietDays == 40)
        #expect(alerting.rules(for: other) == alerting.rules)
        #expect(try alerting.rules(for: own, thresholds: PriorityThresholds(alert: probability(0.6))).alert.value == 0.6)
    }
}
