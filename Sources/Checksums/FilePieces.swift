import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Calls `body` with the file's bytes in order, 256 KiB at a time: a frame's 35 MB are never in memory at once.
func readPieces(ofFileAt file: URL, _ body: (UnsafeRawBufferPointer) -> Void) throws(ChecksumError) {
    let path = file.path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ChecksumError(path: path, errno) }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count == 0 { return }
        if count < 0 {
            if errno == EINTR { continue }
            throw ChecksumError(path: path, errno)
        }
        buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
    }
}

extension ChecksumError {
    fileprivate init(path: String, _ code: Int32) {
        self.init(path: path, code: code, reason: String(cString: strerror(code)))
    }
}
