import Console
import Domain
import Foundation
import Testing
import Transport

extension ConsoleServerTests {
    private func order(alert: AlertID?, crop: Int) throws -> Data {
        try ConsoleJSON.encoder().encode(
            VerdictOrder(
                alert: alert, crop: Data(repeating: 7, count: crop), verdict: .atmosphere, region: VerdictRegion("-0.83,-91.17,5"), who: "Ana",
                why: "rings"))
    }

    @Test func `a verdict with a crop of a megabyte is an order, and comes back as it was given`() async throws {
        try await serve { asker, backend in
            let body = try order(alert: AlertID("a.1"), crop: 1 << 20)
            let (status, answer) = try await asker.ask(.post, "/v1/verdicts", body: body, on: ConsoleServer.controlSocket)
            #expect(status == 200)
            let report = try ConsoleJSON.decoder().decode(VerdictReport.self, from: answer)
            #expect(report.verdict.region == VerdictRegion("-0.83,-91.17,5") && report.verdict.who == "Ana" && report.cropProblem == "gone")
            #expect(await backend.orders == ["atmosphere on a.1 by Ana, 1048576 bytes"])
        }
    }

    @Test func `a verdict is refused on the status socket, when it is too long, no JSON, or about nothing`() async throws {
        try await serve { asker, backend in
            let good = try order(alert: AlertID("a.1"), crop: 1)
            #expect(try await asker.ask(.post, "/v1/verdicts", body: good, on: ConsoleServer.statusSocket).status == 404)
            for (body, wanted) in [
                (try order(alert: nil, crop: 1), 404), (Data("{".utf8), 400), (try order(alert: AlertID("a.1"), crop: 9 << 20), 400),
            ] {
                #expect(try await asker.ask(.post, "/v1/verdicts", body: body, on: ConsoleServer.controlSocket).status == wanted)
            }
            #expect(await backend.orders.isEmpty)
        }
    }

    @Test func `crops and lists are questions that everybody may ask`() async throws {
        try await serve { asker, _ in
            let crop = try await asker.ask(.get, "/v1/crop?verdict=1", on: ConsoleServer.statusSocket)
            #expect(crop.body == Data([0x49, 0x49]))
            for (question, wanted) in [
                ("/v1/crop?verdict=2", 404), ("/v1/crop", 400), ("/v1/reviews?order=highest&limit=3", 200), ("/v1/reviews?order=oldest", 400),
                ("/v1/verdicts", 200), ("/v1/model-changes", 200),
            ] {
                let answer = try await asker.ask(.get, question, on: ConsoleServer.statusSocket)
                #expect(answer.status == wanted, "\(question)")
            }
        }
    }
}
