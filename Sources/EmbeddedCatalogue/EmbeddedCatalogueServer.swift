import Domain
import FlyingFox
import FlyingSocks
public import Foundation
import Synchronization

/// A LiCSAR catalogue of one's own, on loopback: the same pairs in JASMIN's layout and in CEDA's.
///
/// ```swift
/// let server = EmbeddedCatalogueServer(root: folder)
/// let address = try await server.start()
/// try server.folder.publish(pair, phase: file, coherence: nil)
/// ```
public final class EmbeddedCatalogueServer: Sendable {
    public struct Address: Hashable, Sendable {
        /// `http://127.0.0.1:port`
        public let origin: URL
        /// The folder that holds `LiCSAR_products`, for the JASMIN catalogue.
        public let jasmin: URL
        /// The folder that holds the tracks, for the CEDA catalogue.
        public let ceda: URL
    }

    /// What is served; publish into it at any time.
    public let folder: CatalogueFolder
    private let desk = Mutex(FaultDesk())
    private let running = Mutex<(server: HTTPServer, task: Task<Void, any Error>)?>(nil)

    private let cedaHasInterferogramsFolder: Bool

    /// - Parameter cedaHasInterferogramsFolder: whether CEDA's layout has a folder `interferograms` between frame and pair. The real
    ///   one has none, as far as is known; some scripts think otherwise.
    public init(root: URL, cedaHasInterferogramsFolder: Bool = false) {
        folder = CatalogueFolder(root: root)
        self.cedaHasInterferogramsFolder = cedaHasInterferogramsFolder
    }

    /// Listens on a free port of 127.0.0.1, or the one given, until ``stop()``.
    public func start(port: UInt16 = 0) async throws -> Address {
        let server = HTTPServer(address: try sockaddr_in.inet(ip4: "127.0.0.1", port: port), timeout: 60, logger: .disabled)
        await server.appendRoute("*") { [weak self] request in
            await self?.respond(to: request) ?? HTTPResponse(statusCode: .serviceUnavailable)
        }
        let (task, port) = try await server.runInBackground()
        running.withLock { $0 = (server, task) }
        let origin = "http://127.0.0.1:\(port)"
        guard let url = URL(string: origin) else { throw URLError(.badURL) }
        site.withLock {
            $0 = CatalogueSite(folder: folder, origin: origin, cedaHasInterferogramsFolder: cedaHasInterferogramsFolder)
        }
        return Address(
            origin: url, jasmin: url.appending(path: CatalogueSite.jasminPath), ceda: url.appending(path: CEDAIndex.root))
    }

    public func stop() async {
        let running = running.withLock { running in
            defer { running = nil }
            return running
        }
        await running?.server.stop()
    }

    // MARK: Faults

    /// Requests whose path (with `?query`) contains `pathPart` fail like this, for ever or so many times.
    public func fail(_ fault: Fault, where pathPart: String, times: Int? = nil) {
        desk.withLock { $0.order(fault, where: pathPart, times: times) }
    }

    /// No more faults.
    public func recover() { desk.withLock { $0.clear() } }

    public var requests: [SeenRequest] { desk.withLock(\.seen) }

    // MARK: Answering

    private let site = Mutex<CatalogueSite?>(nil)

    private func respond(to request: FlyingFox.HTTPRequest) async -> HTTPResponse {
        let (path, query) = (request.target.path(), request.target.query())
        var headers: [String: String] = [:]
        for (key, value) in request.headers { headers[key.rawValue.lowercased()] = value }
        let fault = desk.withLock { $0.fault(for: query.isEmpty ? path : "\(path)?\(query)") }
        let response = response(path: path, query: query, headers: headers, fault: fault, isHead: request.method == .HEAD)
        desk.withLock {
            $0.note(
                SeenRequest(
                    method: request.method.rawValue, path: path, query: query, headers: headers, status: response.statusCode.code)
            )
        }
        return response
    }

    private func response(path: String, query: String, headers: [String: String], fault: Fault?, isHead: Bool) -> HTTPResponse {
        do {
            guard let site = site.withLock(\.self) else { return HTTPResponse(statusCode: .serviceUnavailable) }
            var answer = try site.answer(path: path, query: query, headers: headers)
            if let fault { answer = answer.spoilt(by: fault, path: path, origin: site.origin) }
            return try HTTPResponse(answer, fault: fault, isHead: isHead)
        } catch {
            return HTTPResponse(statusCode: .internalServerError, body: Data("\(error)\n".utf8))
        }
    }
}

extension HTTPServer {
    /// Starts to listen; returns when it does, with the port.
    func runInBackground() async throws -> (task: Task<Void, any Error>, port: UInt16) {
        let task = Task { try await run() }
        do {
            try await waitUntilListening(timeout: 30)
        } catch {
            // The task's own error says why: the address is in use, say.
            task.cancel()
            try await task.value
            throw error
        }
        guard case .ip4(_, let port) = listeningAddress else {
            task.cancel()
            throw URLError(.cannotConnectToHost)
        }
        return (task, port)
    }
}
