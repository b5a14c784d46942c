import Domain
import Foundation
import Messages
import Testing

@Suite("Webhooks")
struct WebhookTests {
    @Test func `python's hmac agrees with the signature`() throws {
        let webhook = try SampleAlerts.webhook()
        let headers = Dictionary(uniqueKeysWithValues: webhook.headers.map { ($0.name, $0.value) })
        let script = """
            import sys, hmac, hashlib, base64
            secret, id, at, signature = sys.argv[1:]
            key = base64.b64decode(secret.removeprefix("whsec_"))
            ours = base64.b64encode(hmac.new(key, f"{id}.{at}.".encode() + sys.stdin.buffer.read(), hashlib.sha256).digest()).decode()
            print("good" if hmac.compare_digest("v1," + ours, signature) else "bad " + ours)
            """
        let arguments = try ["webhook-id", "webhook-timestamp", "webhook-signature"].map { try #require(headers[$0]) }
        let answer = try Python.run(script, input: webhook.body, arguments: [SampleAlerts.secretText] + arguments)
        #expect(String(decoding: answer, as: UTF8.self) == "good\n")
        let forged = try Python.run(script, input: webhook.body + Data(" ".utf8), arguments: [SampleAlerts.secretText] + arguments)
        #expect(String(decoding: forged, as: UTF8.self).hasPrefix("bad "))
    }

    /// P3
    @Test func `another attempt keeps id and body and signs its own time`() throws {
        let (first, second) = (try SampleAlerts.webhook(at: 1_707_903_100), try SampleAlerts.webhook(at: 1_707_903_160))
        #expect(first.body == second.body)
        #expect(first.headers[1].value == second.headers[1].value)
        #expect(first.headers[2].value == "1707903100" && second.headers[2].value == "1707903160")
        #expect(first.headers[3].value != second.headers[3].value)
    }

    @Test(arguments: Language.allCases, AlertKind.allCases)
    func `every body fits the schema`(language: Language, kind: AlertKind) throws {
        let schema = try SchemaCheck(SampleAlerts.templateFolder.appending(path: "webhook.schema.json"))
        let link = WebhookPicture.link(URL(string: "https://example.org/p.png")!, alternativeText: "Maps")
        for full in [true, false] {
            for picture in [WebhookPicture.none, .inline(SampleAlerts.picture), link] {
                let webhook = try SampleAlerts.webhook(SampleAlerts.alert(kind: kind, full: full), language: language, picture: picture)
                #expect(try schema.mistakes(in: webhook.body) == [])
            }
        }
    }

    @Test func `the schema check finds what is wrong`() throws {
        let schema = try SchemaCheck(SampleAlerts.templateFolder.appending(path: "webhook.schema.json"))
        let body = String(decoding: try SampleAlerts.webhook().body, as: UTF8.self)
        #expect(try schema.mistakes(in: Data(body.replacing("\"p_max\":0.9731", with: "\"p_max\":1.9731").utf8)) == ["data.finding.p_max"])
        #expect(try schema.mistakes(in: Data(body.replacing("\"kind\":\"UPDATE\"", with: "\"kind\":\"VONA\"").utf8)) == ["data.alert.kind"])
        #expect(
            try schema.mistakes(in: Data(body.replacing("\"span_days\"", with: "\"span\"").utf8)) == [
                "data.observation.span", "data.observation.span_days",
            ])
    }

    @Test func `a picture is there as the receiver wants it`() throws {
        func picture(_ picture: WebhookPicture) throws -> [String: Any]? {
            let body = try JSONSerialization.jsonObject(with: SampleAlerts.webhook(picture: picture).body) as? [String: Any]
            return (body?["data"] as? [String: Any])?["picture"] as? [String: Any]
        }
        #expect(try picture(.none) == nil)
        let inline = try #require(try picture(.inline(SampleAlerts.picture)))
        #expect(Data(base64Encoded: inline["base64"] as? String ?? "") == SampleAlerts.picture.png)
        #expect(try picture(.link(URL(string: "https://example.org/a.png")!, alternativeText: "x"))?["url"] as? String == "https://example.org/a.png")
    }

    @Test(arguments: [
        "", "whsec_", "secret", "whsec_!!!", "whsec_" + Data(count: 23).base64EncodedString(), "whsec_" + Data(count: 65).base64EncodedString(),
    ])
    func `a secret that is none is refused without being told`(text: String) {
        let error = #expect(throws: WebhookSecret.Invalid.self) { try WebhookSecret(text) }
        #expect(text.count < 7 || error?.description.contains(text.dropFirst(6)) == false)
    }

    @Test func `a secret does not print itself`() throws {
        let secret = try WebhookSecret(SampleAlerts.secretText + "\n")
        #expect("\(secret)\(String(reflecting: secret))" == "whsec_(hidden)whsec_(hidden)")
    }

    @Test func `the id names neither receiver nor address`() throws {
        let id = try SampleAlerts.webhook().headers[1].value
        #expect(id.wholeMatch(of: /msg_[0-9a-f]{16}/) != nil)
    }
}

/// As much of JSON Schema as webhook.schema.json uses. Stricter in one thing: a field that the schema does not describe is a mistake.
struct SchemaCheck {
    private let schema: [String: Any]

    init(_ file: URL) throws {
        schema = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    }

    /// - Returns: the paths of what does not fit.
    func mistakes(in body: Data) throws -> [String] {
        let object = try JSONSerialization.jsonObject(with: body)
        return check(object, schema, "").sorted()
    }

    private func check(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        var wrong: [String] = []
        func require(_ condition: Bool) { if !condition { wrong.append(path) } }
        let number = value as? Double, text = value as? String
        switch schema["type"] as? String {
        case "object":
            guard let object = value as? [String: Any] else { return [path] }
            return wrong + members(object, schema, path)
        case "array":
            guard let array = value as? [Any] else { return [path] }
            return array.enumerated().flatMap { check($1, schema["items"] as? [String: Any] ?? [:], "\(path)[\($0)]") }
        case "string": require(text != nil)
        case "number": require(number != nil && text == nil)
        case "integer": require(number.map { $0 == $0.rounded() } == true)
        case "boolean": require(value is Bool)
        default: require(schema["const"].map { "\($0)" == "\(value)" } == true)
        }
        if let choices = schema["enum"] as? [String] { require(text.map(choices.contains) == true) }
        if let low = schema["minimum"] as? Double { require(number.map { $0 >= low } == true) }
        if let high = schema["maximum"] as? Double { require(number.map { $0 <= high } == true) }
        if let pattern = schema["pattern"] as? String { require(text?.range(of: pattern, options: .regularExpression) != nil) }
        return wrong
    }

    private func members(_ object: [String: Any], _ schema: [String: Any], _ path: String) -> [String] {
        let known = schema["properties"] as? [String: [String: Any]] ?? [:], others = schema["additionalProperties"] as? [String: Any]
        let missing = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }.map { join(path, $0) }
        let choices = schema["oneOf"] as? [[String: [String]]] ?? []
        let fitting = choices.filter { choice in choice["required"]?.allSatisfy { object[$0] != nil } == true }
        return missing + (choices.isEmpty || fitting.count == 1 ? [] : [path])
            + object.flatMap { name, value in
                (known[name] ?? others).map { check(value, $0, join(path, name)) } ?? [join(path, name)]
            }
    }

    private func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : path + "." + name }
}
