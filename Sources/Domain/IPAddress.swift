internal import Glibc

/// A numeric address, judged by whether it belongs to the public internet.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes in network order.
    public let bytes: [UInt8]

    /// The usual text forms: dotted decimal, or IPv6 without brackets. Octal, hexadecimal and short forms are not addresses here.
    public init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: &six) { Array($0) }
        } else {
            return nil
        }
    }

    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// 127.0.0.0/8 or ::1, also in its IPv4-mapped form.
    public var isLoopback: Bool {
        if let four = embeddedIPv4 { return four[0] == 127 }
        return bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    /// Neither private, loopback, link-local, shared, documentation, multicast nor reserved (IANA special-purpose registries).
    public var isPublic: Bool {
        if let four = embeddedIPv4 { return Self.isPublic(four) }
        switch (bytes[0], bytes[1]) {
        case (0xFC...0xFD, _), (0xFF, _): return false  // unique local, multicast
        case (0xFE, 0x80...0xFF): return false  // link-local, site-local
        case (0x20, 0x01) where bytes[2] == 0x0D && bytes[3] == 0xB8: return false  // documentation
        default: return !bytes.dropLast().allSatisfy { $0 == 0 }  // unspecified, loopback and others of ::/120
        }
    }

    private static func isPublic(_ four: [UInt8]) -> Bool {
        switch (four[0], four[1], four[2]) {
        case (0, _, _), (10, _, _), (127, _, _), (224...255, _, _): false
        case (100, 64...127, _), (169, 254, _), (172, 16...31, _), (192, 168, _), (198, 18...19, _): false
        case (192, 0, 0), (192, 0, 2), (198, 51, 100), (203, 0, 113): false
        default: true
        }
    }

    /// The IPv4 address that a connection would really go to: plain, mapped (::ffff:), translated (64:ff9b::) or 6to4 (2002::).
    private var embeddedIPv4: [UInt8]? {
        if bytes.count == 4 { return bytes }
        if bytes[0..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF { return Array(bytes[12...]) }
        if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B]), bytes[4..<12].allSatisfy({ $0 == 0 }) { return Array(bytes[12...]) }
        if bytes.starts(with: [0x20, 0x02]) { return Array(bytes[2..<6]) }
        return nil
    }

    public var description: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
    }
}
