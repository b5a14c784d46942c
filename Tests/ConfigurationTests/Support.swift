import Domain
import FoundationEssentials
import Testing
import Volcanoes

@testable import Configuration

enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let volcanoes = Result { try VolcanoList.load(from: root.appendingPathComponent("Sources/Volcanoes/Data/volcanoes.csv")) }
    static func text(_ path: String) throws -> String { try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8) }
}

/// A folder of its own, gone when the value is.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("fringewatch-\(UInt64.random(in: 0...(.max)))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: url)
        } catch {
            Issue.record("the temporary folder \(url.path) stays: \(error)")
        }
    }

    @discardableResult
    func write(_ text: String, _ name: String) throws -> URL {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file
    }

    func read(_ name: String) throws -> String { try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8) }
}

/// A configuration of this main file and these files in conf.d.
func load(_ main: String, _ more: [String: String] = [:], environment: [String: String] = [:]) throws -> Settings {
    let folder = try TemporaryFolder()
    let file = try folder.write(main, "config.yaml")
    for (name, text) in more { try folder.write(text, "conf.d/" + name) }
    return try withExtendedLifetime(folder) {
        try SettingsLoader.load(main: file, environment: environment, volcanoes: Repository.volcanoes.get())
    }
}

/// What is wrong with a configuration.
func problems(_ main: String, _ more: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation) throws
    -> [ConfigurationProblem]
{
    try #require(throws: ConfigurationErrors.self, sourceLocation: sourceLocation) { try load(main, more) }.problems
}

func number(_ value: Int) throws -> VolcanoNumber { try #require(VolcanoNumber(value)) }
func probability(_ value: Double) throws -> Probability { try #require(Probability(value)) }
let today = AcquisitionDate(year: 2026, month: 5, day: 1)
