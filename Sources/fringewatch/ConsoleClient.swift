import ArgumentParser
import Console
import Foundation
import Transport

/// Asks the running daemon over its socket.
struct ConsoleClient {
    let runtimeDirectory: URL

    enum Failure: Error, CustomStringConvertible {
        case unreachable(String)
        case refused(String)

        var description: String {
            switch self {
            case .unreachable(let why): why
            case .refused(let why): why
            }
        }
    }

    /// - Parameter query: names and values, encoded here.
    func ask<Answer: Decodable>(
        _ method: HTTPRequest.Method = .get, _ path: String, query: [(String, String)] = [], as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try ConsoleJSON.decoder().decode(type, from: try await data(method, path, query: query))
    }

    func data(_ method: HTTPRequest.Method = .get, _ path: String, query: [(String, String)] = []) async throws -> Data {
        let socket = runtimeDirectory.appendingPathComponent(
            method == .get ? ConsoleServer.statusSocket : ConsoleServer.controlSocket)
        guard FileManager.default.fileExists(atPath: socket.path) else {
            throw Failure.unreachable(
                "there is no daemon at \(socket.path). Is it running (systemctl status fringewatch)? "
                    + "If its runtime_directory is another, name it with --runtime-directory")
        }
        guard FileManager.default.isReadableFile(atPath: socket.path), FileManager.default.isWritableFile(atPath: socket.path) else {
            throw Failure.unreachable("\(socket.path) is not open to you: repeat the command as root (sudo)")
        }
        var address = URLComponents(string: "http://localhost\(path)")!
        if !query.isEmpty { address.queryItems = query.map { URLQueryItem(name: $0.0, value: $0.1) } }
        var request = HTTPRequest(method, address.url!)
        request.unixSocketPath = socket.path
        request.bodyLimit = 64 << 20
        let response: HTTPResponse
        do {
            response = try await HTTPClient(policy: HTTPPolicy.localSocket).send(request)
        } catch {
            throw Failure.unreachable("the daemon does not answer at \(socket.path): \(error)")
        }
        guard response.status == 200 else {
            let report = try ConsoleJSON.decoder().decode(ErrorReport.self, from: response.body)
            throw Failure.refused(report.error)
        }
        return response.body
    }
}

/// Options of every command that talks to the daemon.
struct DaemonOptions: ParsableArguments {
    @Option(name: .long, help: "Where the daemon's sockets are.", completion: .directory)
    var runtimeDirectory = ProcessInfo.processInfo.environment["RUNTIME_DIRECTORY"] ?? "/run/fringewatch"

    var client: ConsoleClient { ConsoleClient(runtimeDirectory: URL(fileURLWithPath: runtimeDirectory)) }

    /// Runs a command's body and turns a daemon that is not there into exit code 69.
    func talk<Result>(_ body: (ConsoleClient) async throws -> Result) async throws -> Result {
        do {
            return try await body(client)
        } catch let failure as ConsoleClient.Failure {
            say("fringewatch: \(failure)")
            if case .unreachable = failure { throw Exit.unreachable }
            throw Exit.failure
        }
    }
}
