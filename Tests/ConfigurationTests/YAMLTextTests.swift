import Testing

@testable import Configuration

struct YAMLTextTests {
    private func errors(_ text: String) throws -> [ConfigurationProblem] {
        try #require(throws: ConfigurationErrors.self) { try YAMLText.read(text, file: "f.yaml") }.problems
    }

    @Test func `places are those of the file`() throws {
        let root = try YAMLText.read("\u{FEFF}a:\r\n  b: [1, \"x\"]\r\n", file: "f.yaml")
        let list = try #require(root["a"]?["b"])
        #expect(list.place == Place(file: "f.yaml", line: 2, column: 6))
        guard case .list(let items) = list.content else {
            Issue.record("no list")
            return
        }
        #expect(items.map(\.place.column) == [7, 10])
    }

    @Test(arguments: ["", "# a\n", "---\n", "~\n", "null"]) func `a file without content is nothing`(text: String) throws {
        guard case .nothing = try YAMLText.read(text, file: "f").content else {
            Issue.record("something")
            return
        }
    }

    @Test func `every duplicate key is found, at the later place, in one go`() throws {
        let found = try errors("a: 1\nb:\n  \"c\": 1\n  c: 2\n  c: 3\na: {x: 1, x: 2}\n")
        #expect(found.map(\.place.line).sorted() == [4, 5, 6, 6], "\(found)")
        #expect(found.filter { $0.key == "x" }.map(\.place.column) == [11], "\(found)")
        #expect(found.allSatisfy { $0.suggestion?.contains("stands in line") == true })
    }

    @Test(arguments: [
        ("a:\n\t- b\n", 2, "tabs"), ("a: b: c\n", 1, "colon"), ("a: [1\n", 2, "expected YAML"), ("a: \"x\n", 2, "expected YAML"),
        ("a: 1\n---\nb: 2\n", 2, "remove the line ---"),
        ("a: *x\n", 1, "alias"), ("a: &x 1\nb: *x\n", 1, "anchor"), ("? [a]\n: 1\n", 1, "a word as a key"),
        ("a: \u{1}\n", 0, "expected YAML"), ("<<: {a: 1}\n<<: 2\n", 2, "second time"),
    ])
    func `what is not plain YAML is refused with its line`(text: String, line: Int, fragment: String) throws {
        let found = try errors(text)
        #expect(found[0].place.line == line, "\(found)")
        #expect("\(found[0])".contains(fragment), "\(found)")
    }

    @Test func `a bomb of aliases is refused at once, also in keys`() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        var inKeys = text
        for level in 1...12 {
            let row = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(row)]\n"
            inKeys += "? &a\(level) [\(row)]\n: 1\n"
        }
        let clock = ContinuousClock()
        let start = clock.now
        #expect(try errors(text)[0].found.contains("alias"))
        #expect(try errors(inKeys)[0].found.contains("alias"))
        #expect(clock.now - start < .seconds(60))
    }

    @Test func `deep nesting and too many values are refused`() throws {
        #expect(
            try errors(String(repeating: "[", count: 500) + String(repeating: "]", count: 500)).contains { $0.found.contains("20 levels") })
        #expect(try errors(String(repeating: "[", count: 100_000)).count == 1)
        #expect(try errors("a: [" + String(repeating: "1,", count: 150_000) + "]").contains { $0.found.contains("100000 values") })
        #expect(try errors("a: " + String(repeating: "x", count: 1 << 20)).contains { $0.expected.contains("1024 KiB") })
    }

    @Test func `stars and ampersands in texts are no aliases`() throws {
        let text = "# ***** settings & more *****\n" + (0..<40).map { "k\($0): see *this* and R&D\n" }.joined()
        #expect(try YAMLText.read(text, file: "f").entries?.count == 40)
    }
}
