import Foundation
import Synchronization

/// A child with the signal mask of an ordinary shell. (A process that Foundation starts from one of Dispatch's threads inherits a mask that
/// blocks SIGTERM, which no service manager does.)
final class ChildProcess: Sendable {
    private struct State: @unchecked Sendable {
        // Foundation's Process is not Sendable; only this lock reaches it.
        let process: Process
    }

    private let state: Mutex<State>
    let identifier: Int32

    private static let launcher = "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); os.execv(sys.argv[1], sys.argv[1:])"

    init(_ program: URL, _ arguments: [String], environment: [String: String], output: URL, errors: URL) throws {
        let started = State(process: Process())
        started.process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        started.process.arguments = ["-c", Self.launcher, program.path] + arguments
        var complete = ProcessInfo.processInfo.environment
        for name in ["STATE_DIRECTORY", "RUNTIME_DIRECTORY", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "JOURNAL_STREAM"] { complete[name] = nil }
        started.process.environment = complete.merging(environment) { $1 }
        started.process.standardInput = FileHandle.nullDevice
        started.process.standardOutput = try FileHandle(forWritingTo: output)
        let handle = try FileHandle(forWritingTo: errors)
        try handle.seekToEnd()
        started.process.standardError = handle
        try started.process.run()
        identifier = started.process.processIdentifier
        state = Mutex(started)
    }

    deinit { if isRunning { signal(SIGKILL) } }

    var isRunning: Bool { state.withLock { $0.process.isRunning } }

    func signal(_ number: Int32) { kill(identifier, number) }

    /// Its exit status (negative: the signal that ended it); nil if it still runs after so many seconds.
    func exit(within seconds: Double) async throws -> Int32? {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while isRunning {
            guard ContinuousClock.now < deadline else { return nil }
            try await Task.sleep(for: .milliseconds(5))
        }
        return state.withLock { $0.process.terminationReason == .exit ? $0.process.terminationStatus : -$0.process.terminationStatus }
    }
}
