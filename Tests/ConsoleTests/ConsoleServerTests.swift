import Console
import Domain
import Foundation
import Testing
import Transport

/// Answers with fixed values and remembers the orders it got.
actor RecordingBackend: ConsoleBackend, ReviewBackend {
    var orders: [String] = []

    static let report = StatusReport(
        health: .degraded, problems: ["jasmin: 1 frame degraded"], version: "0.1.0", started: Date(timeIntervalSince1970: 0),
        now: Date(timeIntervalSince1970: 60), model: "starter@abc", watchedVolcanoes: 7, priorityVolcanoes: 2, watchedFrames: 3,
        catalogues: [.init(name: "jas\"min", frames: 3, degradedFrames: 1, lastSuccess: Date(timeIntervalSince1970: 50), lastError: "503")],
        waiting: 4, retrying: 1, outcomes: ["scored": 10, "baseline": 90], deliveries: ["delivered": 5], openEpisodes: 1,
        newestAcquisition: AcquisitionDate("20240318"), newestAcquisitionAgeDays: 3, lastAlert: nil)

    func status() -> StatusReport { Self.report }
    func alerts(_ query: AlertQuery) -> [Alert] { [] }
    func picture(of alert: AlertID) -> Data? { alert.text == "known" ? Data([1, 2, 3]) : nil }
    func explain(frame: FrameID?, pair: AcquisitionPair) throws -> [ExplanationReport] { [] }
    func interferograms(limit: Int) -> [ExplanationReport] { [] }
    func deliveries(state: Delivery.State.Kind?, limit: Int) -> [Delivery] { [] }
    func retryDelivery(_ id: String) throws -> ActionReport {
        guard id == "a/b" else { throw ConsoleRefusal("there is no delivery \(id)") }
        orders.append("retry \(id)")
        return ActionReport(done: "waiting", deliveries: [id])
    }
    func dropDelivery(_ id: String) -> ActionReport { ActionReport(done: "dropped", deliveries: [id]) }
    func sendTestAlert(to receivers: [ReceiverName]) -> ActionReport {
        orders.append("test \(receivers.map(\.text))")
        return ActionReport(done: "sent", deliveries: receivers.map(\.text))
    }

    func waitingForReview(_ query: WaitingQuery) -> [WaitingReport] { [] }
    func verdicts() -> [ReviewVerdict] { [] }
    func crop(ofVerdict number: Int) -> Data? { number == 1 ? Data([0x49, 0x49]) : nil }
    func modelChanges(limit: Int) -> [ModelChangeReport] { [] }
    func record(_ order: VerdictOrder) throws -> VerdictReport {
        guard let alert = order.alert, let place = GeoPoint(latitude: 0, longitude: 0) else {
            throw ConsoleRefusal("there is no such alert", .notFound)
        }
        orders.append("\(order.verdict.rawValue) on \(alert) by \(order.who), \(order.crop?.count ?? 0) bytes")
        let subject = VerdictSubject(interferogram: nil, version: nil, file: nil, volcano: nil, centre: place)
        let verdict = ReviewVerdict(
            number: 1, subject: subject, verdict: order.verdict, region: order.region, who: order.who, at: Date(timeIntervalSince1970: 0),
            why: order.why, alert: alert, finding: nil, model: nil, crop: nil)
        return VerdictReport(verdict: verdict, cropProblem: "gone", withdrawal: nil)
    }
}

@Suite("Console")
struct ConsoleServerTests {
    /// Runs the server in a folder of its own while `body` asks it.
    func serve(before: (URL) throws -> Void = { _ in }, _ body: @escaping @Sendable (Asker, RecordingBackend) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("c-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
        }
        try before(folder)
        let backend = RecordingBackend()
        let server = ConsoleServer(directory: folder, backend: backend)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (ready, signal) = AsyncStream<Void>.makeStream()
            group.addTask { try await server.run { signal.yield() } }
            for await _ in ready { break }
            try await body(Asker(folder: folder), backend)
            group.cancelAll()
        }
    }

    @Test func `status is answered on both sockets`() async throws {
        try await serve { asker, _ in
            for socket in [ConsoleServer.statusSocket, ConsoleServer.controlSocket] {
                let (status, body) = try await asker.ask(.get, "/v1/status", on: socket)
                #expect(status == 200)
                let report = try ConsoleJSON.decoder().decode(StatusReport.self, from: body)
                #expect(report.problems == RecordingBackend.report.problems)
                #expect(report.newestAcquisition == RecordingBackend.report.newestAcquisition)
                #expect(report.outcomes == ["scored": 10, "baseline": 90])
            }
        }
    }

    @Test func `orders are taken on the control socket only`() async throws {
        try await serve { asker, backend in
            let refused = try await asker.ask(.post, "/v1/deliveries/retry?id=a/b", on: ConsoleServer.statusSocket)
            #expect(refused.0 == 404)
            #expect(await backend.orders.isEmpty)
            let taken = try await asker.ask(.post, "/v1/deliveries/retry?id=a/b", on: ConsoleServer.controlSocket)
            #expect(taken.0 == 200)
            #expect(await backend.orders == ["retry a/b"])
        }
    }

    @Test func `everybody may ask, only the owner may order`() async throws {
        try await serve { asker, _ in
            func mode(_ name: String) throws -> Int? {
                try FileManager.default.attributesOfItem(atPath: asker.folder.appendingPathComponent(name).path)[.posixPermissions] as? Int
            }
            let modes = (try mode(ConsoleServer.statusSocket), try mode(ConsoleServer.controlSocket))
            #expect(modes.0 == 0o666)
            #expect(modes.1 == 0o600)
        }
    }

    @Test(arguments: [
        ("/v1/explain?pair=2024", "not a pair"), ("/v1/explain", "lacks pair="), ("/v1/alerts?volcano=12", "six-digit"),
        ("/v1/deliveries?state=lost", "waiting, leased, delivered"), ("/v1/alerts?limit=-1", "positive"),
    ])
    func `a bad question is answered with what is wrong`(path: String, words: String) async throws {
        try await serve { asker, _ in
            let (status, body) = try await asker.ask(.get, path, on: ConsoleServer.statusSocket)
            #expect(status == 400)
            #expect(try ConsoleJSON.decoder().decode(ErrorReport.self, from: body).error.contains(words))
        }
    }

    @Test func `a picture comes as it is, a missing one is not found`() async throws {
        try await serve { asker, _ in
            let known = try await asker.ask(.get, "/v1/picture?alert=known", on: ConsoleServer.statusSocket)
            #expect(known.status == 200 && known.body == Data([1, 2, 3]))
            #expect(try await asker.ask(.get, "/v1/picture?alert=unknown", on: ConsoleServer.statusSocket).status == 404)
        }
    }

    @Test func `a daemon takes over the sockets that a killed one left`() async throws {
        try await serve(before: { folder in
            for socket in [ConsoleServer.statusSocket, ConsoleServer.controlSocket] {
                try Data("left behind".utf8).write(to: folder.appendingPathComponent(socket))
            }
        }) { asker, _ in
            for socket in [ConsoleServer.statusSocket, ConsoleServer.controlSocket] {
                let answer = try await asker.ask(.get, "/v1/status", on: socket)
                #expect(answer.status == 200)
            }
        }
    }

    @Test func `a runtime directory with too long a name is refused and says why`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(String(repeating: "x", count: 120))
        let error = await #expect(throws: ConsoleRefusal.self) { try await ConsoleServer(directory: folder, backend: RecordingBackend()).run() }
        #expect(error?.description.contains("shorter runtime_directory") == true)
    }

    @Test func `metrics are Prometheus text with escaped labels`() {
        let text = MetricsText.render(RecordingBackend.report)
        #expect(text.contains("fringewatch_degraded 1\n"))
        #expect(text.contains("fringewatch_interferograms_total{outcome=\"baseline\"} 90\n"))
        #expect(text.contains("catalogue=\"jas\\\"min\"} 1\n"))
        #expect(text.contains("fringewatch_newest_acquisition_age_seconds 259200\n"))
        for line in text.split(separator: "\n") where !line.hasPrefix("#") { #expect(line.hasPrefix("fringewatch_")) }
    }
}
