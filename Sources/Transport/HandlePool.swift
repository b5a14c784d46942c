internal import Synchronization

/// Handles that wait for the next request to the same server, with their connections open: a second request skips the TCP and TLS
/// handshakes. Each request has a handle to itself.
final class HandlePool: Sendable {
    private static let perServer = 4
    private static let inAll = 32

    private let idle = Mutex<[(server: String, handle: CurlHandle)]>([])

    /// An idle handle for this server, else a new one; nil if libcurl has no memory left.
    func take(_ server: String) -> CurlHandle? {
        let kept = idle.withLock { idle in
            idle.lastIndex { $0.server == server }.map { idle.remove(at: $0).handle }
        }
        return kept ?? CurlHandle()
    }

    /// Call it on the transfer's thread: a handle that is not kept closes its connections here.
    func giveBack(_ handle: CurlHandle, for server: String) {
        handle.reset()
        let surplus = idle.withLock { idle -> CurlHandle? in
            idle.append((server, handle))
            let ofServer = idle.count { $0.server == server }
            if ofServer > Self.perServer { return idle.firstIndex { $0.server == server }.map { idle.remove(at: $0).handle } }
            return idle.count > Self.inAll ? idle.removeFirst().handle : nil
        }
        withExtendedLifetime(surplus) {}
    }
}
