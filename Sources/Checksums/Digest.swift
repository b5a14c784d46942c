import CCrypto
import FoundationEssentials

/// One running digest: the only owner of its `EVP_MD_CTX`.
struct Digest: ~Copyable {
    enum Algorithm { case sha256, md5 }

    private let context: OpaquePointer

    init(_ algorithm: Algorithm) {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("out of memory for a digest context") }
        let method = algorithm == .sha256 ? EVP_sha256() : EVP_md5()
        precondition(EVP_DigestInit_ex(context, method, nil) == 1, "libcrypto offers no \(algorithm); check the system's crypto policy")
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        precondition(EVP_DigestUpdate(context, start, bytes.count) == 1, "libcrypto failed to update a digest")
    }

    mutating func update(_ data: Data) {
        data.withUnsafeBytes { update($0) }
    }

    consuming func finish() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        precondition(EVP_DigestFinal_ex(context, &bytes, &length) == 1, "libcrypto failed to finish a digest")
        return Array(bytes.prefix(Int(length)))
    }
}

func authenticate(_ message: Data, key: Data) -> Data {
    var code = [UInt8](repeating: 0, count: 32)
    var length = UInt32(code.count)
    // HMAC() reads a nil key as "the key of the last call", so an empty key must still point somewhere.
    let keyBytes = key.isEmpty ? [0] : Array(key)
    let messageBytes = Array(message)
    let result = HMAC(EVP_sha256(), keyBytes, Int32(key.count), messageBytes, messageBytes.count, &code, &length)
    precondition(result != nil && length == 32, "libcrypto failed to compute an HMAC")
    return Data(code)
}
