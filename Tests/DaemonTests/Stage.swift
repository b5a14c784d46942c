import Catalogue
import Configuration
import Courier
import Domain
import EmbeddedCatalogue
import Foundation
import Ledger
import Raster
import Service
import Synchronization
import Synthesis
import Testing
import Volcanoes

@testable import Daemon

/// A daemon's parts as they are, on a folder of their own, with a catalogue on loopback.
final class Stage: Sendable {
    static let frame = SyntheticRegion.demonstrationFrame
    static let alcedo = VolcanoNumber(353040)!
    static let darwin = VolcanoNumber(353030)!

    let folder: URL
    let server: EmbeddedCatalogueServer
    let address: EmbeddedCatalogueServer.Address
    let ledger: LedgerDatabase
    let watch: Watch
    let log: Log
    let lines: LogLines

    /// - Parameters:
    ///   - watched: the section watch.
    ///   - more: further YAML at the top level; `CATALOGUE` and `FOLDER` stand for the addresses.
    init(watched: String = "{volcanoes: [353040, 353030], frames: [128D_09016_110500]}", more: String = Stage.maildir, priorities: String? = nil)
        async throws
    {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("stage-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        server = EmbeddedCatalogueServer(root: folder.appendingPathComponent("catalogue"))
        address = try await server.start()
        try Self.write(folder, address, watched: watched, more: more)
        if let priorities { try Data(priorities.utf8).write(to: folder.appendingPathComponent("priority-volcanoes.yaml")) }
        let runtime = try Self.load(folder)
        ledger = try await LedgerDatabase.open(at: folder.appendingPathComponent("state/ledger.sqlite").path, now: Date())
        watch = try await Watch(runtime, ledger: ledger, now: Date())
        lines = LogLines()
        log = Log(to: lines, level: .debug)
    }

    static let maildir = """
        receivers:
          - {name: mailbox, kind: maildir, path: FOLDER/mail}
        """

    static func write(_ folder: URL, _ address: EmbeddedCatalogueServer.Address, watched: String, more: String) throws {
        let text = """
            state_directory: FOLDER/state
            runtime_directory: FOLDER/run
            catalogues:
              - {name: demo, kind: jasmin, url: "CATALOGUE"}
              - {name: drop, kind: directory, path: FOLDER/drop}
            network: {requests_per_second: 100}
            polling: {priority: 5m, others: 6h, settle: 0s, jitter: 0 %}
            watch: \(watched)
            \(more)
            """
        let filled = text.replacingOccurrences(of: "FOLDER", with: folder.path)
            .replacingOccurrences(of: "CATALOGUE", with: address.jasmin.absoluteString)
        try Data(filled.utf8).write(to: folder.appendingPathComponent("config.yaml"))
        try FileManager.default.createDirectory(at: folder.appendingPathComponent("drop"), withIntermediateDirectories: true)
    }

    /// Read once for all tests.
    private static let volcanoes = Result { try VolcanoList.load(from: try Installation.find().volcanoes) }

    static func load(_ folder: URL) throws -> Runtime {
        let installation = try Installation.find()
        let volcanoes = try volcanoes.get()
        let settings = try SettingsLoader.load(main: folder.appendingPathComponent("config.yaml"), environment: [:], volcanoes: volcanoes)
        return try Runtime(settings, volcanoes: volcanoes, installation: installation)
    }

    /// Writes another configuration and reads it.
    func rewritten(watched: String, more: String = Stage.maildir) throws -> Runtime {
        try Self.write(folder, address, watched: watched, more: more)
        return try Self.load(folder)
    }

    var priorityFile: URL { folder.appendingPathComponent("priority-volcanoes.yaml") }
    var drop: URL { folder.appendingPathComponent("drop") }

    func poller(found: @escaping @Sendable () async -> Void = {}) -> FramePoller {
        FramePoller(watch: watch, ledger: ledger, log: log, progress: { _ in }, found: found)
    }

    func pipeline() async throws -> InterferogramPipeline {
        try await fetcher(await watch.runtime, true).prepare(now: Date())
        let decider = Decider(watch: watch, ledger: ledger, elevations: elevations(), log: log, posted: {})
        return InterferogramPipeline(
            watch: watch, ledger: ledger, fetcher: fetcher, decider: decider, shelf: shelf, log: log, wakeups: Wakeups(), progress: { _ in })
    }

    var fetcher: @Sendable (Runtime, Bool) -> ProductFetcher {
        let incoming = folder.appendingPathComponent("incoming")
        return { runtime, isUrgent in
            ProductFetcher(connection: runtime.catalogues.connection, incoming: incoming, leavesRoom: !isUrgent)
        }
    }

    func elevations(limit: Int = 1 << 30, patience: Duration = .seconds(15)) -> ElevationShelf {
        ElevationShelf(stateDirectory: folder.appendingPathComponent("state"), limit: limit, patience: patience, fetcher: fetcher, log: log)
    }

    func console() -> DaemonConsole {
        DaemonConsole(
            watch: watch, ledger: ledger, started: Date(), version: "test",
            reviews: ReviewDesk(watch: watch, ledger: ledger, shelf: shelf, posted: {}), posted: {})
    }

    var shelf: CropShelf { CropShelf(stateDirectory: folder.appendingPathComponent("state")) }

    /// Lists the frame, so that what is published later is new.
    func listBaseline(_ poller: FramePoller) async throws {
        try publish(Scenes.archived, as: .nothing)
        _ = await poller.poll(demo)
    }

    var demo: PollTarget { PollTarget(frame: Self.frame, catalogue: "demo") }
    var dropped: PollTarget { PollTarget(frame: Self.frame, catalogue: "drop") }

    enum Content { case nothing, flagged, quiet }

    func publish(_ pair: AcquisitionPair, as content: Content, coherence: Bool = true) throws {
        let files = try Scenes.files(content)
        try server.folder.publish(InterferogramID(frame: Self.frame, pair: pair), phase: files.phase, coherence: coherence ? files.coherence : nil)
    }

    /// Runs the pipeline until the interferogram has an outcome, or has failed once more.
    func work(on pair: AcquisitionPair, until isDone: @escaping @Sendable (InterferogramAccount.Version) -> Bool = { $0.outcome != nil }) async throws
        -> InterferogramAccount.Version
    {
        let pipeline = try await pipeline()
        let work = Task { await pipeline.run() }
        defer { work.cancel() }
        let deadline = ContinuousClock.now + .seconds(50)
        while ContinuousClock.now < deadline {
            if let version = try await version(of: pair), isDone(version) {
                work.cancel()
                await work.value
                return version
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw StageError(description: "\(pair) has no outcome after 50 s: \(lines.all.joined(separator: "\n"))")
    }

    func version(of pair: AcquisitionPair) async throws -> InterferogramAccount.Version? {
        try await ledger.reader.account(of: InterferogramID(frame: Self.frame, pair: pair))?.versions.first
    }

    deinit {
        let (server, folder) = (server, folder)
        Task {
            await server.stop()
            try FileManager.default.removeItem(at: folder)
        }
    }
}

struct StageError: Error, CustomStringConvertible {
    let description: String
}

/// Remembers what was logged.
final class LogLines: LogSink {
    private let lines = Mutex<[String]>([])
    func write(_ level: LogLevel, _ message: String, _ fields: [String: String]) { lines.withLock { $0.append("\(level) \(message) \(fields)") } }
    var all: [String] { lines.withLock(\.self) }
    func contains(_ text: String) -> Bool { all.contains { $0.contains(text) } }
}

/// Interferograms made once for all tests.
enum Scenes {
    /// Before the unrest.
    static let archived = AcquisitionPair("20250501_20250513")!
    static let news = AcquisitionPair("20250618_20250724")!
    static let later = AcquisitionPair("20250630_20250805")!

    static func files(_ content: Stage.Content) throws -> (phase: URL, coherence: URL?) {
        switch content {
        case .nothing: (made.nothing, nil)
        case .flagged: (made.phase, made.coherence)
        case .quiet: (made.quiet, nil)
        }
    }

    private static let made: (nothing: URL, phase: URL, coherence: URL, quiet: URL) = {
        do {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("scenes-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let nothing = folder.appendingPathComponent("nothing")
            try Data("archived\n".utf8).write(to: nothing)
            try LiCSARWriter(.demonstration()).write(news, into: folder)
            // A frame on the other side of the world: no watched volcano lies in it.
            let elsewhere = GridGeometry(width: 60, height: 60, west: 10, north: 50, pixelWidth: 0.001, pixelHeight: 0.001)
            let quiet = folder.appendingPathComponent("elsewhere.tif")
            try GeoTIFF.write(
                RasterGrid(geometry: elsewhere, values: (0..<3600).map { Float($0 % 60) / 20 - 1.5 }), to: quiet, as: .float32Deflate)
            return (nothing, folder.appendingPathComponent("\(news).geo.diff_pha.tif"), folder.appendingPathComponent("\(news).geo.cc.tif"), quiet)
        } catch { fatalError("the scenes cannot be written: \(error)") }
    }()
}
