import Checksums
import FoundationEssentials
import Testing

@Suite("Digests with known answers")
struct KnownAnswerTests {
    /// FIPS 180-4's examples and the digest of nothing.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `SHA-256 gives the answers of FIPS 180-4`(message: String, digest: String) {
        #expect(Checksums.sha256(of: Data(message.utf8)) == digest)
    }

    /// RFC 1321, appendix A.5.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a"),
    ])
    func `MD5 gives the answers of RFC 1321`(message: String, digest: String) {
        #expect(Checksums.md5(of: Data(message.utf8)) == digest)
    }

    /// RFC 4231, test cases 1, 2, 6 (a key longer than a block) and 7 (a long message too).
    @Test(arguments: [
        (
            Data(repeating: 0x0b, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Data("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            Data(repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            Data(repeating: 0xaa, count: 131),
            "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed "
                + "before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ])
    func `HMAC-SHA256 gives the answers of RFC 4231`(key: Data, message: String, code: String) {
        #expect(hex(Checksums.hmacSHA256(key: key, message: Data(message.utf8))) == code)
    }

    @Test func `HMAC-SHA256 of nothing with an empty key is a value, not the last call's key`() {
        _ = Checksums.hmacSHA256(key: Data("another".utf8), message: Data())
        let code = Checksums.hmacSHA256(key: Data(), message: Data())
        #expect(hex(code) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test func `a part of a longer buffer is digested as itself`() {
        let slice = Data("xxabcxx".utf8).dropFirst(2).prefix(3)
        #expect(Checksums.sha256(of: slice) == Checksums.sha256(of: Data("abc".utf8)))
        #expect(Checksums.hmacSHA256(key: slice, message: slice) == Checksums.hmacSHA256(key: Data("abc".utf8), message: Data("abc".utf8)))
    }
}

@Suite("Digests of files")
struct FileDigestTests {
    /// Around the size of a piece (256 KiB), where a loop goes wrong if it does.
    @Test(arguments: [0, 1, (256 << 10) - 1, 256 << 10, (256 << 10) + 1, 1_000_003])
    func `a file's digest is its content's`(size: Int) throws {
        let content = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("checksums-\(UUID().uuidString)")
        try content.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try Checksums.sha256(ofFileAt: file) == Checksums.sha256(of: content))
        #expect(try Checksums.md5(ofFileAt: file) == Checksums.md5(of: content))
    }

    @Test func `a missing file is named in the error`() {
        let file = URL(filePath: "/nonexistent/frame.tif")
        let error = #expect(throws: ChecksumError.self) { try Checksums.sha256(ofFileAt: file) }
        #expect(error?.description.contains("/nonexistent/frame.tif") == true)
        #expect(error?.description.contains("No such file") == true)
    }

    @Test func `a folder has no checksum`() {
        #expect(throws: ChecksumError.self) { try Checksums.md5(ofFileAt: FileManager.default.temporaryDirectory) }
    }
}

private func hex(_ data: Data) -> String {
    data.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}
