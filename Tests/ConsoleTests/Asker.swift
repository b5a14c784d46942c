import Domain
import Foundation
import Testing
import Transport

/// Asks over one of the sockets, as the command line does.
struct Asker {
    let folder: URL

    func ask(_ method: HTTPRequest.Method, _ path: String, body: Data? = nil, on socket: String) async throws -> (status: Int, body: Data) {
        var request = HTTPRequest(method, try #require(URL(string: "http://localhost\(path)")))
        request.body = body
        request.unixSocketPath = folder.appendingPathComponent(socket).path
        let pattern = try #require(HostPattern("localhost"))
        let response = try await HTTPClient(policy: HTTPPolicy(allowedHosts: [pattern])).send(request)
        return (response.status, response.body)
    }
}
