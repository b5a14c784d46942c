import Foundation

/// The socket at which systemd hears of its services, played by the test itself.
///
/// To be used in a process of its own: `NOTIFY_SOCKET` belongs to the whole process.
struct NotifySocket {
    private let descriptor: Int32

    /// Binds an abstract address and points `NOTIFY_SOCKET` at it.
    init() throws {
        let name = "fringewatch-test-\(getpid())"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.dropFirst().copyBytes(fromRebasing: Array(name.utf8)) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        // A test that hears nothing fails; it does not hang.
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        guard descriptor >= 0, bound == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        setenv("NOTIFY_SOCKET", "@\(name)", 1)
    }

    /// The next message's lines, as key and value.
    func next() throws -> [String: String] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        let lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
        return Dictionary(
            uniqueKeysWithValues: lines.map { line in
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                return (parts[0], parts.count > 1 ? parts[1] : "")
            })
    }
}

extension Slice<UnsafeMutableRawBufferPointer> {
    fileprivate func copyBytes(fromRebasing bytes: [UInt8]) { UnsafeMutableRawBufferPointer(rebasing: self).copyBytes(from: bytes) }
}
