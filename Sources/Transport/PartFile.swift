internal import FoundationEssentials
internal import Glibc

/// A file on its way: its bytes so far and, beside it in `<part>.validator`, the version that they belong to.
struct PartFile: Sendable {
    let path: String
    var validatorPath: String { path + ".validator" }

    init(_ url: URL) { path = url.path }

    /// Where to go on, and of which version; nil to start anew.
    ///
    /// - Parameter expected: the only version worth going on with; nil for any.
    func resumePoint(expected: String?) -> (offset: Int, ifRange: HTTPHeader)? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > 0, let kept = keptValidator(), expected == nil || expected == kept,
            // A damaged note means a fresh start, not a failure.
            let header = try? HTTPHeader(name: "If-Range", value: kept)
        else { return nil }
        return (Int(status.st_size), header)
    }

    private func keptValidator() -> String? {
        guard let data = FileManager.default.contents(atPath: validatorPath), (1...1024).contains(data.count) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    /// Nil removes the note: the part cannot be gone on with.
    func keep(validator: String?) throws(TransportError) {
        guard let validator, validator.utf8.count <= 1024 else {
            if unlink(validatorPath) != 0, errno != ENOENT { throw diskError("remove", validatorPath) }
            return
        }
        do {
            try Data(validator.utf8).write(to: URL(filePath: validatorPath), options: .atomic)
        } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
            throw TransportError(.diskFull, "the disk is full: cannot write \(validatorPath); make room")
        } catch {
            throw TransportError(.disk, "cannot write \(validatorPath): \(error)")
        }
    }
}

/// Writes a successful answer into a part file; any other answer's body goes to memory.
final class PartSink: BodySink {
    let memory: MemorySink
    /// The server sent another range than was asked for: ask again without one.
    private(set) var needsFreshStart = false

    private let part: PartFile
    private let limit: Int
    private let peer: String
    /// Bytes in the file that the answer is to follow; 0 for a full answer.
    private let resumeAt: Int
    private var descriptor: Int32 = -1
    private var position = 0

    init(part: PartFile, resumeAt: Int, limit: Int, peer: String) {
        self.part = part
        self.resumeAt = resumeAt
        self.limit = limit
        self.peer = peer
        memory = MemorySink(limit: limit, hasBody: true, peer: peer)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func begin(_ head: ResponseHead) throws(TransportError) {
        guard head.isSuccess else { return try memory.begin(head) }
        if head.status == 206 {
            guard resumeAt > 0, head.contentRange?.first == resumeAt else {
                needsFreshStart = true
                throw TransportError(.connectionLost, "\(peer) sends a part that was not asked for")
            }
            position = resumeAt
        }
        if let length = head.contentLength, position + length > limit { throw tooLarge(peer, limit) }
        try open()
        if position == 0 {
            // First the bytes of the old version, then its note: never a note above bytes of another version.
            guard ftruncate(descriptor, 0) == 0 || errno == EINVAL else { throw diskError("empty", part.path) }
            try part.keep(validator: head.validator)
        }
    }

    private func open() throws(TransportError) {
        descriptor = Glibc.open(part.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw diskError("open", part.path) }
    }

    func take(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Bool {
        guard descriptor >= 0 else { return try memory.take(bytes) }
        guard position + bytes.count <= limit else { throw tooLarge(peer, limit) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = pwrite(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, off_t(position))
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw diskError("write", part.path) }
            position += written
            rest = rest.dropFirst(written)
        }
        return true
    }

    func finish() throws(TransportError) {
        guard descriptor >= 0 else { return }
        guard fsync(descriptor) == 0 else { throw diskError("sync", part.path) }
        try part.keep(validator: nil)
    }
}

/// The error of the system call that has just failed.
private func diskError(_ action: String, _ path: String) -> TransportError {
    let code = errno
    if code == ENOSPC || code == EDQUOT {
        return TransportError(.diskFull, "the disk is full: cannot \(action) \(path); make room, the rest is fetched then")
    }
    return TransportError(.disk, "cannot \(action) \(path): \(String(cString: strerror(code)))")
}
