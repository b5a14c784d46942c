import Domain
import Foundation
import Messages
import Testing

@Suite("Messages as they were approved")
struct GoldenMessageTests {
    @Test(arguments: Language.allCases, [true, false])
    func `the mail of an update is as approved`(language: Language, full: Bool) throws {
        let alert = full ? SampleAlerts.alert() : SampleAlerts.alert(kind: .new, revision: 1, full: false, reason: .firstFlag)
        let mail = try SampleAlerts.mail(alert, language: language, picture: full ? SampleAlerts.picture : nil)
        let name = "\(full ? "update" : "new-sparse").\(language.rawValue)"
        try Golden.expect(mail, equals: "\(name).eml")
        try Golden.expect(try decoded(mail, part: "text/plain"), equals: "\(name).txt")
        try Golden.expect(try decoded(mail, part: "text/html"), equals: "\(name).html")
    }

    @Test(arguments: Language.allCases)
    func `the mail of a test is as approved`(language: Language) throws {
        let mail = try SampleAlerts.mail(SampleAlerts.alert(kind: .test, revision: 1), language: language)
        try Golden.expect(try decoded(mail, part: "text/plain"), equals: "test.\(language.rawValue).txt")
        try Golden.expect(try decoded(mail, part: "text/html"), equals: "test.\(language.rawValue).html")
    }

    @Test(arguments: AlertKind.allCases, Language.allCases)
    func `each kind's subject and chat text is as approved`(kind: AlertKind, language: Language) throws {
        let reasons: [AlertKind: DecisionReason] = [.new: .firstFlag, .update: .growth, .confirmed: .confirmed, .ended: .ended]
        let alert = SampleAlerts.alert(
            kind: kind, revision: kind == .new || kind == .test ? 1 : 3, reason: reasons[kind] ?? .nothingNew)
        let subject = try PythonMail.read(try SampleAlerts.mail(alert, language: language)).headers["Subject"] ?? ""
        let body = try JSONSerialization.jsonObject(with: SampleAlerts.webhook(alert, language: language).body) as? [String: Any]
        let text = try #require(body?["text"] as? String)
        try Golden.expect(subject + "\n\n" + text + "\n", equals: "\(kind.rawValue.lowercased()).\(language.rawValue).short.txt")
    }

    @Test(arguments: Language.allCases)
    func `the webhook is as approved`(language: Language) throws {
        let webhook = try SampleAlerts.webhook(language: language)
        try Golden.expect(String(decoding: webhook.body, as: UTF8.self) + "\n", equals: "update.\(language.rawValue).json")
    }

    /// As Python's email package, which shares no code with ours, decodes it.
    private func decoded(_ mail: String, part: String) throws -> String {
        try #require(try PythonMail.read(mail).parts.first { $0.type == part }).text
    }
}
