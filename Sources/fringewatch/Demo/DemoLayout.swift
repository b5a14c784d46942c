import Domain
import Foundation

/// The demonstration's folders and the configuration that its daemon gets.
struct DemoLayout {
    let folder: URL

    var configuration: URL { folder.appendingPathComponent("config.yaml") }
    var log: URL { folder.appendingPathComponent("daemon.log") }
    var maildir: URL { folder.appendingPathComponent("mail") }
    var pictures: URL { folder.appendingPathComponent("pictures") }
    /// Sockets have short paths.
    var runtime: URL { folder.appendingPathComponent("run") }

    func write(scenes: any DemoScenes, catalogue: URL, webhook: URL) throws {
        let secret = folder.appendingPathComponent("webhook-secret")
        let key = Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
        try Data("whsec_\(key)\n".utf8).write(to: secret)
        let watch =
            scenes.volcanoes.isEmpty
            ? "all: true\n  frames: [\(scenes.frame)]"
            : "volcanoes: [\(scenes.volcanoes.map(\.description).joined(separator: ", "))]\n  frames: [\(scenes.frame)]"
        let text = """
            # Written by fringewatch demo.
            state_directory: \(folder.appendingPathComponent("state").path)
            runtime_directory: \(runtime.path)
            catalogues:
              - name: demo
                kind: jasmin
                url: \(catalogue.absoluteString)
            network:
              requests_per_second: 100
            polling:
              priority: 1s
              others: 1s
              jitter: 0 %
            watch:
              \(watch)
            receivers:
              - name: mailbox
                kind: maildir
                path: \(maildir.path)
              - name: hook
                kind: webhook
                url: \(webhook.absoluteString)
                secret: {file: \(secret.path)}

            """
        try Data(text.utf8).write(to: configuration)
        try Data("# No volcano has priority.\n".utf8).write(to: folder.appendingPathComponent("priority-volcanoes.yaml"))
    }
}

/// The daemon as a process of its own, as systemd would start it.
final class DemoDaemon {
    private let process = Process()
    private let log: URL

    init(configuration: URL, log: URL) throws {
        self.log = log
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["run", "--config", configuration.path]
        try Data().write(to: log)
        process.standardError = try FileHandle(forWritingTo: log)
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    /// Asks again until it is so.
    /// - Parameter seconds: after so many it has failed.
    func until(_ what: String, within seconds: Double, _ isSo: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            guard process.isRunning else {
                throw Demonstration.Failed(description: "the daemon ended by itself; it wrote:\n" + (try String(contentsOf: log, encoding: .utf8)))
            }
            do { if try await isSo() { return } } catch ConsoleClient.Failure.unreachable {
                // Not listening yet.
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Demonstration.Failed(description: "within \(Int(seconds)) s it did not happen that \(what); see \(log.path)")
    }

    func stop() async {
        guard process.isRunning else { return }
        process.terminate()
        for _ in 0..<100 where process.isRunning { do { try await Task.sleep(for: .milliseconds(100)) } catch { break } }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
}
