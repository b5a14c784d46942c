import Foundation
import Testing

/// A web server from Debian, run from a private configuration on a free port of 127.0.0.1.
final class RealServer: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case nginx
        case apacheTable = "apache with HTMLTable"
        case apachePreformatted = "apache with FancyIndexing"
        case apachePlain = "apache with plain lists"

        var program: String { self == .nginx ? "nginx" : "apache2" }
    }

    let base: URL
    private let process: Process
    private let configuration: TemporaryFolder

    /// - Parameter root: the folder to serve.
    private init(_ kind: Kind, root: URL) async throws {
        let path = "/usr/sbin/\(kind.program)"
        try #require(FileManager.default.isExecutableFile(atPath: path), "\(kind.program) is not installed; run `make setup`")
        var started: (process: Process, configuration: TemporaryFolder, base: URL)?
        // Between finding a free port and using it, another test may take it.
        for _ in 0..<5 where started == nil {
            let (folder, port) = (try TemporaryFolder(), try freePort())
            let file = try folder.write(kind.configuration(root: root.path, folder: folder.path, port: port), to: "server.conf")
            let process = Process()
            process.executableURL = URL(filePath: path)
            process.arguments =
                kind == .nginx ? ["-p", folder.path, "-c", file.path] : ["-d", folder.path, "-f", file.path, "-X"]
            process.standardError = FileHandle(forWritingAtPath: try folder.write("", to: "stderr").path)
            try withSignalsUnblocked { try process.run() }
            if await answers(port: port, process: process) {
                started = (process, folder, URL(string: "http://127.0.0.1:\(port)")!)
            } else {
                await end(process)
                let said = try ["stderr", "error.log"].map {
                    try folder.contents().contains($0) ? String(contentsOf: folder.url.appending(path: $0), encoding: .utf8) : ""
                }
                print("\(kind.program) did not start: \(said)")
            }
        }
        (process, configuration, base) = try #require(started, "\(kind.program) does not start")
    }

    /// Runs a test body and stops the server whatever happens.
    static func with(_ kind: Kind, root: URL, _ body: (RealServer) async throws -> Void) async throws {
        let server = try await RealServer(kind, root: root)
        do {
            try await body(server)
        } catch {
            await end(server.process)
            throw error
        }
        await end(server.process)
    }
}

/// Swift's own threads block signals, a child inherits that, and a server that cannot be told to stop stays for ever.
private func withSignalsUnblocked(_ body: () throws -> Void) rethrows {
    var (none, before) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
}

/// `Process.waitUntilExit` would block one of Swift's own threads.
private func end(_ process: Process) async {
    process.terminate()
    for _ in 0..<250 where process.isRunning {
        do { try await Task.sleep(for: .milliseconds(20)) } catch { break }
    }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
}

extension RealServer.Kind {
    fileprivate func configuration(root: String, folder: String, port: UInt16) -> String {
        let modules = "/usr/lib/apache2/modules"
        let options =
            switch self {
            case .nginx, .apachePlain: "None"
            case .apacheTable: "FancyIndexing HTMLTable TrackModified"
            case .apachePreformatted: "FancyIndexing"
            }
        guard self != .nginx else {
            return """
                daemon off; master_process off; pid \(folder)/pid; error_log \(folder)/error.log;
                events { worker_connections 64; }
                http {
                  access_log off; default_type text/plain;
                  client_body_temp_path \(folder)/b; proxy_temp_path \(folder)/p; fastcgi_temp_path \(folder)/f; uwsgi_temp_path \(folder)/u; scgi_temp_path \(folder)/s;
                  server { listen 127.0.0.1:\(port); root \(root); autoindex on; }
                }
                """
        }
        return """
            ServerName 127.0.0.1
            Listen 127.0.0.1:\(port)
            PidFile \(folder)/pid
            DefaultRuntimeDir \(folder)
            ErrorLog \(folder)/error.log
            LoadModule mpm_event_module \(modules)/mod_mpm_event.so
            LoadModule authz_core_module \(modules)/mod_authz_core.so
            LoadModule dir_module \(modules)/mod_dir.so
            LoadModule autoindex_module \(modules)/mod_autoindex.so
            ServerLimit 1
            StartServers 1
            ThreadsPerChild 8
            MaxRequestWorkers 8
            MinSpareThreads 1
            MaxSpareThreads 8
            User nobody
            Group nogroup
            DocumentRoot \(root)
            <Directory \(root)>
              Options Indexes
              IndexOptions \(options)
              Require all granted
            </Directory>
            """
    }
}

private func answers(port: UInt16, process: Process) async -> Bool {
    for _ in 0..<200 where process.isRunning {
        if connects(port: port) { return true }
        do { try await Task.sleep(for: .milliseconds(50)) } catch { return false }
    }
    return false
}

private func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
}

private func withSocket<Value>(_ port: UInt16, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) throws -> Value) rethrows
    -> Value
{
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port: port)
    return try withUnsafePointer(to: &address) { pointer in
        try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            try body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}

private func connects(port: UInt16) -> Bool { withSocket(port) { connect($0, $1, $2) == 0 } }

private func freePort() throws -> UInt16 {
    try withSocket(0) { descriptor, address, length in
        try #require(bind(descriptor, address, length) == 0)
        var bound = sockaddr_in()
        var size = length
        let named = withUnsafeMutablePointer(to: &bound) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        try #require(named == 0)
        return UInt16(bigEndian: bound.sin_port)
    }
}
