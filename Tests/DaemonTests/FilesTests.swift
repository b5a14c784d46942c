import Configuration
import Domain
import Foundation
import Testing

@testable import Daemon

@Suite("Configuration check") struct ConfigurationCheckTests {
    private func report(_ stage: Stage, _ more: String, secrets: Bool = true, priorities: String? = nil) throws -> ConfigurationCheck.Report {
        try Stage.write(stage.folder, stage.address, watched: "{volcanoes: [353040]}", more: more)
        if let priorities { try Data(priorities.utf8).write(to: stage.priorityFile) }
        return ConfigurationCheck.run(
            main: stage.folder.appendingPathComponent("config.yaml"), environment: [:], installation: try Installation.find(),
            readingSecrets: secrets,
            now: Date())
    }

    @Test func `a right configuration says what it does`() async throws {
        let report = try report(try await Stage(), Stage.maildir)
        #expect(report.errors == [])
        #expect(report.summary.contains("1 volcanoes") && report.summary.contains("2 catalogues, 1 receivers"))
    }

    @Test func `secrets, templates, model and priority list are all told at once, each once`() async throws {
        let stage = try await Stage()
        let templates = stage.folder.appendingPathComponent("templates")
        try FileManager.default.createDirectory(at: templates, withIntermediateDirectories: true)
        try Data("short".utf8).write(to: stage.folder.appendingPathComponent("short"))
        let more = """
            templates: FOLDER/templates
            detection: {model: FOLDER/no.safetensors}
            receivers:
              - {name: one, kind: webhook, url: "http://127.0.0.1:1/", secret: {file: FOLDER/none}}
              - {name: two, kind: webhook, url: "http://127.0.0.1:2/", secret: {file: FOLDER/short}}
            """
        let report = try report(stage, more, priorities: "- {volcano: Nowhere, reason: x}\n")
        for words in ["templates", "no.safetensors", "/none", "receiver two", "Nowhere"] {
            #expect(report.errors.contains { $0.contains(words) }, "nothing about \(words) in \(report.errors)")
        }
        #expect(Set(report.errors).count == report.errors.count)
        let blind = try self.report(stage, more, secrets: false)
        #expect(!blind.errors.contains { $0.contains("receiver two") || $0.contains("/none") })
    }

    @Test func `who watches nothing or tells nobody is warned`() async throws {
        let stage = try await Stage()
        try Stage.write(stage.folder, stage.address, watched: "{all: false}", more: "receivers: []")
        let report = ConfigurationCheck.run(
            main: stage.folder.appendingPathComponent("config.yaml"), environment: [:], installation: try Installation.find(), readingSecrets: true,
            now: Date())
        #expect(report.errors == [])
        #expect(report.warnings.contains { $0.contains("no volcano is watched") } && report.warnings.contains { $0.contains("nobody is told") })
    }
}

@Suite("Installation") struct InstallationTests {
    @Test func `an installed program finds its files beside bin, an override wins, and a wrong one is an error`() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("inst-\(UUID().uuidString.prefix(8))")
        for share in ["usr/share/fringewatch/models", "other/models", "usr/bin"] {
            try FileManager.default.createDirectory(at: root.appendingPathComponent(share), withIntermediateDirectories: true)
        }
        let program = root.appendingPathComponent("usr/bin/fringewatch")
        #expect(try Installation.find(executable: program, environment: [:]).models.path == root.path + "/usr/share/fringewatch/models")
        let other = root.appendingPathComponent("other")
        #expect(
            try Installation.find(executable: program, environment: ["FRINGEWATCH_SHARE": other.path]).templates.path == other.path
                + "/alert-templates")
        let error = #expect(throws: Installation.NotFound.self) {
            try Installation.find(executable: program, environment: ["FRINGEWATCH_SHARE": "/nowhere"])
        }
        #expect(error?.description.contains("/nowhere") == true)
        try FileManager.default.removeItem(at: root)
    }
}

@Suite("File scanner") struct FileScannerTests {
    private func scanner(_ target: FileScanner.Target = .volcanoes(["Alcedo"]), pictures: URL? = nil) throws -> FileScanner {
        try FileScanner(installation: try Installation.find(), model: nil, threads: 2, target: target, pictures: pictures)
    }

    @Test func `a file gives what the daemon would see, with a picture`() async throws {
        let stage = try await Stage()
        let folder = stage.folder.appendingPathComponent("\(Stage.frame)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let source = try Scenes.files(.flagged)
        let file = folder.appendingPathComponent(source.phase.lastPathComponent)
        try FileManager.default.copyItem(at: source.phase, to: file)
        try Data("<html>not found</html>".utf8).write(to: folder.appendingPathComponent("\(Scenes.news).geo.cc.tif"))
        let results = try scanner(pictures: stage.folder.appendingPathComponent("pictures")).scan(file)
        let result = try #require(results.first)
        guard case .scored(let finding) = result.result else { throw StageError(description: "not scored") }
        #expect(finding.pMax.value > 0.5)
        // As in the daemon, coherence that cannot be read is left out, and said.
        #expect(finding.quality.meanCoherence == nil)
        #expect(result.remark?.contains("coherence") == true)
        #expect(FileManager.default.fileExists(atPath: try #require(result.picture)))
        #expect(try FileScanner.files([stage.folder.appendingPathComponent("\(Stage.frame)")]).map(\.lastPathComponent) == [file.lastPathComponent])
    }

    @Test func `a volcano that is not in the list gets suggestions, a picture without one in it a reason`() throws {
        let unknown = #expect(throws: FileScanner.Problem.self) { try scanner(.volcanoes(["Alcedoo"])) }
        #expect(unknown?.description.contains("353040 Alcedo") == true)
        let elsewhere = #expect(throws: FileScanner.Problem.self) { try scanner().scan(try Scenes.files(.quiet).phase) }
        #expect(elsewhere?.description.contains("--at") == true)
    }

    @Test func `an empty folder gives no files and a missing one is named by scanning it`() throws {
        let missing = URL(fileURLWithPath: "/nowhere/at/all.tif")
        #expect(try FileScanner.files([missing]) == [missing])
        #expect(throws: (any Error).self) { try scanner().scan(missing) }
    }
}
