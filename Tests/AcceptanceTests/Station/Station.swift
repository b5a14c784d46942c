import Console
import Domain
import EmbeddedCatalogue
import Foundation
import LoopbackServers
import Synchronization
import Synthesis
import Testing

/// A whole installation of its own: a catalogue, a webhook receiver, a configuration, and the daemon as a process.
final class Station: Sendable {
    static let frame = SyntheticRegion.demonstrationFrame

    let folder: URL
    let scenes: Scenes
    let catalogue: EmbeddedCatalogueServer
    let address: EmbeddedCatalogueServer.Address
    let hook: WebhookReceiver
    let hookURL: URL

    /// Every process started here; they end with the station at the latest.
    private let children = Mutex<[ChildProcess]>([])

    var configuration: URL { folder.appending(path: "config.yaml") }
    var priorityList: URL { folder.appending(path: "priority-volcanoes.yaml") }
    var state: URL { folder.appending(path: "state") }
    var runtime: URL { folder.appending(path: "run") }
    var maildir: URL { folder.appending(path: "mail") }
    var webhooks: URL { folder.appending(path: "webhooks") }
    var secret: URL { folder.appending(path: "webhook-secret") }
    var log: URL { folder.appending(path: "daemon.log") }

    init() async throws {
        scenes = try Scenes.shared()
        folder = try temporaryFolder("at")
        catalogue = EmbeddedCatalogueServer(root: folder.appending(path: "catalogue"))
        address = try await catalogue.start()
        hook = WebhookReceiver(folder: folder.appending(path: "webhooks"))
        hookURL = try await hook.start()
        try Data("whsec_\(Data((1...32).map { UInt8($0) }).base64EncodedString())\n".utf8).write(to: secret)
        try Data("[]\n".utf8).write(to: priorityList)
        try Data().write(to: log)
    }

    // MARK: Configuration

    /// Writes config.yaml.
    /// - Parameters:
    ///   - catalogue: `kind:` and what belongs to it, one line each; JASMIN's layout unless said otherwise.
    ///   - receivers: items of the list; ``hookReceiver`` and ``maildirReceiver`` unless said otherwise.
    ///   - more: further sections.
    func configure(
        catalogue: [String]? = nil, watch: String = "{volcanoes: [353040], frames: [\(Station.frame)]}", receivers: [String]? = nil,
        more: String = ""
    ) throws {
        let source = catalogue ?? ["kind: jasmin", "url: \(address.jasmin.absoluteString)"]
        let text = """
            state_directory: \(state.path)
            runtime_directory: \(runtime.path)
            catalogues:
              - name: source
            \(source.map { "    \($0)" }.joined(separator: "\n"))
            network: {requests_per_second: 100}
            polling: {priority: 1s, others: 1s, jitter: 0 %, settle: 1s}
            watch: \(watch)
            receivers:
            \((receivers ?? [hookReceiver, maildirReceiver]).map { "  - \($0)" }.joined(separator: "\n"))
            \(more)

            """
        try Data(text.utf8).write(to: configuration)
    }

    var hookReceiver: String { "{name: hook, kind: webhook, url: \"\(hookURL.absoluteString)\", secret: {file: \"\(secret.path)\"}}" }
    var maildirReceiver: String { "{name: mailbox, kind: maildir, path: \"\(maildir.path)\"}" }

    /// The section `smtp` for the tests' relay: STARTTLS, AUTH and a certificate that is checked.
    func smtp(port: Int) throws -> String {
        let password = folder.appending(path: "smtp-password")
        try Data("\(MailServer.password)\n".utf8).write(to: password)
        return """
            smtp:
              host: localhost
              port: \(port)
              security: starttls
              user: \(MailServer.user)
              password: {file: "\(password.path)"}
              from: fringewatch@observatory.example
              ca_file: "\(try TestCertificates.shared().authority)"
            """
    }

    // MARK: The catalogue

    func publish(_ text: String, _ kind: Scenes.Kind, frame: FrameID = Station.frame, style: CatalogueFolder.Style = .manifest) throws {
        try catalogue.folder.publish(
            InterferogramID(frame: frame, pair: try pair(text)), phase: scenes.phase(kind), coherence: scenes.coherence(kind), style: style)
    }

    /// Where the listed manifest of a pair lies.
    func manifest(_ text: String, frame: FrameID = Station.frame) -> URL {
        catalogue.folder.root.appending(path: "LiCSAR_products/\(frame.relativeOrbit)/\(frame)/interferograms/\(text)")
    }

    /// Where a pair's files lie.
    func files(_ text: String, frame: FrameID = Station.frame) -> URL {
        catalogue.folder.root.appending(path: "LiCSAR_products.public/\(frame.relativeOrbit)/\(frame)/interferograms/\(text)")
    }

    /// How often the index of a frame was asked for.
    func polls(frame: FrameID = Station.frame) -> Int {
        catalogue.requests.count { $0.path.hasSuffix("/\(frame)/interferograms/") }
    }

    /// Whether of a pair that is being fetched the coherence has come and the phase has begun to.
    func hasPartOfPhase() throws -> Bool {
        let incoming = state.appending(path: "incoming")
        let files = try FileManager.default.contentsOfDirectory(atPath: incoming.path)
        let parts = files.filter { $0.hasSuffix(".part") }
        // Both are fetched at the same time, under names that do not tell which is which.
        guard files.contains(where: { $0.hasSuffix(".tif") }), parts.count == 1 else { return false }
        return try Data(contentsOf: incoming.appending(path: parts[0])).count > 8000
    }

    // MARK: Programs

    func start() throws -> ChildProcess {
        let nowhere = URL(fileURLWithPath: "/dev/null")
        return try keep(
            ChildProcess(try Program.executable(), ["run", "--config", configuration.path], environment: [:], output: nowhere, errors: log))
    }

    /// Starts the daemon and waits until its archive is known.
    func start(baseline: Int) async throws -> ChildProcess {
        let daemon = try start()
        try await until("the archive of \(baseline) is known", daemon) { try await self.status().outcomes["baseline"] == baseline }
        return daemon
    }

    func fringewatch(_ arguments: String...) async throws -> Program.Result {
        try await Program.run(arguments, environment: ["RUNTIME_DIRECTORY": runtime.path])
    }

    /// One of the scripts in Servers, running until it is killed.
    func serve(_ script: String, _ arguments: String...) throws -> ChildProcess {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Servers/\(script)")
        let output = folder.appending(path: "\(script).log")
        try Data().write(to: output)
        let python = URL(fileURLWithPath: "/usr/bin/python3")
        return try keep(ChildProcess(python, [file.path] + arguments, environment: [:], output: output, errors: output))
    }

    private func keep(_ child: ChildProcess) -> ChildProcess {
        children.withLock { $0.append(child) }
        return child
    }

    /// Ends everything that still runs.
    fileprivate func close() async throws {
        for child in children.withLock(\.self) where child.isRunning {
            child.signal(SIGKILL)
            _ = try await child.exit(within: 10)
        }
        await catalogue.stop()
        await hook.stop()
    }

    func written() throws -> String { String(decoding: try Data(contentsOf: log), as: UTF8.self) }
}

/// Few stations at a time: each has a daemon that computes.
private actor Berths {
    static let shared = Berths(free: 3)
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(free: Int) { self.free = free }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

/// Builds a station, runs the body and takes the station down; if the body fails, the end of the daemon's log is shown.
func withStation(_ body: (Station) async throws -> Void) async throws {
    await Berths.shared.take()
    do {
        let station = try await Station()
        do {
            try await body(station)
        } catch {
            print("the daemon of the failed test wrote:\n\(try station.written().suffix(6000))")
            try await station.close()
            throw error
        }
        try await station.close()
        try FileManager.default.removeItem(at: station.folder)
    } catch {
        await Berths.shared.leave()
        throw error
    }
    await Berths.shared.leave()
}
