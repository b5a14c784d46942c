import Domain
import FoundationEssentials
import Testing
import Volcanoes

@testable import Configuration

/// Receivers that the lists in these tests may name.
let receiverNames = ["local", "observatory"].compactMap { ReceiverName($0) }

func parse(_ text: String) throws -> PriorityList {
    try PriorityList.parse(
        text, file: "p.yaml", volcanoes: Repository.volcanoes.get(), receiverNames: receiverNames, today: #require(today))
}

struct PriorityListTests {
    @Test func `the shipped list is right`() throws {
        let list = try parse(Repository.text("config/priority-volcanoes.yaml"))
        #expect(list.entries.map(\.volcano.name) == ["Sierra Negra", "Fernandina"])
        #expect(list.warnings.isEmpty)
    }

    @Test func `an entry has all that is written`() throws {
        let list = try parse(
            """
            - volcano: negra, sierra
              reason: "Uplift: 12 cm # since March"
              until: 2026-05-01
              level: Medium
              thresholds: {notify: 0.4, alert: 0.7}
              receivers: [observatory]
            - {volcano: 211060, reason: x}
            """)
        let entry = try #require(list[number(353_050)])
        #expect(entry.reason == "Uplift: 12 cm # since March" && entry.level == .medium && entry.receivers == [receiverNames[1]])
        #expect(try entry.thresholds == PriorityThresholds(notify: probability(0.4), alert: probability(0.7)))
        #expect(entry.until?.iso8601 == "2026-05-01")
        #expect(list.entries[1].level == .high && list.entries[1].until == nil && list.entries[1].thresholds == nil)
    }

    @Test func `an entry counts up to its last day, and an expired one gives a warning`() throws {
        let list = try parse("- {volcano: Etna, reason: x, until: 2026-04-30}\n- {volcano: Fernandina, reason: x, until: 2026-05-01}\n")
        let day = try #require(today)
        #expect(list.entries.count == 2)
        #expect(list.active(on: day).map(\.volcano.name) == ["Fernandina"])
        #expect(list.active(on: try #require(AcquisitionDate("20260430"))).count == 2)
        #expect(list.warnings.map(\.place.line) == [1] && list.warnings[0].description.contains("2026-04-30, which is past"))
    }

    @Test(arguments: ["", "# none\n", "[]", "---\n"]) func `an empty list is right`(text: String) throws {
        #expect(try parse(text) == .empty)
    }

    @Test(arguments: [
        ("volcano: Etna\nreason: x\n", 1, "a list, each volcano after a dash"), ("Etna", 1, "a list"), ("- Etna\n", 1, "a mapping"),
        ("- volcano: Etna\n", 1, "add the key reason"),
        ("- reason: x\n", 1, "add the key volcano"),
        ("- volcano: Siera Negra\n  reason: x\n", 1, "did you mean Sierra Negra (353050, Ecuador)?"),
        ("- volcano: Sumbing\n  reason: x\n", 1, "Sumbing (261180, Indonesia), Sumbing (263220, Indonesia)"),
        ("- volcano: 353051\n  reason: x\n", 1, "Sierra Negra (353050"),
        ("- volcano: Etna\n  reason: |\n    a\n    b\n", 2, "one line"), ("- volcano: Etna\n  reason:\n", 2, "add the key reason"),
        ("- volcano: Etna\n  reason: x\n  until: 2026-02-30\n", 3, "yyyy-mm-dd"),
        ("- volcano: Etna\n  reason: x\n  until: 20260501\n", 3, "yyyy-mm-dd"),
        ("- volcano: Etna\n  reason: x\n  level: urgent\n", 3, "high, medium or low"),
        ("- volcano: Etna\n  reason: x\n  levle: high\n", 3, "did you mean level?"),
        ("- volcano: Etna\n  reason: x\n  thresholds: {alert: 1.2}\n", 3, "a probability"),
        ("- volcano: Etna\n  reason: x\n  thresholds: {alert: 0.4, notify: 0.6}\n", 3, "no greater than alert"),
        ("- volcano: Etna\n  reason: x\n  thresholds: 0.5\n", 3, "a mapping"),
        ("- volcano: Etna\n  reason: x\n  receivers: [obervatory]\n", 3, "did you mean observatory?"),
        ("- volcano: Etna\n  reason: x\n  receivers: [local, local]\n", 3, "each receiver once"),
        ("- volcano: Etna\n  reason: x\n  receivers: local\n", 3, "write [local]"),
        ("- volcano: Etna\n  reason: x\n- volcano: 211060\n  reason: y\n", 3, "stands in line 1 already"),
        ("- volcano: Etna\n  reason: x\n  reason: y\n", 3, "a second time"),
    ])
    func `a wrong list is told with its line`(text: String, line: Int, fragment: String) throws {
        let found = try #require(throws: ConfigurationErrors.self) { try parse(text) }.problems
        #expect(found.count == 1 && found[0].place.line == line, "\(found)")
        #expect("\(found[0])".contains(fragment), "\(found)")
    }

    @Test func `all errors are told at once`() throws {
        let text = "- volcano: Etnaa\n  levle: x\n  until: soon\n- volcano: Etna\n  reason: x\n  reason: x\n  receivers: [x]\n"
        let found = try #require(throws: ConfigurationErrors.self) { try parse(text) }.problems
        #expect(found.map(\.place.line) == [1, 1, 2, 3, 6, 7], "\(found)")
    }
}

struct PriorityListFileTests {
    private func consider(_ file: inout PriorityListFile, _ text: String?, _ names: [ReceiverName] = receiverNames) throws
        -> PriorityListFile.Change
    {
        try file.consider(text, volcanoes: Repository.volcanoes.get(), receiverNames: names, today: #require(today))
    }

    @Test func `a change is taken over whole and told in words`() throws {
        var file = PriorityListFile(file: "p.yaml")
        guard case .valid(_, let first) = try consider(&file, "- {volcano: Etna, reason: x}\n- {volcano: Wolf, reason: y}\n") else {
            Issue.record("not valid")
            return
        }
        #expect(first.map(\.description) == ["added Etna (211060), high: x", "added Wolf (353020), high: y"])
        #expect(try consider(&file, "- {volcano: Etna, reason: x}\n- {volcano: Wolf, reason: y}\n") == .unchanged)
        guard case .valid(let list, let changes) = try consider(&file, "- {volcano: Wolf, reason: z, level: low, until: 2027-01-01}\n")
        else {
            Issue.record("not valid")
            return
        }
        #expect(changes.map(\.description) == ["changed Wolf (353020): reason z, until 2027-01-01, level low", "removed Etna (211060)"])
        #expect(file.list == list)
    }

    @Test func `a wrong file changes nothing and is told once`() throws {
        var file = PriorityListFile(file: "p.yaml")
        _ = try consider(&file, "- {volcano: Etna, reason: x}\n")
        let before = file.list
        guard case .invalid(let errors) = try consider(&file, "- {volcano: Etnaa, reason: x}\n- {volcano: Wolf, reason: y}\n") else {
            Issue.record("valid")
            return
        }
        #expect(errors.problems.count == 1 && file.list == before)
        #expect(try consider(&file, "- {volcano: Etnaa, reason: x}\n- {volcano: Wolf, reason: y}\n") == .unchanged)
        #expect(try consider(&file, "- {volcano: Etna, reason: x}\n") == .valid(before, changes: []))
    }

    @Test func `no file at first is an empty list; a file that goes keeps its list`() throws {
        var file = PriorityListFile(file: "p.yaml")
        #expect(try consider(&file, nil) == .valid(.empty, changes: []))
        _ = try consider(&file, "- {volcano: Etna, reason: x}\n")
        guard case .invalid = try consider(&file, nil) else {
            Issue.record("valid")
            return
        }
        #expect(file.list.entries.count == 1)
    }

    @Test func `new receivers make a wrong file right`() throws {
        var file = PriorityListFile(file: "p.yaml")
        let text = "- {volcano: Etna, reason: x, receivers: [local]}\n"
        guard case .invalid = try consider(&file, text, []) else {
            Issue.record("valid")
            return
        }
        guard case .valid = try consider(&file, text) else {
            Issue.record("invalid")
            return
        }
    }

    @Test func `reading tells a missing file from an unreadable one`() throws {
        let folder = try TemporaryFolder()
        #expect(try PriorityListFile.read(folder.url.appendingPathComponent("none")) == nil)
        #expect(throws: ConfigurationErrors.self) { try PriorityListFile.read(folder.url) }
    }
}
