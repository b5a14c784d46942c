internal import FoundationEssentials

/// Takes an answer's body, piece by piece, on the transfer's thread.
protocol BodySink: AnyObject {
    func begin(_ head: ResponseHead) throws(TransportError)
    /// - Returns: false when enough is known and the rest need not be read.
    func take(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Bool
    /// After the last byte of a complete answer.
    func finish() throws(TransportError)
}

/// Keeps the body in memory; of an answer that is no success, or if that is enough, only the beginning.
final class MemorySink: BodySink {
    private static let beginningLimit = 64 << 10

    private(set) var body = Data()
    private let limit: Int
    private let hasBody: Bool
    private let keepsAll: Bool
    private let peer: String
    private var isWhole = true

    init(limit: Int, hasBody: Bool, keepsAll: Bool = true, peer: String) {
        self.limit = limit
        self.hasBody = hasBody
        self.keepsAll = keepsAll
        self.peer = peer
    }

    func begin(_ head: ResponseHead) throws(TransportError) {
        isWhole = keepsAll && head.isSuccess
        if hasBody, isWhole, let length = head.contentLength, length > limit { throw tooLarge(peer, limit) }
    }

    func take(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Bool {
        if isWhole {
            guard body.count + bytes.count <= limit else { throw tooLarge(peer, limit) }
            body.append(contentsOf: bytes)
            return true
        }
        body.append(contentsOf: bytes.prefix(Self.beginningLimit - body.count))
        return body.count < Self.beginningLimit
    }

    func finish() throws(TransportError) {}
}

func tooLarge(_ peer: String, _ limit: Int) -> TransportError {
    TransportError(.tooLarge, "\(peer) sends more than the limit of \(limit) bytes; raise the limit if the file is meant to be so large")
}
