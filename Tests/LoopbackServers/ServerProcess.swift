public import Foundation
import Synchronization

/// A server that cannot be started; says how to mend it.
public struct ServerUnavailable: Error, CustomStringConvertible {
    public let description: String
}

/// A child process that ends with the test process: its standard input is a pipe that nobody writes to.
public final class ServerProcess: Sendable {
    private struct State: @unchecked Sendable {
        // Foundation's Process is not Sendable; only this lock reaches it.
        let process: Process
        let lifeline: Pipe
        let output: Pipe
    }

    private let state: Mutex<State>

    /// - Parameter program: an absolute path of Debian's package.
    init(_ program: String, _ arguments: [String], log: URL) throws {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw ServerUnavailable(description: "\(program) is not installed; run `make setup`, which installs what the tests need")
        }
        try Data().write(to: log)
        let started = State(process: Process(), lifeline: Pipe(), output: Pipe())
        started.process.executableURL = URL(fileURLWithPath: program)
        started.process.arguments = arguments
        started.process.standardInput = started.lifeline
        started.process.standardOutput = started.output
        started.process.standardError = try FileHandle(forWritingTo: log)
        try started.process.run()
        state = Mutex(started)
    }

    deinit { stop() }

    public func stop() {
        state.withLock { state in
            try? state.lifeline.fileHandleForWriting.close()  // already closed if stopped before
        }
    }

    /// The words of the first line that it prints.
    func firstLine() throws -> [String] {
        try state.withLock { state in
            var line = Data()
            while let byte = try state.output.fileHandleForReading.read(upToCount: 1), byte != Data([10]) { line += byte }
            guard !line.isEmpty else {
                throw ServerUnavailable(description: "the server ended at once; run `make setup`, which installs what the tests need")
            }
            return String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
        }
    }

    var isRunning: Bool { state.withLock { $0.process.isRunning } }
}

/// A new empty folder of this test's own. It goes when all tests have ended, unless the environment has FRINGEWATCH_KEEP_TESTS.
public func temporaryFolder(_ name: String = "test") throws -> URL {
    let folder = testsFolder.appending(path: "\(name)-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}

/// Of this process, below the system's temporary folder. The name is short, for sockets lie in it.
private let testsFolder: URL = {
    atexit {
        guard ProcessInfo.processInfo.environment["FRINGEWATCH_KEEP_TESTS"] == nil else { return }
        // Nobody is left to hear of what cannot be removed.
        try? FileManager.default.removeItem(at: testsFolder)
    }
    return FileManager.default.temporaryDirectory.appending(path: "fringewatch-tests-\(ProcessInfo.processInfo.processIdentifier)")
}()

/// A file beside this one.
func serverFile(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Servers/\(name)")
}

/// A port of 127.0.0.1 that nobody listens on at this moment.
public func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
    }
    guard bound else { throw ServerUnavailable(description: "no port of 127.0.0.1 is free") }
    return Int(UInt16(bigEndian: address.sin_port))
}

/// Files that a server has put into a folder, oldest first.
public func received(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasSuffix(".tmp") }.sorted().map {
        String(decoding: try Data(contentsOf: folder.appending(path: $0)), as: UTF8.self)
    }
}
