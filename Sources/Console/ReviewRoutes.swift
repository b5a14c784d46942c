import Domain
import FlyingFox
import Foundation

/// Routes of the expert's loop.
extension ConsoleServer {
    /// A crop of 500 x 500 pixels has a megabyte; as base64 in JSON a third more.
    static let orderLimit = 8 << 20

    func addReviewQuestions(to server: HTTPServer) async {
        let backend = backend
        await server.appendRoute("GET /v1/reviews") { request in
            await answer {
                let order = try request.value("order").map { name in
                    guard let order = WaitingQuery.Order(rawValue: name) else {
                        throw ConsoleRefusal("\(name) is not an order: use newest or highest")
                    }
                    return order
                }
                return try await backend.waitingForReview(WaitingQuery(order: order ?? .newest, limit: try request.number("limit") ?? 50))
            }
        }
        await server.appendRoute("GET /v1/verdicts") { _ in await answer { try await backend.verdicts() } }
        await server.appendRoute("GET /v1/crop") { request in
            do {
                guard let number = try request.number("verdict") else { throw ConsoleRefusal("the request lacks verdict=") }
                guard let crop = try await backend.crop(ofVerdict: number) else {
                    throw ConsoleRefusal("no crop is kept of verdict \(number)", .notFound)
                }
                return HTTPResponse(statusCode: .ok, headers: [.contentType: "image/tiff"], body: crop)
            } catch { return refusal(error) }
        }
        await server.appendRoute("GET /v1/model-changes") { request in
            await answer { try await backend.modelChanges(limit: try request.number("limit") ?? 100) }
        }
    }

    func addReviewOrders(to server: HTTPServer) async {
        let backend = backend
        await server.appendRoute("POST /v1/verdicts") { request in
            await answer {
                let body = try await request.limitedBody(Self.orderLimit)
                let order: VerdictOrder
                do { order = try ConsoleJSON.decoder().decode(VerdictOrder.self, from: body) } catch {
                    throw ConsoleRefusal("the verdict cannot be read: \(error)")
                }
                return try await backend.record(order)
            }
        }
    }
}

extension HTTPRequest {
    /// - Throws: `ConsoleRefusal` as soon as there is more.
    func limitedBody(_ limit: Int) async throws -> Data {
        var body = Data()
        for try await piece in bodySequence {
            guard body.count + piece.count <= limit else { throw ConsoleRefusal("the request has more than \(limit) bytes") }
            body.append(piece)
        }
        return body
    }
}
