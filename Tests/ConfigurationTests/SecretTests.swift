import Domain
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
}
