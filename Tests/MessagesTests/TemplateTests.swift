import Domain
import Foundation
import Messages
import Testing

@Suite("Templates")
struct TemplateTests {
    @Test func `the templates of the project are without mistake`() throws {
        _ = try TemplateSet.load(from: SampleAlerts.templateFolder)
    }

    @Test(arguments: [
        ("{{volcano.nmae}}", 1, "unknown key 'volcano.nmae'; did you mean 'volcano.name'?"),
        ("a\nb {{qwertyuiop}}", 2, "unknown key 'qwertyuiop'; the keys are listed in README.md"),
        ("{{#history.flags}}\n{{p_mx}}{{/history.flags}}", 2, "unknown key 'p_mx'; did you mean 'p_max'?"),
        ("{{p_max}}", 1, "'p_max' may only be used between {{#history.flags}} and {{/history.flags}}"),
        ("{{^history.flags}}{{dates}}{{/history.flags}}", 1, "'dates' may only be used between {{#history.flags}} and {{/history.flags}}"),
        ("\n\n{{#message.is_test}}", 3, "the section {{#message.is_test}} is never closed; add {{/message.is_test}}"),
        ("{{/message.is_test}}", 1, "{{/message.is_test}} closes a section that was not opened"),
        (
            "{{#message.is_test}}{{#evidence.any}}\n{{/message.is_test}}", 2,
            "{{/message.is_test}} does not match {{#evidence.any}} of line 1"
        ),
        ("x {{volcano.name", 1, "a tag that begins with {{ has no end; close it with }}"),
        ("{{evidence.for}}", 1, "'evidence.for' is not a text; use it as {{#evidence.for}}...{{/evidence.for}}"),
        ("{{> header}}", 1, "{{>...}} is not supported here; use {{key}}, {{#key}}, {{^key}}, {{/key}} and {{! comments }}"),
        ("{{=<% %>=}}", 1, "{{=...}} is not supported here; use {{key}}, {{#key}}, {{^key}}, {{/key}} and {{! comments }}"),
        ("{{{volcano.name}}}", 1, "'volcano.name' would not be escaped here; write {{volcano.name}}"),
        ("{{! a\ncomment}}\n{{&volcano.name}}", 3, "'volcano.name' would not be escaped here; write {{volcano.name}}"),
        ("{{uppercased(volcano.name)}}", 1, "unknown key 'uppercased(volcano.name)'; did you mean 'volcano.name'?"),
    ])
    func `a mistake is named with its file and line`(text: String, line: Int, message: String) throws {
        let folder = try TemporaryTemplates()
        try folder.write(text, to: "es/body.html.mustache")
        let errors = try #require(throws: TemplateErrors.self) { try TemplateSet.load(from: folder.url) }
        #expect(errors.errors.map(\.file) == ["es/body.html.mustache"])
        #expect(errors.errors.first?.line == line)
        #expect(errors.errors.first?.message == message)
        #expect(errors.description.hasPrefix("es/body.html.mustache:\(line): "))
    }

    @Test func `all mistakes of all files come at once`() throws {
        let folder = try TemporaryTemplates()
        try folder.write("{{a.b}}\n{{c.d}}", to: "en/body.txt.mustache")
        try folder.write("{{e.f}}", to: "es/subject.txt.mustache")
        try folder.remove("es/webhook.txt.mustache")
        try folder.write("x", to: "es/webhok.txt.mustache")
        let errors = try #require(throws: TemplateErrors.self) { try TemplateSet.load(from: folder.url) }
        let places = errors.errors.map { "\($0.file):\($0.line ?? 0)" }
        #expect(
            places == [
                "en/body.txt.mustache:1", "en/body.txt.mustache:2", "es/webhok.txt.mustache:0", "es/subject.txt.mustache:1",
                "es/webhook.txt.mustache:0",
            ])
        #expect(errors.description.contains("did you mean webhook.txt.mustache?"))
    }

    @Test(arguments: [Data(), Data("  \n".utf8), Data([0x41, 0xFF, 0xFE]), Data(repeating: 0x41, count: 300_000)])
    func `a file that is empty, no UTF-8 or huge is refused`(content: Data) throws {
        let folder = try TemporaryTemplates()
        try content.write(to: folder.url.appending(path: "en/subject.txt.mustache"))
        let errors = try #require(throws: TemplateErrors.self) { try TemplateSet.load(from: folder.url) }
        #expect(errors.errors.map(\.file) == ["en/subject.txt.mustache"])
    }

    @Test func `a folder that is not there names what is missing`() {
        let errors = #expect(throws: TemplateErrors.self) { try TemplateSet.load(from: URL(filePath: "/nonexistent")) }
        #expect(errors?.description.contains("en: this folder is missing") == true)
    }

    /// The README's table is made from the keys; `FRINGEWATCH_UPDATE_GOLDEN=1` rewrites it.
    @Test func `the README lists exactly the keys there are`() throws {
        let file = SampleAlerts.templateFolder.appending(path: "README.md")
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let head = try #require(text.range(of: "## Keys\n\n"))
        func rows(_ keys: [TemplateKey], indent: String) -> String {
            keys.map { key in
                switch key.kind {
                case .text: "| \(indent)`\(key.name)` | text | \(key.meaning) |\n"
                case .flag: "| \(indent)`\(key.name)` | flag | \(key.meaning) |\n"
                case .list(let entries): "| \(indent)`\(key.name)` | list | \(key.meaning) |\n" + rows(entries, indent: "&nbsp;&nbsp;")
                }
            }.joined()
        }
        let table = "| key | kind | what it is |\n|---|---|---|\n" + rows(TemplateKeys.all, indent: "")
        try Golden.expect(String(text[..<head.upperBound]) + table, equalsFile: file)
    }

    /// Renders every documented key: one that the code does not fill would print nothing.
    @Test func `every documented key has a value in a full alert`() throws {
        let lines = TemplateKeys.all.map { key in
            switch key.kind {
            case .text: "\(key.name)=<{{\(key.name)}}>"
            case .flag: "\(key.name)=<{{#\(key.name)}}yes{{/\(key.name)}}{{^\(key.name)}}no{{/\(key.name)}}>"
            case .list(let entries):
                "\(key.name)={{#\(key.name)}}" + entries.map { "<{{\($0.name)}}>" }.joined() + "{{/\(key.name)}}{{^\(key.name)}}<>{{/\(key.name)}}"
            }
        }
        let folder = try TemporaryTemplates()
        try folder.write(lines.joined(separator: "\n"), to: "en/body.txt.mustache")
        let composer = MessageComposer(templates: try TemplateSet.load(from: folder.url))
        let mail = try composer.mail(
            manyFlags, picture: SampleAlerts.picture, to: Mailbox("a@example.org"), from: Mailbox("b@example.org"), language: .english,
            deliveryID: "d", messageIDDomain: HostName("example.org")!)
        let shown = try #require(try PythonMail.read(String(decoding: mail, as: UTF8.self)).parts.first).text
        let filled = shown.split(separator: "\n")
        #expect(filled.count == TemplateKeys.all.count)
        for line in filled { #expect(line.contains("<") && !line.contains("<>")) }
    }

    /// With more than ten earlier flags, so that `history.more` has a value.
    private var manyFlags: Alert {
        let full = SampleAlerts.alert()
        let flags = (0..<12).compactMap { i in
            AcquisitionPair(AcquisitionDate(dayNumber: 19_000 + i), AcquisitionDate(dayNumber: 19_012 + i)).map {
                EarlierFlag(
                    interferogram: InterferogramID(frame: full.observation.interferogram.frame, pair: $0), pMax: full.finding.pMax, kind: nil)
            }
        }
        return Alert(
            id: full.id, episode: full.episode, revision: full.revision, kind: full.kind, tier: full.tier, issued: full.issued,
            volcano: full.volcano, observation: full.observation, finding: full.finding, evidence: full.evidence, history: flags,
            reason: full.reason, explanation: full.explanation, model: full.model, priority: full.priority)
    }

    @Test func `no template speaks of what only a volcano observatory may say`() throws {
        for language in Language.allCases {
            for role in TemplateSet.Role.allCases {
                let file = SampleAlerts.templateFolder.appending(path: "\(language.rawValue)/\(role.rawValue)")
                let text = String(decoding: try Data(contentsOf: file), as: UTF8.self).lowercased()
                for word in ["vona", "aviation", "aviación", "color code", "colour code", "código de color", "eruption alert", "evacu"] {
                    #expect(!text.contains(word), "\(language)/\(role.rawValue) says \(word)")
                }
            }
        }
    }
}

/// A copy of the templates that a test may spoil.
final class TemporaryTemplates {
    let url = FileManager.default.temporaryDirectory.appending(path: "templates-\(UUID().uuidString)")

    init() throws { try FileManager.default.copyItem(at: SampleAlerts.templateFolder, to: url) }
    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, to file: String) throws { try Data(text.utf8).write(to: url.appending(path: file)) }
    func remove(_ file: String) throws { try FileManager.default.removeItem(at: url.appending(path: file)) }
}
