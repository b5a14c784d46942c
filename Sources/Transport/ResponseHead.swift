/// Status line and header fields, gathered line by line.
struct ResponseHead: Hashable, Sendable {
    private static let limit = 256 << 10

    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    /// Set at the empty line that ends the final answer's head (not a 1xx one's).
    private(set) var isComplete = false
    private var size = 0

    /// - Returns: false if this is no acceptable head.
    mutating func append(line bytes: UnsafeRawBufferPointer) -> Bool {
        // Behind the body come trailers, which nothing here needs.
        if isComplete { return true }
        size += bytes.count
        guard size <= Self.limit else { return false }
        let line = String(decoding: bytes, as: UTF8.self).trimmingBlanks
        if line.hasPrefix("HTTP/") {
            let words = line.split(separator: " ")
            guard words.count >= 2, let status = Int(words[1]), (100...999).contains(status) else { return false }
            self.status = status
            headers = HTTPHeaders()
        } else if line.isEmpty {
            isComplete = status >= 200
        } else {
            headers.append(line: line)
        }
        return true
    }

    var isSuccess: Bool { (200...299).contains(status) }
    var contentLength: Int? { headers["Content-Length"].flatMap { Int($0) } }

    /// First byte and, if known, the size of the whole: of `Content-Range: bytes 100-199/200`.
    var contentRange: (first: Int, total: Int?)? {
        guard let text = headers["Content-Range"], text.lowercased().hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(whereSeparator: { "-/".contains($0) })
        guard parts.count == 3, let first = Int(parts[0]) else { return nil }
        return (first, Int(parts[2]))
    }

    /// What If-Range may name: a strong entity tag, else the date (RFC 9110, 13.1.5).
    var validator: String? {
        if let tag = headers["ETag"], !tag.hasPrefix("W/") { return tag }
        return headers["Last-Modified"]
    }
}
