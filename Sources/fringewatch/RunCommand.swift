import ArgumentParser
import Daemon
import Foundation

let fringewatchVersion = "0.1.0"

/// Where the configuration is.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The main configuration file; conf.d/*.yaml beside it is read too.", completion: .file(extensions: ["yaml"]))
    var config = "/etc/fringewatch/config.yaml"

    var file: URL { URL(fileURLWithPath: config) }
}

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the daemon.",
        discussion: """
            Normally systemd does this. SIGHUP reloads the configuration, all or nothing; SIGTERM ends within seconds. \
            Exit code 78: the configuration is wrong; 75: something else holds the ledger.
            """)

    @OptionGroup var configuration: ConfigurationOptions

    func run() async throws {
        let daemon: FringewatchDaemon
        do {
            daemon = FringewatchDaemon(
                configuration: configuration.file, environment: ProcessInfo.processInfo.environment, installation: try Installation.find(),
                version: fringewatchVersion)
        } catch {
            say("fringewatch: \(error)")
            throw Exit.failure
        }
        do {
            try await daemon.run()
        } catch {
            say("fringewatch: \(error)")
            switch error {
            case .configuration: throw Exit.configuration
            case .temporary: throw Exit.temporary
            case .failure: throw Exit.failure
            }
        }
    }
}
