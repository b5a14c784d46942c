import ArgumentParser
import Daemon
import Foundation

struct CheckConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check the configuration, the priority list, the model and the templates, and show every mistake at once.",
        discussion: "Each mistake comes with file, line, key, what was found and what is expected. Exit code 78 if there is one.")

    @OptionGroup var configuration: ConfigurationOptions

    @Flag(name: .long, help: "Do not read secrets: they may be readable by the daemon only.")
    var withoutSecrets = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let report = ConfigurationCheck.run(
            main: configuration.file, environment: ProcessInfo.processInfo.environment, installation: try Installation.find(),
            readingSecrets: !withoutSecrets, now: Date())
        if try !output.printedJSON(report) {
            for warning in report.warnings { say("warning: \(warning)") }
            for error in report.errors { say("error: \(error)") }
            if report.errors.isEmpty { print(report.summary) }
        }
        if !report.errors.isEmpty { throw Exit.configuration }
    }
}
