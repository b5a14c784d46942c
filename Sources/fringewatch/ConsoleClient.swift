import ArgumentParser
import Console
import Domain
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

    /// Asks a question.
    /// - Parameter query: names and values, encoded here.
    func ask<Answer: Decodable>(_ path: String, query: [(String, String)] = [], as type: Answer.Type = Answer.self) async throws -> Answer {
        try ConsoleJSON.decoder().decode(type, from: try await data(path, query: query))
    }

    /// Gives an order: only root and the daemon's own user may.
    /// - Parameter body: JSON, where the order needs more than a query can hold.
    func order<Answer: Decodable>(
        _ path: String, query: [(String, String)] = [], body: Data? = nil, as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try ConsoleJSON.decoder().decode(type, from: try await send(.post, path, query, body, to: ConsoleServer.controlSocket))
    }

    /// The bytes of an answer, such as a picture.
    func data(_ path: String, query: [(String, String)] = []) async throws -> Data {
        try await send(.get, path, query, to: ConsoleServer.statusSocket)
    }

    private func send(_ method: HTTPRequest.Method, _ path: String, _ query: [(String, String)], _ body: Data? = nil, to name: String) async throws
        -> Data
    {
        let socket = runtimeDirectory.appendingPathComponent(name)
        guard FileManager.default.fileExists(atPath: socket.path) else {
            throw Failure.unreachable(
                "there is no daemon at \(socket.path). Is it running (systemctl status fringewatch)? "
                    + "If its runtime_directory is another, name it with --runtime-directory")
        }
        guard FileManager.default.isReadableFile(atPath: socket.path), FileManager.default.isWritableFile(atPath: socket.path) else {
            throw Failure.unreachable("\(socket.path) is not open to you: repeat the command as root (sudo)")
        }
        var address = URLComponents()
        (address.scheme, address.host, address.path) = ("http", "localhost", path)
        if !query.isEmpty { address.queryItems = query.map { URLQueryItem(name: $0.0, value: $0.1) } }
        guard let url = address.url else { throw Failure.refused("\(path) cannot be asked for") }
        var request = HTTPRequest(method, url)
        request.unixSocketPath = socket.path
        request.body = body
        request.bodyLimit = 64 << 20
        let response: HTTPResponse
        do {
            response = try await HTTPClient(policy: HTTPPolicy(allowedHosts: [HostPattern("localhost")].compactMap(\.self))).send(request)
        } catch {
            throw Failure.unreachable("the daemon does not answer at \(socket.path): \(error)")
        }
        guard response.status == 200 else {
            throw Failure.refused(Self.reason(response))
        }
        return response.body
    }
}

extension ConsoleClient {
    /// What the daemon says; one of another version may not know the question at all.
    static func reason(_ response: HTTPResponse) -> String {
        do {
            return try ConsoleJSON.decoder().decode(ErrorReport.self, from: response.body).error
        } catch {
            return "the daemon answers \(response.status) and gives no reason; is it of another version than this command (\(fringewatchVersion))?"
        }
    }
}

/// Options of every command that talks to the daemon.
struct DaemonOptions: ParsableArguments {
    @Option(name: .long, help: "Where the daemon's sockets are.", completion: .directory)
    var runtimeDirectory = ProcessInfo.processInfo.environment["RUNTIME_DIRECTORY"] ?? "/run/fringewatch"

    var client: ConsoleClient { ConsoleClient(runtimeDirectory: URL(fileURLWithPath: runtimeDirectory)) }

    /// Runs a command's body and turns a daemon that is not there into exit code 69.
    func talk<Result>(_ body: (ConsoleClient) async throws -> Result) async throws -> Result { try await Self.talk(client, body) }

    static func talk<Result>(_ client: ConsoleClient, _ body: (ConsoleClient) async throws -> Result) async throws -> Result {
        do {
            return try await body(client)
        } catch let failure as ConsoleClient.Failure {
            say("fringewatch: \(failure)")
            if case .unreachable = failure { throw Exit.unreachable }
            throw Exit.failure
        }
    }
}
