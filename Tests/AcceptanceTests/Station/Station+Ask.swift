import Console
import Domain
import Foundation
import Transport

extension Station {
    /// Something did not happen in time.
    struct Late: Error, CustomStringConvertible {
        let description: String
    }

    /// Asks again until it is so.
    /// - Parameter daemon: if it ends meanwhile, waiting is in vain.
    func until(_ what: String, _ daemon: ChildProcess? = nil, within seconds: Double = 90, _ isSo: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            do {
                if try await isSo() { return }
            } catch is NoAnswer {
                // The daemon does not listen yet.
            }
            if let daemon, !daemon.isRunning { throw Late(description: "the daemon ended before it was so that \(what)") }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Late(description: "within \(Int(seconds)) s it did not happen that \(what)")
    }

    struct NoAnswer: Error {}

    // Over the socket: asked often, so without a process for each question. What the commands print is tested by itself.

    func status() async throws -> StatusReport { try await ask("/v1/status") }
    func deliveries() async throws -> [Delivery] { try await ask("/v1/deliveries?limit=1000") }
    func alerts() async throws -> [Alert] { try await ask("/v1/alerts?limit=1000") }

    /// All versions of a pair, the newest first; none if it was never listed.
    func accounts(_ pair: String, frame: FrameID = Station.frame) async throws -> [ExplanationReport] {
        try await ask("/v1/explain?frame=\(frame)&pair=\(pair)")
    }

    private func ask<Answer: Decodable>(_ question: String) async throws -> Answer {
        let socket = runtime.appending(path: ConsoleServer.statusSocket).path
        guard let url = URL(string: "http://localhost\(question)"), let host = HostPattern("localhost") else { throw NoAnswer() }
        var request = HTTPRequest(.get, url)
        request.unixSocketPath = socket
        request.bodyLimit = 64 << 20
        let response: HTTPResponse
        do {
            response = try await HTTPClient(policy: HTTPPolicy(allowedHosts: [host])).send(request)
        } catch {
            throw NoAnswer()
        }
        guard response.status == 200 else { throw Late(description: "\(question): \(String(decoding: response.body, as: UTF8.self))") }
        return try ConsoleJSON.decoder().decode(Answer.self, from: response.body)
    }

    // MARK: What arrived

    /// Mails in the maildir, the oldest name first.
    func filed() throws -> [String] {
        let new = maildir.appending(path: "new")
        guard FileManager.default.fileExists(atPath: new.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: new.path).sorted().map {
            String(decoding: try Data(contentsOf: new.appending(path: $0)), as: UTF8.self)
        }
    }

    /// Until a pair has an outcome and no message about it is on its way any more.
    func settle(_ pair: String, _ daemon: ChildProcess, frame: FrameID = Station.frame, within seconds: Double = 90) async throws {
        try await until("\(pair) is assessed and told", daemon, within: seconds) {
            guard let newest = try await self.accounts(pair, frame: frame).first, newest.outcome != nil else { return false }
            return newest.deliveries.allSatisfy { ![.waiting, .leased].contains($0.state.kind) }
        }
    }
}
