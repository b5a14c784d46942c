import FlyingFox
import FlyingSocks
import Foundation

extension Answer {
    /// The answer with a fault in it, so far as status, headers and body can show it.
    func spoilt(by fault: Fault, path: String, origin: String) -> Answer {
        switch fault {
        case .status(let code, let retryAfter):
            var answer = Answer.page("<html><body><h1>\(code)</h1></body></html>\n", status: code)
            answer.headers["Retry-After"] = retryAfter.map(String.init)
            return answer
        case .html:
            return .page(
                "<!doctype html>\n<html><head><title>Service</title></head><body>Please try again later.</body></html>\n")
        case .emptyBody: return Answer(status: 200, headers: headers)
        case .truncated(let length):
            var answer = self
            answer.body = body.part(0..<min(length, body.count))
            return answer
        case .emptyListing: return .page(ApacheIndex.page(path: path, entries: []))
        case .redirectLoop: return .redirect(to: origin + path)
        case .rewritten(let piece, let other):
            guard case .data(let page) = body else { return self }
            var answer = self
            answer.body = .data(Data(String(decoding: page, as: UTF8.self).replacing(piece, with: other).utf8))
            return answer
        case .cut, .slow: return self
        }
    }
}

extension HTTPResponse {
    /// - Parameter fault: `.cut` and `.slow` show only while the body is sent.
    init(_ answer: Answer, fault: Fault?, isHead: Bool) throws {
        var headers = HTTPHeaders()
        for (name, value) in answer.headers { headers[FlyingFox.HTTPHeader(name)] = value }
        headers[.date] = UTC.http(Date())
        headers[FlyingFox.HTTPHeader("Server")] = "Apache"
        let body: HTTPBodySequence
        switch (isHead, fault, answer.body) {
        case (true, _, let content):
            headers[.contentLength] = String(content.count)
            body = HTTPBodySequence()
        case (false, .cut(let limit), let content):
            body = HTTPBodySequence(
                from: FaultyBody(bytes: try content.read(), cutAfter: limit, bytesPerSecond: nil), count: content.count,
                suggestedBufferSize: 65_536)
        case (false, .slow(let rate), let content):
            body = HTTPBodySequence(
                from: FaultyBody(bytes: try content.read(), cutAfter: nil, bytesPerSecond: rate), count: content.count,
                suggestedBufferSize: max(1, rate / 20))
        case (false, _, .data(let data)): body = HTTPBodySequence(data: data, suggestedBufferSize: 65_536)
        case (false, _, .file(let file, let range)):
            body = try HTTPBodySequence(file: file, range: range, suggestedBufferSize: 262_144)
        }
        self.init(statusCode: HTTPStatusCode(answer.status, phrase: Self.phrase(answer.status)), headers: headers, body: body)
    }

    private static func phrase(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 304: "Not Modified"
        case 404: "Not Found"
        case 416: "Range Not Satisfiable"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}

/// A body that comes slowly or ends too soon.
private struct FaultyBody: AsyncBufferedSequence {
    typealias Element = UInt8
    struct Cut: Error {}

    let bytes: Data
    let cutAfter: Int?
    let bytesPerSecond: Int?

    func makeAsyncIterator() -> Iterator { Iterator(body: self) }

    struct Iterator: AsyncBufferedIteratorProtocol {
        let body: FaultyBody
        private var position = 0

        init(body: FaultyBody) { self.body = body }

        mutating func next() async throws -> UInt8? { try await nextBuffer(suggested: 1)?.first }

        mutating func nextBuffer(suggested count: Int) async throws -> Data? {
            let end = [position + count, body.bytes.count, body.cutAfter ?? .max].min() ?? position
            guard end > position else {
                // An error here makes the server close the connection.
                if position < body.bytes.count { throw Cut() }
                return nil
            }
            if let rate = body.bytesPerSecond { try await Task.sleep(for: .seconds(Double(end - position) / Double(rate))) }
            defer { position = end }
            return body.bytes.dropFirst(position).prefix(end - position)
        }
    }
}
