import Domain
import FoundationEssentials
import Testing
import Volcanoes

@testable import Configuration

struct PriorityListEditorTests {
    private let editor: PriorityListEditor
    private let volcanoes: VolcanoList

    init() throws {
        volcanoes = try Repository.volcanoes.get()
        editor = try PriorityListEditor(file: "p.yaml", volcanoes: volcanoes, receiverNames: receiverNames, today: #require(today))
    }

    private func entry(_ value: Int, _ reason: String = "why") throws -> PriorityEntry {
        PriorityEntry(volcano: try #require(volcanoes[number(value)]), reason: reason)
    }

    private static let commented = """
        # A list with comments.

        # Why Etna:
        - volcano: Etna     # the big one
          reason: >-
            folded
            # no comment
            text
          # inside Etna
          level: low

        # Why Wolf:
        - reason: "x # y"
          volcano: 353020

            # deeper than the dash: Wolf's own

        #   - volcano: Alcedo
        -
          volcano: Fernandina
          reason: z


        # The end.

        """

    @Test func `an entry goes to the end, and every other byte stays`() throws {
        for text in [
            Self.commented, try Repository.text("config/priority-volcanoes.yaml"), "", "# only a comment\n",
            "- {volcano: Etna, reason: x}\n",
        ] {
            let added = try editor.adding(entry(264_020, "say \"now\" \\ #1: {x}"), to: text)
            #expect(added.hasPrefix(text))
            #expect(try parse(added).entries.last?.reason == "say \"now\" \\ #1: {x}")
            #expect(try editor.removing(number(264_020), from: added) == text)
        }
    }

    @Test func `an entry is written with all that it has`() throws {
        var new = try entry(353_050)
        new.until = AcquisitionDate("20271231")
        new.level = .medium
        new.thresholds = try PriorityThresholds(notify: probability(0.4), alert: probability(0.7))
        new.receivers = receiverNames
        #expect(
            try editor.adding(new, to: "") == """
                - volcano: 353050  # Sierra Negra
                  reason: "why"
                  until: 2027-12-31
                  level: medium
                  thresholds: {notify: 0.4, alert: 0.7}
                  receivers: ["local", "observatory"]

                """)
    }

    @Test(arguments: [
        (
            211_060,
            "- volcano: Etna     # the big one\n  reason: >-\n    folded\n    # no comment\n    text\n  # inside Etna\n  level: low\n"
        ),
        (353_020, "- reason: \"x # y\"\n  volcano: 353020\n\n    # deeper than the dash: Wolf's own\n"),
        (353_010, "-\n  volcano: Fernandina\n  reason: z\n"),
    ])
    func `an entry is taken out, and every other byte stays`(value: Int, block: String) throws {
        #expect(Self.commented.ranges(of: block).count == 1)
        #expect(try editor.removing(number(value), from: Self.commented) == Self.commented.replacing(block, with: ""))
    }

    @Test func `the order of adding and removing does not matter to what is left`() throws {
        var text = Self.commented
        for value in [264_020, 353_050, 332_010] { text = try editor.adding(entry(value), to: text) }
        for value in [332_010, 264_020, 353_050] { text = try editor.removing(number(value), from: text) }
        #expect(text == Self.commented)
    }

    @Test func `the last entry can go, and a first one come again`() throws {
        let text = "# head\n- volcano: Etna\n  reason: x\n"
        let empty = try editor.removing(number(211_060), from: text)
        #expect(empty == "# head\n")
        #expect(try editor.adding(entry(211_060), to: empty).hasPrefix("# head\n- volcano: 211060  # Etna\n"))
    }

    @Test func `line ends, indents and a missing last line end are kept to`() throws {
        let windows = "# a\r\n- volcano: Etna\r\n  reason: x\r\n- volcano: Wolf\r\n  reason: x\r\n"
        #expect(try editor.removing(number(211_060), from: windows) == "# a\r\n- volcano: Wolf\r\n  reason: x\r\n")
        let added = try editor.adding(entry(353_050), to: windows)
        #expect(added.hasPrefix(windows) && !added.replacing("\r\n", with: "").contains("\n"))
        let indented = "  - volcano: Etna\n    reason: x"
        #expect(
            try editor.adding(entry(353_050), to: indented) == indented
                + "\n  - volcano: 353050  # Sierra Negra\n    reason: \"why\"\n    level: high\n")
        let ended = "---\n- volcano: Etna\n  reason: x\n...\n# after\n"
        #expect(
            try editor.removing(number(211_060), from: editor.adding(entry(353_050), to: ended))
                == "---\n- volcano: 353050  # Sierra Negra\n  reason: \"why\"\n  level: high\n...\n# after\n")
    }

    @Test func `what cannot be done is refused with the reason`() throws {
        func refusal(_ change: () throws -> String) throws -> PriorityEditError {
            try #require(throws: PriorityEditError.self) { try change() }
        }
        let etna = try entry(211_060)
        let wrong = "- volcano: Etnaa\n  reason: x\n"
        #expect(try refusal { try editor.adding(etna, to: Self.commented) } == .alreadyListed(etna.volcano, line: 4))
        #expect(try refusal { try editor.removing(number(353_050), from: Self.commented) }.description.contains("Etna (211060"))
        #expect(try refusal { try editor.adding(etna, to: wrong) }.description.contains("mend them first"))
        #expect(
            try refusal { try editor.removing(number(211_060), from: "[{volcano: Etna, reason: x}]\n") }.description.contains("text editor")
        )
        #expect(try refusal { try editor.adding(etna, to: "[]\n") }.description.contains("text editor"))
        #expect(try refusal { try editor.adding(entry(211_060, "two\nlines"), to: "") }.description.contains("new entry is wrong"))
        var stranger = etna
        stranger.receivers = [try #require(ReceiverName("nobody"))]
        #expect(try refusal { try editor.adding(stranger, to: "") }.description.contains("a receiver of the configuration"))
    }

    @Test func `every entry of many survives the removal of any other`() throws {
        var text = "# start\n"
        let chosen = volcanoes.volcanoes.prefix(30)
        for volcano in chosen {
            text = try editor.adding(
                PriorityEntry(volcano: volcano, reason: "r \(volcano.number)"), to: text + "# before \(volcano.number)\n\n")
        }
        for volcano in chosen {
            let left = try editor.removing(volcano.number, from: text)
            #expect(try parse(left).entries.map(\.volcano.number) == chosen.map(\.number).filter { $0 != volcano.number })
            #expect(left.ranges(of: "# before").count == 30)
        }
    }
}

#if canImport(Glibc)
    import Glibc

    struct SafeEditTests {
        private let text = "- volcano: Etna\n  reason: x\n"

        @Test func `mode and symbolic link stay, and no other file is left`() throws {
            let folder = try TemporaryFolder()
            let file = try folder.write(text, "real.yaml")
            chmod(file.path, 0o640)
            let link = folder.url.appendingPathComponent("link.yaml")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
            try PriorityListEditor.edit(link) { $0 + "# more\n" }
            #expect(try folder.read("real.yaml") == text + "# more\n")
            var status = stat()
            #expect(lstat(link.path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
            #expect(stat(file.path, &status) == 0 && status.st_mode & 0o7777 == 0o640)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["link.yaml", "real.yaml"])
        }

        @Test func `a file that is not there is made`() throws {
            let folder = try TemporaryFolder()
            try PriorityListEditor.edit(folder.url.appendingPathComponent("new.yaml")) { $0 + text }
            #expect(try folder.read("new.yaml") == text)
        }

        @Test func `a refused change leaves the file as it was`() throws {
            let folder = try TemporaryFolder()
            let file = try folder.write(text, "p.yaml")
            #expect(throws: PriorityEditError.notEditable("no")) {
                try PriorityListEditor.edit(file) { _ throws(PriorityEditError) in throw .notEditable("no") }
            }
            #expect(try folder.read("p.yaml") == text)
        }

        @Test func `a save by somebody else in between is not overwritten`() throws {
            let folder = try TemporaryFolder()
            let file = try folder.write(text, "p.yaml")
            let error = try #require(throws: PriorityEditError.self) {
                try PriorityListEditor.edit(file) { old throws(PriorityEditError) in
                    do { try folder.write("# theirs\n", "p.yaml") } catch { throw .cannotWrite("\(error)") }
                    return old + "# mine\n"
                }
            }
            #expect(error == .changedMeanwhile(file.path))
            #expect(try folder.read("p.yaml") == "# theirs\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["p.yaml"])
        }

        @Test func `a second edit waits, and gives up in the end`() throws {
            let folder = try TemporaryFolder()
            let file = try folder.write(text, "p.yaml")
            let error = try #require(throws: PriorityEditError.self) {
                try PriorityListEditor.edit(file) { old throws(PriorityEditError) in
                    try PriorityListEditor.edit(file, patience: .milliseconds(100)) { $0 + "# inner\n" }
                    return old + "# outer\n"
                }
            }
            #expect(error == .busy(file.path))
            try PriorityListEditor.edit(file) { $0 + "# later\n" }
            #expect(try folder.read("p.yaml") == text + "# later\n")
        }

        @Test func `many edits at once are all there afterwards`() async throws {
            let folder = try TemporaryFolder()
            let file = try folder.write("", "p.yaml")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<8 {
                    group.addTask { try PriorityListEditor.edit(file, patience: .seconds(30)) { $0 + "# \(index)\n" } }
                }
                try await group.waitForAll()
            }
            #expect(try folder.read("p.yaml").split(separator: "\n").sorted() == (0..<8).map { "# \($0)" })
        }
    }
#endif
