import Catalogue
import Configuration
import Console
import Courier
public import Foundation
import Ledger
import Service

/// The daemon: assembles its parts, runs them, reloads, and ends in order.
public struct FringewatchDaemon: Sendable {
    private let configuration: URL
    private let environment: [String: String]
    private let installation: Installation
    private let version: String

    /// - Parameters:
    ///   - configuration: the main file.
    ///   - environment: with systemd's `STATE_DIRECTORY`, `RUNTIME_DIRECTORY` and `CREDENTIALS_DIRECTORY` where it is the parent.
    public init(configuration: URL, environment: [String: String], installation: Installation, version: String) {
        self.configuration = configuration
        self.environment = environment
        self.installation = installation
        self.version = version
    }

    /// Runs until SIGTERM or SIGINT.
    /// - Throws: ``StartFailure`` if it cannot start.
    public func run() async throws(StartFailure) {
        let signals = serviceSignals()
        let runtime: Runtime
        do {
            runtime = try await load()
        } catch {
            throw .configuration("\(error)")
        }
        let log = Log.standard(level: runtime.settings.log.level.service)
        for warning in runtime.settings.warnings { log.warning("the configuration has an oddity", ["warning": "\(warning)"]) }
        let assembly: DaemonAssembly
        do {
            assembly = try await DaemonAssembly(runtime, version: version, log: log)
        } catch let error as LedgerError {
            throw error.isTemporary ? .temporary("\(error)") : .failure("\(error)")
        } catch let error as CatalogueError {
            throw error.isTemporary ? .temporary("\(error)") : .failure("\(error)")
        } catch {
            throw .failure("\(error)")
        }
        do {
            try await run(assembly, signals: signals)
            try await assembly.end()
        } catch {
            throw .failure("\(error)")
        }
    }

    /// Reads files of megabytes, so not on Swift's own threads.
    private func load() async throws -> Runtime {
        try await BlockingWork("configuration", inTurn: true).run {
            try Runtime.load(main: configuration, environment: environment, installation: installation)
        }
    }

    private func run(_ assembly: DaemonAssembly, signals: AsyncStream<ServiceSignal>) async throws {
        let notifier = ServiceNotifier()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (started, startSignal) = AsyncStream<Void>.makeStream()
            group.addTask {
                // Also where it cannot start: nobody waits for ever.
                defer { startSignal.finish() }
                try await assembly.console.run {
                    startSignal.yield()
                    startSignal.finish()
                }
            }
            // Ready means: the console answers, and the work begins.
            guard await started.first(where: { true }) != nil else { return try await group.waitForAll() }
            for service in await assembly.services(notifier: notifier) { group.addTask { await service() } }
            notifier.ready(await assembly.summary())
            assembly.log.notice("fringewatch is ready", ["version": version, "watching": await assembly.summary()])
            group.addTask {
                for await signal in signals {
                    switch signal {
                    case .terminate, .interrupt: return
                    case .reload: await reload(assembly, notifier)
                    }
                }
            }
            // The first to end is the one that heard the signal, or a part that failed.
            do {
                try await group.next()
            } catch {
                assembly.log.error("a part of the daemon failed; it ends", ["error": "\(error)"])
                group.cancelAll()
                throw error
            }
            notifier.stopping()
            assembly.log.notice("fringewatch is stopping")
            group.cancelAll()
            // Cancelled parts end with an error of their own; that is what was asked for.
            while let result = await group.nextResult() { if case .failure = result { continue } }
        }
    }

    /// All or nothing (P7): a configuration with any mistake leaves the one in force. Sends nothing by itself (P8).
    private func reload(_ assembly: DaemonAssembly, _ notifier: ServiceNotifier) async {
        notifier.reloading()
        do {
            try await assembly.adopt(try await load())
            assembly.log.notice("the configuration was reloaded", ["watching": await assembly.summary()])
        } catch {
            await assembly.refuse("\(error)")
        }
        notifier.ready(await assembly.summary())
    }
}

/// Why the daemon did not start, or ended by itself; each has its exit code.
public enum StartFailure: Error, CustomStringConvertible {
    /// To be mended in the configuration: trying again does not help.
    case configuration(String)
    /// May pass by itself.
    case temporary(String)
    case failure(String)

    public var description: String {
        switch self {
        case .configuration(let text), .temporary(let text), .failure(let text): text
        }
    }
}
