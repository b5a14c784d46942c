import FoundationEssentials
import Testing

@testable import Configuration

struct SecretTests {
    @Test func `a secret is read from its file without the line break`() throws {
        let folder = try TemporaryFolder()
        try folder.write("hunter2\n", "smtp-password")
        #expect(try SecretSource.credential(name: "smtp-password", directory: folder.url.path).read().revealed == "hunter2")
        #expect(try SecretSource.file(folder.write("pass word \r\n", "b")).read().revealed == "pass word ")
    }

    @Test(arguments: [("", "empty"), ("\n", "empty"), ("a\nb\n", "several lines"), ("a\u{0}b", "control characters")])
    func `an unusable secret is refused without being shown`(content: String, fragment: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(content, "s")
        let error = try #require(throws: SecretUnavailable.self) { try SecretSource.file(file).read() }
        #expect(error.found.contains(fragment) && error.description.contains(file.path))
    }

    @Test func `a missing secret says how to provide it`() throws {
        #expect { try SecretSource.credential(name: "p", directory: nil).read() } throws: { "\($0)".contains("LoadCredential=p:") }
        #expect { try SecretSource.file(URL(fileURLWithPath: "/nowhere/s")).read() } throws: { "\($0)".contains("/nowhere/s") }
    }

    @Test func `a secret never prints`() {
        let secret = SecretText("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])"] { #expect(!text.contains("hunter2")) }
    }

    @Test(arguments: [
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 24), ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 24),
        ("whsec_" + String(repeating: "AAAA", count: 21), 63),
        ("whsec_AAAA", nil), ("whsec_" + String(repeating: "AAAA", count: 22), nil), ("whsec_not base64!", nil), ("", nil),
    ])
    func `a webhook's key is 24 to 64 bytes in base64`(text: String, bytes: Int?) { #expect(SecretText(text).webhookKey?.count == bytes) }
}
