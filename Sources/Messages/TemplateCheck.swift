internal import Domain

/// Reads a template's tags and compares them with the documented keys. The renderer itself prints nothing for an unknown key, so a
/// spelling mistake would show only when the alert is out.
struct TemplateCheck {
    let file: String
    /// `{{{key}}}` would put text from a catalogue into HTML as it is.
    let isHTML: Bool
    private(set) var errors: [TemplateError] = []
    private var open: [(name: String, line: Int, entries: [TemplateKey])] = []

    init(_ text: String, file: String, isHTML: Bool) {
        self.file = file
        self.isHTML = isHTML
        var rest = text[...], line = 1
        while let start = rest.firstRange(of: "{{") {
            line += rest[..<start.lowerBound].count(where: \.isNewline)
            let isTriple = rest[start.upperBound...].hasPrefix("{")
            guard let end = rest[start.upperBound...].firstRange(of: isTriple ? "}}}" : "}}") else {
                report(line, "a tag that begins with {{ has no end; close it with }}")
                break
            }
            let tag = rest[start.upperBound..<end.lowerBound]
            check(tag, line: line)
            line += tag.count(where: \.isNewline)
            rest = rest[end.upperBound...]
        }
        for section in open { report(section.line, "the section {{#\(section.name)}} is never closed; add {{/\(section.name)}}") }
    }

    private mutating func report(_ line: Int, _ message: String) { errors.append(TemplateError(file: file, line: line, message: message)) }

    private mutating func check(_ tag: Substring, line: Int) {
        let sign = tag.trimmed.first ?? " ", name = String(tag.trimmed.drop { "#^/&{".contains($0) }).trimmed
        switch sign {
        case "!": return
        case "#", "^": openSection(name, isInverted: sign == "^", line: line)
        case "/": closeSection(name, line: line)
        case ">", "<", "$", "=", "%":
            report(line, "{{\(sign)...}} is not supported here; use {{key}}, {{#key}}, {{^key}}, {{/key}} and {{! comments }}")
        default:
            if "&{".contains(sign), isHTML { report(line, "'\(name)' would not be escaped here; write {{\(name)}}") }
            guard let key = key(name, line: line) else { return }
            if key.kind != .text { report(line, "'\(name)' is not a text; use it as {{#\(name)}}...{{/\(name)}}") }
        }
    }

    private mutating func openSection(_ name: String, isInverted: Bool, line: Int) {
        var entries: [TemplateKey] = []
        if let key = key(name, line: line), case .list(let keys) = key.kind, !isInverted { entries = keys }
        open.append((name, line, entries))
    }

    private mutating func closeSection(_ name: String, line: Int) {
        guard let last = open.last else { return report(line, "{{/\(name)}} closes a section that was not opened") }
        if last.name == name {
            open.removeLast()
        } else {
            report(line, "{{/\(name)}} does not match {{#\(last.name)}} of line \(last.line)")
            if let at = open.lastIndex(where: { $0.name == name }) { open.removeSubrange(at...) }
        }
    }

    private mutating func key(_ name: String, line: Int) -> TemplateKey? {
        let known = TemplateKeys.all + open.flatMap(\.entries)
        if let key = known.first(where: { $0.name == name }) { return key }
        let owner = TemplateKeys.all.first { key in
            if case .list(let entries) = key.kind { entries.contains { $0.name == name } } else { false }
        }
        if let owner {
            report(line, "'\(name)' may only be used between {{#\(owner.name)}} and {{/\(owner.name)}}")
        } else {
            let hint =
                NearestSpelling.of(name, among: known.map(\.name)).first.map { "; did you mean '\($0)'?" } ?? "; the keys are listed in README.md"
            report(line, "unknown key '\(name)'" + hint)
        }
        return nil
    }
}
