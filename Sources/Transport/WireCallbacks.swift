internal import CCurl
internal import Domain
internal import Glibc
internal import Synchronization

/// What a transfer tells and asks while it runs, on its own thread.
protocol WireCallbacks: AnyObject {
    var isCancelled: Bool { get }
    /// Whether to connect to this address; nil: a Unix socket.
    func admits(_ address: IPAddress?) -> Bool
    /// One line of a response's head or of a mail server's reply, with its line end. False ends the transfer.
    func receive(line: UnsafeRawBufferPointer) -> Bool
    /// The next bytes of the body. False ends the transfer.
    func receive(body: UnsafeRawBufferPointer) -> Bool
    /// Fills the buffer with the next bytes to send; 0 at the end.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int
}

/// libcurl carries one pointer: this is what it points to.
final class WireBox {
    let wire: any WireCallbacks
    init(_ wire: any WireCallbacks) { self.wire = wire }

    static func wire(_ context: UnsafeMutableRawPointer?) -> (any WireCallbacks)? {
        context.map { Unmanaged<WireBox>.fromOpaque($0).takeUnretainedValue().wire }
    }
}

/// Raised by whoever awaits, seen by the transfer's thread within a second.
final class CancellationFlag: Sendable {
    private let raised = Atomic<Bool>(false)
    var isRaised: Bool { raised.load(ordering: .relaxed) }
    func raise() { raised.store(true, ordering: .relaxed) }
}

let onProgress: ccurl_progress_function = { context, _, _, _, _ in
    WireBox.wire(context)?.isCancelled == false ? 0 : 1
}

let onHeaderLine: ccurl_data_function = { bytes, size, count, context in
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return WireBox.wire(context)?.receive(line: line) == true ? size * count : 0
}

let onBody: ccurl_data_function = { bytes, size, count, context in
    let body = UnsafeRawBufferPointer(start: bytes, count: size * count)
    // A count that differs from what was offered makes libcurl stop; 0 would be right for an empty piece.
    return WireBox.wire(context)?.receive(body: body) == true ? size * count : size * count &+ 1
}

let onUpload: ccurl_data_function = { bytes, size, count, context in
    guard let wire = WireBox.wire(context) else { return Int(CURL_READFUNC_ABORT) }
    return wire.fill(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}

let onOpenSocket: ccurl_socket_function = { context, _, address in
    guard let address, let wire = WireBox.wire(context) else { return -1 }
    let family = address.pointee.family
    let ip = withUnsafeBytes(of: &address.pointee.addr) { start in
        // `addr` is declared as the short sockaddr; libcurl stores the whole address of `addrlen` bytes there.
        IPAddress(family: family, socketAddress: UnsafeRawBufferPointer(start: start.baseAddress, count: Int(address.pointee.addrlen)))
    }
    guard family == AF_UNIX || ip != nil, wire.admits(ip) else { return -1 }
    // The daemon's child processes must not inherit connections.
    return socket(family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
}

extension IPAddress {
    /// The address in a socket address of family AF_INET or AF_INET6; nil for others.
    init?(family: Int32, socketAddress: UnsafeRawBufferPointer) {
        switch family {
        case AF_INET where socketAddress.count >= 8: self.init(bytes: Array(socketAddress[4..<8]))
        case AF_INET6 where socketAddress.count >= 24: self.init(bytes: Array(socketAddress[8..<24]))
        default: return nil
        }
    }
}
