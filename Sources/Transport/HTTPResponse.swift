public import FoundationEssentials

/// A complete answer, of any status.
public struct HTTPResponse: Sendable {
    public let status: Int
    public let headers: HTTPHeaders
    /// Empty for a successful `download`, whose bytes are in the part file.
    public let body: Data
    /// Where the last redirect led.
    public let finalURL: URL
    /// Seconds to wait, from Retry-After (a number or a date); nil without one. Not bounded.
    public let retryAfter: TimeInterval?

    public init(status: Int, headers: HTTPHeaders, body: Data, finalURL: URL, retryAfter: TimeInterval?) {
        self.status = status
        self.headers = headers
        self.body = body
        self.finalURL = finalURL
        self.retryAfter = retryAfter
    }

    public var isSuccess: Bool { (200...299).contains(status) }
    public var isNotModified: Bool { status == 304 }
    public var entityTag: String? { headers["ETag"] }
    public var lastModified: Date? { headers["Last-Modified"].flatMap(HTTPDate.parse) }
    /// Media type in lower case without parameters, such as `text/html`.
    public var contentType: String? {
        headers["Content-Type"]?.split(separator: ";").first.map { String($0).trimmingBlanks.lowercased() }
    }

    public var retryAdvice: RetryAdvice { RetryAdvice(status: status, retryAfter: retryAfter) }
}

/// What a status means for asking again.
public enum RetryAdvice: Hashable, Sendable {
    /// 2xx and 304: nothing to repeat.
    case done
    /// 408, 425, 429 and 5xx: the server may answer later; its Retry-After in seconds, if it sent one.
    case later(retryAfter: TimeInterval?)
    /// 410: never ask here again.
    case gone
    /// Any other status: the same request will get the same answer.
    case never

    public init(status: Int, retryAfter: TimeInterval?) {
        switch status {
        case 200...299, 304: self = .done
        case 408, 425, 429, 500...599: self = .later(retryAfter: retryAfter)
        case 410: self = .gone
        default: self = .never
        }
    }
}
