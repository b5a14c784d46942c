internal import FoundationEssentials

/// Takes an answer's body, piece by piece, on the transfer's thread.
protocol BodySink: AnyObject {
    func begin(_ head: ResponseHead) throws(TransportError)
    /// - Returns: false when enough is known and the rest need not be read.
    func take(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Bool
    /// After the last byte of a complete answer.
    func finish() throws(TransportError)
}

/// Keeps the body in memory. Of an answer that is no success only the beginning, for messages.
final class MemorySink: BodySink {
    private static let errorPageLimit = 64 << 10

    private(set) var body = Data()
    private let limit: Int
    private let hasBody: Bool
    private let peer: String
    private var isSuccess = true

    init(limit: Int, hasBody: Bool, peer: String) {
        self.limit = limit
        self.hasBody = hasBody
        self.peer = peer
    }

    func begin(_ head: ResponseHead) throws(TransportError) {
        isSuccess = head.isSuccess
        if hasBody, isSuccess, let length = head.contentLength, length > limit { throw tooLarge(peer, limit) }
    }

    func take(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Bool {
        if isSuccess {
            guard body.count + bytes.count <= limit else { throw tooLarge(peer, limit) }
            body.append(contentsOf: bytes)
            return true
        }
        body.append(contentsOf: bytes.prefix(Self.errorPageLimit - body.count))
        return body.count < Self.errorPageLimit
    }

    func finish() throws(TransportError) {}
}

func tooLarge(_ peer: String, _ limit: Int) -> TransportError {
    TransportError(.tooLarge, "\(peer) sends more than the limit of \(limit) bytes; raise the limit if the file is meant to be so large")
}
