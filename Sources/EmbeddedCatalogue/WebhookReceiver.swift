import Domain
import FlyingFox
import FlyingSocks
public import Foundation
import Synchronization

/// Takes webhooks on loopback and keeps each as two files, `0001.json` (time, method, path, headers) and `0001.body`.
///
/// It answers 204 and checks nothing: whether a signature is right is the business of whoever reads the files.
public final class WebhookReceiver: Sendable {
    /// What `NNNN.json` holds. Header names are in lower case.
    public struct Receipt: Codable, Hashable, Sendable {
        public let received: Date
        public let method: String
        public let path: String
        public let headers: [String: String]
        /// The file beside it.
        public let body: String
    }

    private let folder: URL
    private let state = Mutex<(count: Int, server: HTTPServer?)>((0, nil))

    public init(folder: URL) { self.folder = folder }

    /// - Returns: the address to send to.
    public func start(port: UInt16 = 0) async throws -> URL {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path).count { $0.hasSuffix(".json") }
        state.withLock { $0.count = max($0.count, kept) }
        let server = HTTPServer(address: try sockaddr_in.inet(ip4: "127.0.0.1", port: port), timeout: 60, logger: .disabled)
        await server.appendRoute("*") { [weak self] request in
            guard let self else { return HTTPResponse(statusCode: .serviceUnavailable) }
            return try await keep(request)
        }
        let (_, port) = try await server.runInBackground()
        state.withLock { $0.server = server }
        guard let url = URL(string: "http://127.0.0.1:\(port)/webhook") else { throw URLError(.badURL) }
        return url
    }

    public func stop() async {
        let server = state.withLock { state in
            defer { state.server = nil }
            return state.server
        }
        await server?.stop()
    }

    /// Everything received so far, in order.
    public func receipts() throws -> [Receipt] {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }.sorted()
        return try names.map { try decoder.decode(Receipt.self, from: Data(contentsOf: folder.appending(path: $0))) }
    }

    private func keep(_ request: FlyingFox.HTTPRequest) async throws -> HTTPResponse {
        let body = try await request.bodyData
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        let name = String(repeating: "0", count: max(0, 4 - String(number).count)) + String(number)
        var headers: [String: String] = [:]
        for (key, value) in request.headers { headers[key.rawValue.lowercased()] = value }
        let receipt = Receipt(
            received: Date(), method: request.method.rawValue, path: request.target.rawValue, headers: headers,
            body: "\(name).body")
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try body.write(to: folder.appending(path: receipt.body), options: .atomic)
        // The receipt comes last: whoever sees it finds its body.
        try encoder.encode(receipt).write(to: folder.appending(path: "\(name).json"), options: .atomic)
        return HTTPResponse(statusCode: .noContent)
    }
}
