import Domain
import FoundationEssentials
import Testing

@testable import Configuration

struct ReferenceTests {
    /// To bring the file up to date: FRINGEWATCH_WRITE_REFERENCE=1 swift test --filter ReferenceTests
    @Test func `the reference in config is the one that the program knows`() throws {
        let file = Repository.root.appendingPathComponent("config/reference.md")
        if ProcessInfo.processInfo.environment["FRINGEWATCH_WRITE_REFERENCE"] != nil {
            try Data(ConfigurationReference.markdown.utf8).write(to: file)
        }
        #expect(try Repository.text("config/reference.md") == ConfigurationReference.markdown)
    }

    @Test func `every key of the reference is known to the reader, and none is there twice`() throws {
        let keys = ConfigurationReference.sections.flatMap(\.keys)
        #expect(Set(keys.map(\.path)).count == keys.count)
        for key in keys {
            // `x.y[].z` becomes {x: {y: [{z: [[]]}]}}: a value that fits no key, so that only unknown keys could stay unmentioned.
            let yaml = key.path.replacing("NUMBER", with: "353050").split(separator: ".").reversed().reduce("[[]]") { inner, part in
                part.hasSuffix("[]") ? "{\(part.dropLast(2)): [\(inner)]}" : "{\(part): \(inner)}"
            }
            let found = try #require(throws: ConfigurationErrors.self, "\(key.path)") { try load(yaml) }.problems
            #expect(!found.contains { $0.found.contains("unknown key") }, "\(key.path): \(found)")
        }
    }

    @Test func `every key says what it does and what it takes, and has a default, is required, or says none`() {
        for key in ConfigurationReference.sections.flatMap(\.keys) {
            #expect(key.summary.hasSuffix(".") && key.summary.count > 8, "\(key.path)")
            #expect(!key.expected.isEmpty && !(key.isRequired && key.fallback != nil), "\(key.path)")
        }
    }

    @Test func `the written defaults of the alert rules are the rules' own`() throws {
        let rules = try load(
            "alerting: {notify: \(plain(AlertingSettings.Keys.notify)), alert: \(plain(AlertingSettings.Keys.alert)), release: \(plain(AlertingSettings.Keys.release)), quiet: \(plain(AlertingSettings.Keys.quiet)), same_place: \(plain(AlertingSettings.Keys.samePlace)), growth: \(plain(AlertingSettings.Keys.growth)), historic_after: \(plain(AlertingSettings.Keys.historicAfter))}"
        ).alerting.rules
        #expect(rules == .standard)
    }

    private func plain<Value>(_ key: SettingKey<Value>) -> String { key.fallback ?? "?" }
}
