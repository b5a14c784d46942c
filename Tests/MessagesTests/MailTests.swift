import Domain
import Foundation
import Messages
import Testing

@Suite("Mail")
struct MailTests {
    @Test(arguments: Language.allCases, AlertKind.allCases)
    func `python reads every kind without a defect`(language: Language, kind: AlertKind) throws {
        let mail = try PythonMail.read(
            try SampleAlerts.mail(SampleAlerts.alert(kind: kind), language: language, from: "Vigilancia volcánica <a@example.org>"))
        #expect(mail.defects == [])
        #expect(mail.structure == "multipart/alternative(text/plain,multipart/related(text/html,image/png))")
        #expect(mail.headers["From"] == "Vigilancia volcánica <a@example.org>")
        #expect(mail.parts.last?.size == SampleAlerts.picture.png.count)
        let cid = try #require(mail.parts.last?.contentID).dropFirst().dropLast()
        #expect(mail.parts[1].text.contains("src=\"cid:\(cid)\""))
    }

    @Test func `without a picture there is no empty frame for one`() throws {
        let mail = try PythonMail.read(try SampleAlerts.mail(picture: nil))
        #expect(mail.structure == "multipart/alternative(text/plain,text/html)")
        #expect(!mail.parts[1].text.contains("<img"))
    }

    @Test(arguments: ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"])
    func `a header that DKIM signs stands there exactly once`(name: String) throws {
        let mail = try PythonMail.read(try SampleAlerts.mail())
        #expect(mail.names.filter { $0.lowercased() == name.lowercased() }.count == 1)
    }

    @Test(arguments: Language.allCases)
    func `lines end in CRLF, are ASCII and at most 78 long`(language: Language) throws {
        let alert = SampleAlerts.alert(name: "Ñuñoa – " + String(repeating: "volcán muy largo ", count: 12))
        let wire = Array(try SampleAlerts.mail(alert, language: language).utf8)
        for (i, byte) in wire.enumerated() {
            #expect(byte != 10 || i > 0 && wire[i - 1] == 13)
            #expect(byte != 13 || i + 1 < wire.count && wire[i + 1] == 10)
            #expect(byte < 128)
        }
        for line in wire.split(separator: 13) { #expect(line.count <= 79) }
        #expect(!String(decoding: wire, as: UTF8.self).contains("\r\n.\r\n"))
    }

    @Test func `what is shown survives the encoding`() throws {
        let name = "Ñuñoa = 100 % «test» ?=\t" + String(repeating: "long ", count: 40) + "."
        let alert = SampleAlerts.alert(name: name)
        let mail = try PythonMail.read(try SampleAlerts.mail(alert))
        let shown = name.replacing("\t", with: " ")
        #expect(mail.headers["Subject"]?.contains(shown.trimmingCharacters(in: .whitespaces)) == true)
        #expect(mail.parts[0].text.contains(shown))
    }

    @Test func `the date is the alert's, not the clock's`() throws {
        #expect(try PythonMail.read(try SampleAlerts.mail()).headers["Date"] == "Wed, 14 Feb 2024 09:30:17 +0000")
    }

    /// P3
    @Test func `the same delivery gives the same bytes and id on every attempt`() throws {
        #expect(try SampleAlerts.mail() == SampleAlerts.mail())
        let other = try SampleAlerts.mail(to: "b@example.org")
        #expect(try messageID(other) != messageID(SampleAlerts.mail()))
    }

    @Test func `an episode's mails to one address make one thread`() throws {
        let first = try PythonMail.read(try SampleAlerts.mail(SampleAlerts.alert(kind: .new, revision: 1)))
        let later = try [2, 3].map { try PythonMail.read(try SampleAlerts.mail(SampleAlerts.alert(revision: $0))) }
        #expect(first.headers["References"] == nil)
        let root = try #require(first.headers["Message-ID"])
        for mail in later {
            #expect(mail.headers["References"] == root && mail.headers["In-Reply-To"] == root)
            #expect(mail.headers["Message-ID"] != root)
        }
        #expect(later[0].headers["Message-ID"] != later[1].headers["Message-ID"])
        let elsewhere = try PythonMail.read(try SampleAlerts.mail(to: "other@example.org"))
        #expect(elsewhere.headers["References"] != root)
    }

    /// P17
    @Test(arguments: [(Language.english, "TEST"), (.spanish, "PRUEBA")])
    func `a test says so in its subject and both bodies, and joins no thread`(language: Language, word: String) throws {
        let mail = try PythonMail.read(try SampleAlerts.mail(SampleAlerts.alert(kind: .test), language: language))
        #expect(mail.headers["Subject"]?.hasPrefix("[\(word)") == true)
        #expect(mail.parts[0].text.hasPrefix("*** \(word) ***"))
        #expect(mail.parts[1].text.contains(">\(word)<"))
        #expect(mail.headers["References"] == nil)
        #expect(mail.headers["X-Fringewatch-Kind"] == "TEST")
        let real = try PythonMail.read(try SampleAlerts.mail(language: language))
        #expect(real.headers["Subject"]?.contains(word) == false && !real.parts[0].text.contains("*** \(word)"))
    }

    /// P16
    @Test(arguments: ["\r\nBcc: evil@example.org\r\n\r\nx", "\nX: 1", "a\u{0}b", "\u{85}Bcc: e@x", "\u{2028}Bcc: e@x", "a\rb"])
    func `a hostile name adds neither header nor line`(hostile: String) throws {
        let mail = try PythonMail.read(try SampleAlerts.mail(SampleAlerts.alert(source: hostile, name: "Negra" + hostile)))
        let clean = try PythonMail.read(try SampleAlerts.mail())
        #expect(mail.names == clean.names)
        #expect(mail.defects == [])
        #expect(!mail.parts[0].text.contains("\nBcc:") && !mail.parts[0].text.contains("\nX:"))
    }

    /// P16
    @Test(arguments: [
        "", "a", "a@", "@b", "a@b@c", "a b@example.org", "a@example.org\r\nBcc: x@example.org", "a@example.org, b@example.org",
        "<a@example.org", "x <a@example.org> y", "\"a\\\" <a@example.org>", "a@exa mple.org", "ñ@example.org", "a@ñ.example", "a@-x.org",
        "a..b@example.org", "a\n@example.org", "N <a@example.org>\r\nX: y", "a@example.org\u{2028}",
    ])
    func `an address that is not exactly one address is refused`(text: String) {
        #expect(throws: Mailbox.Invalid.self) { try Mailbox(text) }
    }

    @Test(arguments: [
        ("a@example.org", "a@example.org"), ("Volcano watch <a@example.org>", "Volcano watch <a@example.org>"),
        ("Watch, night <a@example.org>", "\"Watch, night\" <a@example.org>"), ("\"Dr. Paz\" <a.b+c@example.org>", "\"Dr. Paz\" <a.b+c@example.org>"),
    ])
    func `an address with a name is quoted as it needs`(text: String, read: String) throws {
        #expect(try PythonMail.read(try SampleAlerts.mail(to: text)).headers["To"] == read)
    }

    @Test func `markup in a catalogue's text stays text`() throws {
        let html = try PythonMail.read(try SampleAlerts.mail(SampleAlerts.alert(source: "javascript:alert(1)", name: "<script>x</script>"))).parts[1]
            .text
        #expect(!html.contains("<script>"))
        #expect(html.contains("&lt;script&gt;"))
        #expect(!html.contains("href=\"javascript:"))
    }

    @Test(arguments: ["http://example.org/a?b=1&c=2", "https://example.org/%20"])
    func `a source with an address becomes a link`(source: String) throws {
        let html = try PythonMail.read(try SampleAlerts.mail(SampleAlerts.alert(source: source))).parts[1].text
        #expect(html.contains("href=\"\(source.replacing("&", with: "&amp;"))\""))
    }

    @Test(arguments: ["a\rb", "a\nb", "\u{0}", "\u{7F}", "\u{9B}", "\u{2029}", String(repeating: "x", count: 901)])
    func `a header value with a control character or of great length is refused`(text: String) {
        #expect(throws: HeaderValue.Invalid.self) { try HeaderValue(text) }
    }

    private func messageID(_ mail: String) throws -> String { try #require(try PythonMail.read(mail).headers["Message-ID"]) }
}
