import Domain
import FoundationEssentials
import Testing

struct HostTests {
    @Test(arguments: [
        "", "*", "*.", "*.org.", "*.org", "a..b", "exa mple.org", "a/b", "host:0", "host:x", "*.1.2:99999", "[::1", "ex_\u{E4}.org", "-a.org",
        "a-.org",
    ])
    func `a malformed host pattern is refused`(text: String) { #expect(HostPattern(text) == nil) }

    @Test(arguments: [
        ("8.8.8.8", true), ("10.1.2.3", false), ("127.0.0.1", false), ("169.254.169.254", false), ("172.15.0.1", true),
        ("172.16.0.1", false), ("172.32.0.1", true), ("192.168.1.1", false), ("100.64.0.1", false), ("0.0.0.0", false),
        ("255.255.255.255", false), ("224.0.0.1", false), ("2001:630::1", true), ("::1", false), ("::", false), ("fe80::1", false),
        ("fd00::1", false), ("ff02::1", false), ("::ffff:127.0.0.1", false), ("::ffff:8.8.8.8", true), ("64:ff9b::a00:1", false),
        ("2002:7f00:1::", false), ("2001:db8::1", false),
    ])
    func `an address is public or not`(text: String, isPublic: Bool) throws {
        #expect(try #require(IPAddress(text)).isPublic == isPublic)
    }

    @Test(
        arguments: [
            ("https://Data.example.org/x", "data.example.org", nil), ("http://127.0.0.1:8080/", "127.0.0.1", 8080),
            ("http://[::1]:8080/", "::1", 8080), ("https://[2001:630::1]/", "2001:630::1", nil),
        ] as [(String, String, Int?)])
    func `an address names its own host and port`(url: String, name: String, port: Int?) throws {
        let address = try #require(URL(string: url))
        let pattern = try #require(HostPattern(of: address))
        #expect(pattern.name == name && pattern.port == port && !pattern.isSuffix)
    }

    @Test(arguments: [
        ("localhost", true), ("LocalHost", true), ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("[::1]", true),
        ("::ffff:127.0.0.1", true),
        ("127.0.0.1.example.org", false), ("10.0.0.1", false), ("example.org", false), ("localhost.example.org", false), ("", false),
    ])
    func `only this machine is loopback`(host: String, expected: Bool) { #expect(isLoopback(host: host) == expected) }

    @Test(arguments: [
        ("example.org", true), ("a", true), ("x_1-y.example", true), ("10.0.0.1", true), ("", false), (".", false), ("a.", false), ("a b", false),
        ("exämple.org", false), (String(repeating: "a", count: 64), false), (Array(repeating: "abcdefg", count: 32).joined(separator: "."), false),
    ])
    func `a host name has labels of letters, digits and hyphens`(text: String, isName: Bool) { #expect((HostName(text) != nil) == isName) }
}
