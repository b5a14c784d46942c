import Domain
import Testing

@Suite struct EmailAddressTests {
    @Test(arguments: [
        "a@example.org", "volcano.watch+etna@obs.ingv.it", "o'neil@example.org", "a@localhost", "A_1-2@x-y.example",
        String(repeating: "a", count: 64) + "@example.org",
    ])
    func `a plain address is taken as it is`(text: String) throws { #expect(try EmailAddress(text).text == text) }

    @Test(arguments: [
        "", "a", "@example.org", "a@", "a@b@c", "a@example.org\r\nRCPT TO:<evil@example.com>", "a@example.org\n", "a b@example.org",
        "a\0@example.org", "a\t@example.org", "a@exa mple.org", "<a@example.org>", "A <a@example.org>", "a@example.org,b@example.org",
        "\"a b\"@example.org", "a..b@example.org", ".a@example.org", "a.@example.org", "a@-x.org", "a@x-.org", "a@x..org", "a@[127.0.0.1]",
        "josé@example.org", "a@exämple.org", String(repeating: "a", count: 65) + "@example.org",
        "a@" + Array(repeating: String(repeating: "x", count: 60), count: 5).joined(separator: "."), "a\u{7F}@example.org",
    ])
    func `anything else is refused with a reason`(text: String) {
        let error = #expect(throws: EmailAddress.Invalid.self) { try EmailAddress(text) }
        #expect(error?.description.contains("\n") == false)
    }

    @Test func `what stands after the @ is the domain`() throws {
        #expect(try EmailAddress("duty@obs.example.org").domain.text == "obs.example.org")
    }
}
