public import Foundation

/// A certificate authority of this test run, its certificate for loopback and one for another host.
public struct TestCertificates: Sendable {
    public let folder: URL
    public var authority: String { folder.appending(path: "ca.pem").path }
    public func certificate(_ name: String) -> String { folder.appending(path: name + ".pem").path }
    public func key(_ name: String) -> String { folder.appending(path: name + ".key").path }

    public static func shared() throws -> TestCertificates { try made.get() }

    private static let made = Result {
        let folder = try temporaryFolder("certificates")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [serverFile("make-certificates.sh").path, folder.path]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ServerUnavailable(description: "openssl cannot make certificates; run `make setup`, which installs what the tests need")
        }
        return TestCertificates(folder: folder)
    }
}

/// nginx with the locations of `Servers/nginx.conf`.
public struct NginxServer: Sendable {
    public let port: Int
    public let tlsPort: Int
    /// Here the certificate is another host's.
    public let otherTLSPort: Int
    public let folder: URL
    private let process: ServerProcess

    public var files: URL { folder.appending(path: "files") }
    public var socketPath: String { folder.appending(path: "nginx.sock").path }
    public func url(_ path: String) -> URL { url(path, host: "127.0.0.1") }
    public func url(_ path: String, host: String) -> URL { made("http://\(host):\(port)\(path)") }
    public func tlsURL(_ path: String) -> URL { made("https://localhost:\(tlsPort)\(path)") }
    public func otherTLSURL(_ path: String) -> URL { made("https://localhost:\(otherTLSPort)\(path)") }

    /// Bytes of `/data.bin`, 1 MiB without repetition.
    public static let data = Data((0..<(1 << 20)).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) })

    /// One for all tests of the run; they only read its files.
    public static func shared() throws -> NginxServer { try started.get() }

    private static let started = Result { try NginxServer() }

    public init() throws {
        var last: any Error = ServerUnavailable(description: "nginx does not start")
        // Another process may take a free port first.
        for _ in 0..<3 {
            do {
                self = try Self.start()
                return
            } catch { last = error }
        }
        throw last
    }

    private init(port: Int, tlsPort: Int, otherTLSPort: Int, folder: URL, process: ServerProcess) {
        self.port = port
        self.tlsPort = tlsPort
        self.otherTLSPort = otherTLSPort
        self.folder = folder
        self.process = process
    }

    private static func start() throws -> NginxServer {
        guard FileManager.default.isExecutableFile(atPath: "/usr/sbin/nginx") else {
            throw ServerUnavailable(description: "nginx is not installed; run `make setup`, which installs what the tests need")
        }
        let folder = try temporaryFolder("nginx")
        let certificates = try TestCertificates.shared()
        let ports = try (freePort(), freePort(), freePort())
        try FileManager.default.createDirectory(at: folder.appending(path: "files"), withIntermediateDirectories: true)
        try Data("small\n".utf8).write(to: folder.appending(path: "files/small.txt"))
        try Data(repeating: 65, count: 200_000).write(to: folder.appending(path: "files/letters.txt"))
        try data.write(to: folder.appending(path: "files/data.bin"))
        var text = try String(contentsOf: serverFile("nginx.conf"), encoding: .utf8)
        let words = [
            "ROOT": folder.path, "PORT": "\(ports.0)", "TLS_PORT": "\(ports.1)", "OTHER_TLS_PORT": "\(ports.2)",
            "CERTIFICATE": certificates.certificate("loopback"), "KEY": certificates.key("loopback"),
            "OTHER_CERTIFICATE": certificates.certificate("other"), "OTHER_KEY": certificates.key("other"),
        ]
        for (word, value) in words { text = text.replacingOccurrences(of: "@\(word)@", with: value) }
        let configuration = folder.appending(path: "nginx.conf")
        try Data(text.utf8).write(to: configuration)
        // nginx does not read its standard input: the shell does, and ends it at the end of file. With KILL, because a child of a
        // Dispatch thread inherits a mask that blocks TERM (and CHLD, so that the shell cannot wait).
        let line = "/usr/sbin/nginx -p \"$1\" -c \"$2\" -e \"$1/error.log\" & server=$!; read -r _; kill -KILL $server"
        let process = try ServerProcess(
            "/bin/sh", ["-c", line, "nginx", folder.path, configuration.path], log: folder.appending(path: "shell.log"))
        for _ in 0..<250 {
            if FileManager.default.fileExists(atPath: folder.appending(path: "nginx.pid").path) {
                return NginxServer(port: ports.0, tlsPort: ports.1, otherTLSPort: ports.2, folder: folder, process: process)
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
        let log = try String(contentsOf: folder.appending(path: "error.log"), encoding: .utf8)
        throw ServerUnavailable(description: "nginx does not start: \(log)")
    }
}

/// A server that misbehaves as the path says: `Servers/odd-http-server.py`.
public struct OddServer: Sendable {
    public let port: Int
    public let folder: URL
    private let process: ServerProcess

    public init() throws {
        folder = try temporaryFolder("odd")
        process = try ServerProcess(
            "/usr/bin/python3", [serverFile("odd-http-server.py").path, folder.path],
            log: folder.deletingLastPathComponent().appending(path: folder.lastPathComponent + ".log"))
        port = try Int(process.firstLine()[0]) ?? 0
    }

    public func url(_ path: String) -> URL { made("http://127.0.0.1:\(port)\(path)") }
    /// Requests as they came, oldest first.
    public func requests() throws -> [String] { try received(in: folder) }
}

/// A mail server with the rules of `Servers/smtp-server.py`.
public struct MailServer: Sendable {
    public let startTLSPort: Int
    public let plainPort: Int
    public let tlsPort: Int
    /// STARTTLS with another host's certificate.
    public let otherPort: Int
    public let folder: URL
    private let process: ServerProcess

    public static let user = "alerts"
    public static let password = "correct horse"

    public init() throws {
        let certificates = try TestCertificates.shared()
        folder = try temporaryFolder("mail")
        process = try ServerProcess(
            "/usr/bin/python3",
            [
                serverFile("smtp-server.py").path, folder.path, certificates.certificate("loopback"), certificates.key("loopback"),
                certificates.certificate("other"), certificates.key("other"),
            ], log: folder.deletingLastPathComponent().appending(path: folder.lastPathComponent + ".log"))
        let ports = try process.firstLine().compactMap { Int($0) }
        guard ports.count == 4 else { throw ServerUnavailable(description: "the mail server names no ports") }
        (startTLSPort, plainPort, tlsPort, otherPort) = (ports[0], ports[1], ports[2], ports[3])
    }

    /// Accepted mails, oldest first: a line with the envelope, an empty line, the message.
    public func mails() throws -> [String] { try received(in: folder) }
}

private func made(_ text: String) -> URL {
    guard let url = URL(string: text) else { preconditionFailure("the tests made a bad URL: \(text)") }
    return url
}
