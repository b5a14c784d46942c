import FoundationEssentials

/// Which files make up the configuration.
enum ConfigurationFiles {
    struct Found {
        /// In the order in which they are laid over each other.
        var files: [URL]
        var problems: [ConfigurationProblem] = []
        var warnings: [ConfigurationProblem] = []
    }

    static func find(main: URL) -> Found {
        var found = Found(files: [main])
        let folder = main.deletingLastPathComponent().appendingPathComponent("conf.d")
        guard FileManager.default.fileExists(atPath: folder.path) else { return found }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            found.problems.append(
                ConfigurationProblem(
                    place: Place(file: folder.path, line: 0, column: 0), key: "", found: "a folder that cannot be listed",
                    expected: "a readable folder"))
            return found
        }
        for name in names where !name.hasPrefix(".") {
            if name.hasSuffix(".yaml") {
                found.files.append(folder.appendingPathComponent(name))
            } else {
                found.warnings.append(
                    ConfigurationProblem(
                        place: Place(file: folder.appendingPathComponent(name).path, line: 0, column: 0), key: "",
                        found: "a file that is not read",
                        expected: "names that end in .yaml"))
            }
        }
        return found
    }

    static func text(of file: URL) throws(ConfigurationErrors) -> String {
        do throws(BoundedFile.Failure) {
            return try BoundedFile.text(of: file.path, limit: largestSettingsFile)
        } catch {
            throw ConfigurationErrors([
                ConfigurationProblem(
                    place: Place(file: file.path, line: 0, column: 0), key: "", found: error.found, expected: error.expected,
                    suggestion: error.isMissing ? "config/config.yaml of the distribution is an example to start from" : nil)
            ])
        }
    }
}
