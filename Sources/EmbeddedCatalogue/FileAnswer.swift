import Foundation

/// What a request gets, before it is put into the server's own types.
struct Answer: Sendable {
    enum Body: Sendable {
        case data(Data)
        case file(URL, Range<Int>)
    }

    var status: Int
    var headers: [String: String] = [:]
    var body: Body = .data(Data())

    static func page(_ html: String, status: Int = 200) -> Answer {
        Answer(status: status, headers: ["Content-Type": "text/html;charset=UTF-8"], body: .data(Data(html.utf8)))
    }

    static let notFound = page(
        "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n"
            + "<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n", status: 404)

    static func redirect(to location: String) -> Answer { Answer(status: 301, headers: ["Location": location]) }

    /// A file or text with its validators: 304 and 206 as Apache gives them.
    static func content(_ body: Body, type: String, modified: Date, entityTag: String, request: [String: String]) -> Answer {
        var headers = ["Content-Type": type, "Last-Modified": UTC.http(modified), "ETag": entityTag, "Accept-Ranges": "bytes"]
        let unchanged =
            request["if-none-match"].map { $0 == entityTag || $0 == "*" } ?? (request["if-modified-since"] == UTC.http(modified))
        if unchanged { return Answer(status: 304, headers: headers) }
        let size = body.count
        let sameVersion = request["if-range"].map { $0 == entityTag || $0 == UTC.http(modified) } ?? true
        guard sameVersion, let asked = request["range"].flatMap({ range($0, size: size) }) else {
            return Answer(status: 200, headers: headers, body: body)
        }
        guard !asked.isEmpty else { return Answer(status: 416, headers: ["Content-Range": "bytes */\(size)"]) }
        headers["Content-Range"] = "bytes \(asked.lowerBound)-\(asked.upperBound - 1)/\(size)"
        return Answer(status: 206, headers: headers, body: body.part(asked))
    }

    /// `bytes=100-` or `bytes=100-199`; nil for what is not understood, empty for what cannot be satisfied.
    private static func range(_ text: String, size: Int) -> Range<Int>? {
        guard text.hasPrefix("bytes=") else { return nil }
        let ends = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int(ends[0]), first >= 0 else { return nil }
        guard first < size else { return 0..<0 }
        let last = min(Int(ends[1]) ?? size - 1, size - 1)
        return last >= first ? first..<(last + 1) : nil
    }
}

extension Answer.Body {
    var count: Int {
        switch self {
        case .data(let data): data.count
        case .file(_, let range): range.count
        }
    }

    func part(_ range: Range<Int>) -> Answer.Body {
        switch self {
        case .data(let data): .data(Data(data.dropFirst(range.lowerBound).prefix(range.count)))
        case .file(let file, let whole):
            .file(file, (whole.lowerBound + range.lowerBound)..<(whole.lowerBound + range.upperBound))
        }
    }

    func read() throws -> Data {
        switch self {
        case .data(let data): data
        case .file(let file, let range):
            Data(try Data(contentsOf: file, options: .mappedIfSafe).dropFirst(range.lowerBound).prefix(range.count))
        }
    }
}
