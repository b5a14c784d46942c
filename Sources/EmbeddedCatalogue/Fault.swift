/// What goes wrong on request, as it does in real catalogues.
public enum Fault: Hashable, Sendable {
    /// 404, 403, 503...; with Retry-After in seconds where given.
    case status(Int, retryAfter: Int? = nil)
    /// 200 with an HTML page.
    case html
    /// 200 with no bytes at all.
    case emptyBody
    /// The file itself is short: its first bytes, with a Content-Length that fits.
    case truncated(to: Int)
    /// The connection ends after so many bytes of what Content-Length promises.
    case cut(after: Int)
    /// Bytes a second.
    case slow(Int)
    /// An index without entries.
    case emptyListing
    /// Redirects to itself for ever.
    case redirectLoop
    /// A piece of a page's text is another: a hostile link, a product marked as corrupted, a wrong checksum.
    case rewritten(String, to: String)
}

/// One request that the server has seen, for tests and the demo's account.
public struct SeenRequest: Hashable, Sendable {
    public let method: String
    public let path: String
    public let query: String
    public let headers: [String: String]
    public let status: Int
}

/// The faults in force and the requests so far.
struct FaultDesk: Sendable {
    private struct Order: Sendable {
        let fault: Fault
        let pathPart: String
        var times: Int?
    }

    private var orders: [Order] = []
    private(set) var seen: [SeenRequest] = []

    mutating func order(_ fault: Fault, where pathPart: String, times: Int?) {
        orders.append(Order(fault: fault, pathPart: pathPart, times: times))
    }

    mutating func clear() { orders = [] }

    /// The first order that fits; one with a number of times is used up.
    mutating func fault(for path: String) -> Fault? {
        guard let index = orders.firstIndex(where: { path.contains($0.pathPart) && $0.times != 0 }) else { return nil }
        if let times = orders[index].times { orders[index].times = times - 1 }
        return orders[index].fault
    }

    mutating func note(_ request: SeenRequest) { seen.append(request) }
}
