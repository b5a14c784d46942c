import Foundation
import LoopbackServers
import Synchronization
import Testing

/// A machine with a systemd of its own, in a container on this one, with fringewatch installed by `make install`.
final class SystemdMachine: Sendable {
    private struct State: @unchecked Sendable {
        // Foundation's Process is not Sendable; only this lock reaches it.
        let process: Process
        /// The machine ends when this is closed, so also when the tests are killed.
        let lifeline: Pipe
    }

    private let state: Mutex<State>
    /// The machine's first process, as this machine numbers it.
    private let first: String
    private let folder: URL

    /// /etc/fringewatch in the machine.
    var etc: URL { folder.appending(path: "etc") }
    /// /srv/catalogue in the machine.
    var catalogue: URL { folder.appending(path: "catalogue") }

    /// Boots it.
    /// - Parameter usr: what is laid over this machine's /usr; nil for nothing.
    private init(usr: URL?) throws {
        folder = try temporaryFolder("systemd")
        for name in ["etc", "catalogue"] + (usr == nil ? ["usr"] : []) {
            try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
        }
        if let usr { try FileManager.default.createSymbolicLink(at: folder.appending(path: "usr"), withDestinationURL: usr) }
        let started = State(process: Process(), lifeline: Pipe())
        let output = Pipe()
        started.process.executableURL = URL(fileURLWithPath: "/bin/sh")
        started.process.arguments = [Self.script.path, folder.lastPathComponent, folder.path]
        started.process.standardInput = started.lifeline
        started.process.standardOutput = output
        try started.process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data([10]) { line += byte }
        let words = String(decoding: line, as: UTF8.self)
        guard Int(words) != nil else { throw Program.Trouble(description: words) }
        first = words
        state = Mutex(started)
    }

    /// Takes it down; it leaves nothing behind.
    private func end() throws {
        try state.withLock { state in
            try state.lifeline.fileHandleForWriting.close()
            state.process.waitUntilExit()
        }
        try FileManager.default.removeItem(at: folder)
    }

    /// Runs a command in it, as its root.
    @discardableResult
    func run(_ command: String..., deadline: Double = 60) async throws -> Program.Result {
        try await Program.run(["-t", first, "-a", "--"] + command, program: URL(fileURLWithPath: "/usr/bin/nsenter"), deadline: deadline)
    }

    /// Runs a command in it that must succeed.
    /// - Returns: its output without the line break at the end.
    @discardableResult
    func output(_ command: String...) async throws -> String {
        let line = command.joined(separator: " ")
        let result = try await Program.run(["-t", first, "-a", "--"] + command, program: URL(fileURLWithPath: "/usr/bin/nsenter"))
        guard result.status == 0 else { throw Program.Trouble(description: "\(line): exit \(result.status): \(result.output)\(result.errors)") }
        return result.output.trimmingCharacters(in: .newlines)
    }

    // MARK: Life

    private static let script = StagedInstallation.servers.appending(path: "boot-systemd.sh")

    /// Boots a machine, runs the body and takes the machine down; if the body fails, the end of the service's journal is shown.
    static func with(_ body: (SystemdMachine) async throws -> Void) async throws {
        let machine = try SystemdMachine(usr: try await StagedInstallation.shared())
        do {
            try await body(machine)
        } catch {
            let journal = try await machine.run("journalctl", "--unit=fringewatch", "--no-pager", "--lines=40")
            print("the journal of the failed test:\n\(journal.output)\(journal.errors)")
            try machine.end()
            throw error
        }
        try machine.end()
    }

    /// Why no systemd can be booted here; nil if one can. Tried out with a machine on which nothing is installed.
    static let obstacle: String? = {
        guard getuid() == 0 else { return "booting a systemd in a container needs root" }
        for program in ["/usr/bin/systemd-nspawn", "/usr/bin/nsenter", "/usr/lib/systemd/systemd"]
        where !FileManager.default.isExecutableFile(atPath: program) {
            return "\(program) is not installed; make setup installs it"
        }
        do {
            try SystemdMachine(usr: nil).end()
            return nil
        } catch {
            return "a systemd does not boot in a container here: \(error)"
        }
    }()
}

extension Trait where Self == ConditionTrait {
    /// Skips, and says why, where no systemd can be booted.
    static var bootsSystemd: Self {
        .enabled(if: SystemdMachine.obstacle == nil, Comment(rawValue: SystemdMachine.obstacle ?? ""))
    }
}
