import Catalogue
import Configuration
import Console
import Courier
import Detection
import Domain
import Foundation
import Ledger
import Service

/// The parts of a running daemon and how they know each other.
struct DaemonAssembly: Sendable {
    let log: Log
    let watch: Watch
    let ledger: LedgerDatabase
    let console: ConsoleServer
    private let poller: FramePoller
    private let pipeline: InterferogramPipeline
    private let courier: Courier
    private let models: ModelFollower
    private let board: ProgressBoard
    private let wakeups: Wakeups

    init(_ runtime: Runtime, version: String, log: Log) async throws {
        let state = runtime.settings.stateDirectory
        try Self.makeFolder(state)
        try Self.makeFolder(runtime.settings.runtimeDirectory)
        let now = Date()
        let ledger = try await LedgerDatabase.open(at: state.appendingPathComponent("ledger.sqlite").path, now: now)
        if let aside = ledger.movedAside {
            log.error("the ledger was damaged; it was moved aside and a new one begun", ["moved_to": aside.path, "damage": aside.detail])
        }
        try await ledger.recordEvent(.started, "version \(version), model \(runtime.detector.model.id)", at: now)
        let watch = try await Watch(runtime, ledger: ledger, now: now)
        let incoming = state.appendingPathComponent("incoming", isDirectory: true)
        let fetcher: @Sendable (Runtime, Bool) -> ProductFetcher = { runtime, isUrgent in
            ProductFetcher(
                connection: runtime.catalogues.connection, incoming: incoming, sizeLimit: runtime.settings.network.maxDownload, leavesRoom: !isUrgent)
        }
        try await fetcher(runtime, false).prepare(now: now)
        watch.firstNews.write(to: log)

        let board = ProgressBoard()
        let wakeups = Wakeups()
        let courier = Courier(
            store: DeliveryDesk(ledger: ledger, progress: { board.tick(Stage.courier) }), source: MessageDesk(watch: watch, ledger: ledger),
            carrier: CurrentCarrier(watch: watch),
            schedule: runtime.outbox.schedule, report: { event in event.write(to: log) })
        let shelf = CropShelf(stateDirectory: state)
        let elevations = ElevationShelf(stateDirectory: state, fetcher: fetcher, log: log)
        let decider = Decider(watch: watch, ledger: ledger, elevations: elevations, log: log, posted: { courier.wake() })
        self.log = log
        self.watch = watch
        self.ledger = ledger
        self.board = board
        self.wakeups = wakeups
        self.courier = courier
        poller = FramePoller(
            watch: watch, ledger: ledger, log: log, progress: { board.tick(Stage.poller($0)) }, found: { await wakeups.wake() })
        pipeline = InterferogramPipeline(
            watch: watch, ledger: ledger, fetcher: fetcher, decider: decider, shelf: shelf, log: log, wakeups: wakeups,
            progress: { board.tick(Stage.worker($0)) })
        models = ModelFollower(watch: watch, ledger: ledger, log: log)
        console = ConsoleServer(
            directory: runtime.settings.runtimeDirectory,
            backend: DaemonConsole(
                watch: watch, ledger: ledger, started: now, version: version,
                reviews: ReviewDesk(watch: watch, ledger: ledger, shelf: shelf, posted: { courier.wake() }), posted: { courier.wake() }))
    }

    /// Who shows progress to the watchdog.
    private enum Stage {
        static let heart = "heart"
        static let courier = "courier"
        static func poller(_ lane: Int) -> String { "poller-\(lane)" }
        static func worker(_ number: Int) -> String { "worker-\(number)" }
    }

    /// A worker may wait for the downloads of the others, each until its deadline, before its own.
    private func registerWorkers(_ runtime: Runtime) {
        let deadline = runtime.settings.network.transferTimeout * (2 * InterferogramPipeline.workers) + .seconds(900)
        for worker in 0..<InterferogramPipeline.workers { board.register(Stage.worker(worker), deadline: deadline) }
    }

    /// Everything that runs until the daemon ends.
    func services(notifier: ServiceNotifier) async -> [@Sendable () async -> Void] {
        let heart = Heart(watch: watch, ledger: ledger, pipeline: pipeline, log: log, notifier: notifier, beat: { board.tick(Stage.heart) })
        var services: [@Sendable () async -> Void] = [
            { await poller.run() }, { await pipeline.run() }, { await courier.run() }, { await heart.run() }, { await heart.lookForFrames() },
            { await models.run() },
        ]
        board.register(Stage.heart, deadline: .seconds(60))
        // It asks for work every 15 seconds, and an attempt at each address has a deadline of minutes.
        board.register(Stage.courier, deadline: .seconds(900))
        for lane in 0..<FramePoller.lanes { board.register(Stage.poller(lane), deadline: .seconds(900)) }
        registerWorkers(await watch.runtime)
        if let interval = ServiceNotifier.watchdogInterval() {
            let watchdog = Watchdog(board: board, log: log, interval: interval, sign: { notifier.alive() })
            services.append { await watchdog.run() }
        }
        return services
    }

    /// What systemd shows as the status.
    func summary() async -> String {
        let plan = await watch.plan
        return "\(plan.volcanoes.count) volcanoes in \(plan.frames.count) frames, \(await watch.priorities.entries.count) on the priority list"
    }

    func adopt(_ new: Runtime) async throws {
        let old = await watch.runtime.settings
        guard new.settings.stateDirectory == old.stateDirectory, new.settings.runtimeDirectory == old.runtimeDirectory else {
            throw ReloadRefusal("state_directory and runtime_directory cannot change while the daemon runs: restart it")
        }
        guard new.settings.log == old.log, new.settings.retries == old.retries else {
            throw ReloadRefusal("the sections log and retries are read at the start only: restart the daemon")
        }
        try await watch.adopt(new, now: Date()).write(to: log)
        registerWorkers(new)
        await wakeups.wake()
        courier.wake()
        do {
            try await watch.storeChanges()
            try await ledger.recordEvent(.configurationReloaded, new.settings.files.map(\.path).joined(separator: ", "), at: Date())
        } catch {
            // It is in force all the same: the ledger follows when it can be written.
            log.error("the reload could not be recorded", ["error": "\(error)"])
        }
    }

    func refuse(_ reason: String) async {
        log.error("the new configuration is refused, the one before stays in force", ["errors": reason])
        do {
            try await ledger.recordEvent(.configurationRefused, reason, at: Date())
        } catch {
            log.error("the refusal could not be recorded", ["error": "\(error)"])
        }
    }

    func end() async throws {
        try await ledger.recordEvent(.stopped, "", at: Date())
        try ledger.close()
        log.notice("fringewatch has stopped")
    }

    private static func makeFolder(_ folder: URL) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw ReloadRefusal("the folder \(folder.path) cannot be made: \(error.localizedDescription). Make it and give it to the daemon's user")
        }
    }
}

struct ReloadRefusal: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension LogSettings.Level {
    var service: LogLevel {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}

extension CourierEvent {
    func write(to log: Log) {
        switch self {
        case .delivered(let delivery, let receipt):
            log.notice("a message was delivered", delivery.fields + ["receipt": receipt])
        case .postponed(let delivery, let reason, let until):
            log.warning(
                "a message could not be delivered; it is tried again", delivery.fields + ["error": reason, "until": until.formatted(.iso8601)])
        case .failed(let delivery, let reason):
            log.error("a message was refused for good", delivery.fields + ["error": reason])
        case .receiverDisabled(let delivery, let reason):
            log.error("a receiver is disabled until an operator retries", ["receiver": delivery.receiver.text, "error": reason])
        case .storeFailing(let error, let wait):
            log.error("the ledger cannot be written; nothing is sent until it can", ["error": error, "wait_s": "\(wait)"])
        case .storeWorksAgain: log.notice("the ledger can be written again")
        case .abandoned(let delivery): log.warning("a message is left for the next start", delivery.fields)
        }
    }
}

extension Delivery {
    fileprivate var fields: [String: String] {
        ["alert": alert.text, "receiver": receiver.text, "address": address, "attempt": "\(attempts)"]
    }
}
