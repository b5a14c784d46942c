public import FoundationEssentials

/// Digests of data and of files, computed by OpenSSL's libcrypto.
///
/// Digests are written as lower-case hex digits, as the catalogues and `sha256sum` write them. MD5 is here because CEDA's listings
/// give it: it finds damaged files, it does not keep out an adversary.
public enum Checksums {
    /// 64 hex digits.
    public static func sha256(of data: Data) -> String { hex(of: data, with: .sha256) }

    /// 32 hex digits.
    public static func md5(of data: Data) -> String { hex(of: data, with: .md5) }

    /// 64 hex digits, reading the file piece by piece.
    /// - Throws: `ChecksumError` where the file cannot be read.
    public static func sha256(ofFileAt file: URL) throws(ChecksumError) -> String { try hex(ofFileAt: file, with: .sha256) }

    /// 32 hex digits, reading the file piece by piece.
    /// - Throws: `ChecksumError` where the file cannot be read, or MD5 is switched off by the system's crypto policy.
    public static func md5(ofFileAt file: URL) throws(ChecksumError) -> String { try hex(ofFileAt: file, with: .md5) }

    /// HMAC-SHA256 (RFC 2104): 32 bytes. An empty key is allowed, as in the RFC; whether it is wise is the caller's question.
    public static func hmacSHA256(key: Data, message: Data) -> Data { authenticate(message, key: key) }

    private static func hex(of data: Data, with algorithm: Digest.Algorithm) -> String {
        var digest = Digest(algorithm)
        digest.update(data)
        return digest.finish().hexDigits
    }

    private static func hex(ofFileAt file: URL, with algorithm: Digest.Algorithm) throws(ChecksumError) -> String {
        var digest = Digest(algorithm)
        try readPieces(ofFileAt: file) { digest.update($0) }
        return digest.finish().hexDigits
    }
}

/// A file whose checksum could not be computed.
public struct ChecksumError: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    /// The system's `errno`.
    public let code: Int32
    /// What the system says of `code`.
    public let reason: String

    public var description: String { "cannot read \(path) to compute its checksum: \(reason)" }
}

extension Sequence<UInt8> {
    /// Two lower-case hex digits a byte.
    var hexDigits: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
