import Domain
import Testing

struct PlainTextTests {
    @Test(arguments: [
        ("Sierra Negra", "Sierra Negra"), ("a\nb\u{1B}[31m", "a b [31m"), ("a\r\nb", "a  b"), ("a\u{85}b\u{2028}c\u{2029}d", "a b c d"),
        ("x\u{202E}gnp.exe", "x gnp.exe"), ("Kīlauea 火山 👩‍🔬", "Kīlauea 火山 👩‍🔬"), ("", ""),
    ])
    func `hostile characters become spaces and all others stay`(text: String, shown: String) {
        #expect(text.onOneLine() == shown)
        #expect(text.quoted == "\"\(shown)\"")
    }

    @Test func `a long text is cut and says so`() {
        #expect("abcdef".onOneLine(upTo: 5) == "abcde...")
        #expect("abcde".onOneLine(upTo: 5) == "abcde")
        #expect(String(repeating: "x", count: 1000).quoted.count == 85)
    }

    @Test func `a secret never prints`() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!"\(secret) \(String(reflecting: secret)) \(String(describing: Optional(secret))) \(dumped)".contains("hunter2"))
    }
}
