import Domain
import FlyingFox
import FlyingSocks
public import Foundation

/// HTTP over two sockets in the runtime directory: `status.sock` answers questions of every user, `control.sock` also takes orders and
/// is open to root and the daemon's own user only. Two sockets, because a file mode is all that protects either.
public final class ConsoleServer: Sendable {
    public static let statusSocket = "status.sock"
    public static let controlSocket = "control.sock"

    private let directory: URL
    let backend: any ConsoleBackend & ReviewBackend

    public init(directory: URL, backend: any ConsoleBackend & ReviewBackend) {
        self.directory = directory
        self.backend = backend
    }

    /// Serves until the task is cancelled.
    /// - Parameter ready: called once both sockets take connections.
    public func run(ready: @Sendable () async -> Void = {}) async throws {
        let status = try await server(at: Self.statusSocket)
        let control = try await server(at: Self.controlSocket)
        for server in [status, control] {
            await addQuestions(to: server)
            await addReviewQuestions(to: server)
        }
        await addOrders(to: control)
        await addReviewOrders(to: control)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await status.run() }
            group.addTask { try await control.run() }
            try await status.waitUntilListening(timeout: 5)
            try await control.waitUntilListening(timeout: 5)
            try setMode(0o666, of: Self.statusSocket)
            try setMode(0o600, of: Self.controlSocket)
            await ready()
            try await group.next()
            group.cancelAll()
        }
    }

    private func server(at name: String) async throws -> HTTPServer {
        let path = directory.appendingPathComponent(name).path
        guard path.utf8.count < 108 else {
            throw ConsoleRefusal("the socket path \(path) is longer than the 107 bytes that Linux allows: choose a shorter runtime_directory")
        }
        // A socket left behind by a killed daemon would refuse the bind.
        if unlink(path) != 0, errno != ENOENT {
            throw ConsoleRefusal("cannot remove the old socket \(path): \(String(cString: strerror(errno)))")
        }
        return HTTPServer(address: sockaddr_un.unix(path: path), timeout: 30, logger: .disabled)
    }

    private func setMode(_ mode: mode_t, of name: String) throws {
        let path = directory.appendingPathComponent(name).path
        guard chmod(path, mode) == 0 else {
            throw ConsoleRefusal("cannot set the mode of \(path): \(String(cString: strerror(errno)))")
        }
    }

    private func addQuestions(to server: HTTPServer) async {
        let backend = backend
        await server.appendRoute("GET /v1/status") { _ in await answer { try await backend.status() } }
        await server.appendRoute("GET /metrics") { _ in
            do {
                let text = MetricsText.render(try await backend.status())
                return HTTPResponse(statusCode: .ok, headers: [.contentType: "text/plain; version=0.0.4"], body: Data(text.utf8))
            } catch { return refusal(error) }
        }
        await server.appendRoute("GET /v1/alerts") { request in
            await answer {
                let volcano = try request.number("volcano").map { number in
                    guard let volcano = VolcanoNumber(number) else { throw ConsoleRefusal("\(number) is not a six-digit volcano number") }
                    return volcano
                }
                return try await backend.alerts(AlertQuery(volcano: volcano, limit: try request.number("limit") ?? 50))
            }
        }
        await server.appendRoute("GET /v1/picture") { request in
            do {
                let id = try request.text("alert")
                guard let picture = try await backend.picture(of: AlertID(id)) else {
                    throw ConsoleRefusal("there is no picture of an alert \(id)", .notFound)
                }
                return HTTPResponse(statusCode: .ok, headers: [.contentType: "image/png"], body: picture)
            } catch { return refusal(error) }
        }
        await server.appendRoute("GET /v1/explain") { request in
            await answer {
                let frame = try request.value("frame").map { name in
                    guard let frame = FrameID(name) else { throw ConsoleRefusal("\(name) is not a frame name, such as 106A_09048_000909") }
                    return frame
                }
                let text = try request.text("pair")
                guard let pair = AcquisitionPair(text) else { throw ConsoleRefusal("\(text) is not a pair, such as 20240106_20240211") }
                return try await backend.explain(frame: frame, pair: pair)
            }
        }
        await server.appendRoute("GET /v1/interferograms") { request in
            await answer { try await backend.interferograms(limit: try request.number("limit") ?? 1000) }
        }
        await server.appendRoute("GET /v1/deliveries") { request in
            await answer {
                let state = try request.value("state").map { name in
                    guard let state = Delivery.State.Kind(rawValue: name) else {
                        let known = Delivery.State.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                        throw ConsoleRefusal("\(name) is not a state of a delivery: use one of \(known)")
                    }
                    return state
                }
                return try await backend.deliveries(state: state, limit: try request.number("limit") ?? 200)
            }
        }
    }

    private func addOrders(to server: HTTPServer) async {
        let backend = backend
        await server.appendRoute("POST /v1/deliveries/retry") { request in
            await answer { try await backend.retryDelivery(try request.text("id")) }
        }
        await server.appendRoute("POST /v1/deliveries/drop") { request in
            await answer { try await backend.dropDelivery(try request.text("id")) }
        }
        await server.appendRoute("POST /v1/test-alert") { request in
            await answer {
                let receivers = try request.query.filter { $0.name == "receiver" }.map { item in
                    guard let name = ReceiverName(item.value) else { throw ConsoleRefusal("\(item.value) is not a receiver's name") }
                    return name
                }
                return try await backend.sendTestAlert(to: receivers)
            }
        }
    }
}

func answer(_ body: () async throws -> some Encodable) async -> HTTPResponse {
    do {
        let value = try await body()
        return HTTPResponse(
            statusCode: .ok, headers: [.contentType: "application/json"], body: try ConsoleJSON.encoder().encode(value))
    } catch {
        return refusal(error)
    }
}

func refusal(_ error: any Error) -> HTTPResponse {
    let code: HTTPStatusCode =
        switch (error as? ConsoleRefusal)?.kind {
        case .badRequest: .badRequest
        case .notFound: .notFound
        case .conflict: .conflict
        case nil: .internalServerError
        }
    do {
        let body = try ConsoleJSON.encoder().encode(ErrorReport(error: String(describing: error)))
        return HTTPResponse(statusCode: code, headers: [.contentType: "application/json"], body: body)
    } catch {
        return HTTPResponse(statusCode: .internalServerError, body: Data(String(describing: error).utf8))
    }
}

extension HTTPRequest {
    func value(_ name: String) -> String? { query.first { $0.name == name }?.value }

    func text(_ name: String) throws -> String {
        guard let value = value(name), !value.isEmpty else { throw ConsoleRefusal("the request lacks \(name)=") }
        return value
    }

    func number(_ name: String) throws -> Int? {
        try value(name).map { text in
            guard let number = Int(text), number > 0 else { throw ConsoleRefusal("\(name)=\(text) is not a positive number") }
            return number
        }
    }
}
