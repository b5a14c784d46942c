import Domain
import Yams

/// YAML, made safe to walk: bounded in size, depth and number of nodes, without aliases, every duplicate key found.
enum YAMLText {
    /// - Returns: `.nothing` for a file with comments only.
    static func read(_ text: String, file: String) throws(ConfigurationErrors) -> SettingNode {
        let log = ProblemLog()
        guard let node = read(text, file: file, log: log), log.problems.isEmpty else {
            throw ConfigurationErrors(log.sorted(files: [file]))
        }
        return node
    }

    /// - Returns: what can be read in spite of the problems noted, so that the rest can be checked too; nil where nothing can.
    static func read(_ original: String, file: String, log: ProblemLog) -> SettingNode? {
        var text = original
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        guard text.utf8.count <= largestSettingsFile else {
            log.add(
                Place(file: file, line: 0, column: 0), "", found: "\(text.utf8.count) bytes",
                expected: "at most \(largestSettingsFile / 1024) KiB")
            return nil
        }
        guard !looksLikeAliasBomb(text) else {
            log.add([aliasProblem(Place(file: file, line: 0, column: 0))])
            return nil
        }
        var masked = MaskedText(text)
        while true {
            do {
                let parser = try Parser(yaml: masked.text, encoding: .utf8)
                let root = try parser.singleRoot()
                var walk = Walk(file: file, masked: masked)
                // Nodes hold their anchors weakly; the parser owns them.
                let node = withExtendedLifetime(parser) { root.map { walk.node($0, depth: 0) } }
                log.add(walk.problems)
                if walk.isCutShort { return nil }
                return node ?? SettingNode(content: .nothing, place: Place(file: file, line: 1, column: 1))
            } catch YamlError.duplicatedKeysInMapping(_, let context)
                where masked.mask(line: context.mark.line, column: context.mark.column)
            {
                continue
            } catch {
                log.add([syntaxProblem(error, file: file)])
                return nil
            }
        }
    }

    /// A few short anchors can stand for millions of nodes, and the parser compares them already. Without an anchor there is no
    /// alias; with a handful of aliases the growth is bounded, and the walk refuses them.
    private static func looksLikeAliasBomb(_ text: String) -> Bool {
        var anchors = 0
        var aliases = 0
        var previous: UInt8 = 10
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            let next = index + 1 < bytes.count ? bytes[index + 1] : 10
            if !isNameByte(previous), isNameByte(next) {
                if byte == UInt8(ascii: "&") { anchors += 1 }
                if byte == UInt8(ascii: "*") { aliases += 1 }
            }
            previous = byte
        }
        return anchors > 0 && aliases > 20
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte.isLetterOrDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte >= 128
    }

    fileprivate static func aliasProblem(_ place: Place) -> ConfigurationProblem {
        ConfigurationProblem(
            place: place, key: "", found: "an anchor (&name) or alias (*name)", expected: "plain values",
            suggestion: "write the value out; put a text that begins with & or * in quotes")
    }

    private static func syntaxProblem(_ error: any Error, file: String) -> ConfigurationProblem {
        var place = Place(file: file, line: 0, column: 0)
        var found = "\(error)"
        var suggestion: String?
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            place = Place(file: file, line: mark.line, column: mark.column)
            found = problem
            if problem.contains("cannot start any token") {
                suggestion = "YAML is indented with spaces, not tabs; a text that begins with a special sign needs quotes"
            } else if problem.contains("mapping values are not allowed") {
                suggestion = "is a text with a colon without quotes, or a line indented too far?"
            } else if problem.contains("another document") {
                suggestion = "remove the line ---"
            }
        case .reader(let problem, _, _, _): found = problem
        case .duplicatedKeysInMapping(let keys, let context):
            place = Place(file: file, line: context.mark.line, column: context.mark.column)
            found = "the key \(keys.first.map(\.quoted) ?? "") twice"
        default: break
        }
        return ConfigurationProblem(place: place, key: "", found: "\(found)", expected: "YAML", suggestion: suggestion)
    }
}

/// Turns the parser's nodes into ours, and stops where they are too many or too deep.
private struct Walk {
    let file: String
    let masked: MaskedText
    var problems: [ConfigurationProblem] = []
    /// There is more than was walked.
    private(set) var isCutShort = false
    private var count = 0

    init(file: String, masked: MaskedText) {
        self.file = file
        self.masked = masked
    }

    mutating func node(_ node: Node, depth: Int) -> SettingNode {
        let place = place(of: node)
        count += 1
        guard count <= 100_000, depth <= 20 else {
            if !isCutShort {
                let found = depth > 20 ? "more than 20 levels" : "more than 100000 values"
                problems.append(ConfigurationProblem(place: place, key: "", found: found, expected: "a file of settings"))
            }
            isCutShort = true
            return SettingNode(content: .nothing, place: place)
        }
        if node.anchor != nil { problems.append(YAMLText.aliasProblem(place)) }
        switch node {
        case .scalar(let scalar): return SettingNode(content: Self.content(scalar), place: place)
        case .sequence(let items):
            return SettingNode(content: .list(items.map { self.node($0, depth: depth + 1) }), place: place)
        case .mapping(let pairs): return mapping(pairs, place: place, depth: depth)
        case .alias:
            problems.append(YAMLText.aliasProblem(place))
            return SettingNode(content: .nothing, place: place)
        }
    }

    private mutating func mapping(_ pairs: Node.Mapping, place: Place, depth: Int) -> SettingNode {
        var entries: [SettingEntry] = []
        var first: [String: Place] = [:]
        for (keyNode, valueNode) in pairs {
            let keyPlace = self.place(of: keyNode)
            guard case .scalar(let scalar) = keyNode else {
                problems.append(
                    ConfigurationProblem(place: keyPlace, key: "", found: "a list or mapping as a key", expected: "a word as a key"))
                continue
            }
            let key = MaskedText.unmasked(scalar.string)
            let value = node(valueNode, depth: depth + 1)
            if let earlier = first[key] {
                problems.append(
                    ConfigurationProblem(
                        place: keyPlace, key: key, found: "the same key a second time", expected: "each key once",
                        suggestion: "it stands in line \(earlier.line) already"))
                continue
            }
            first[key] = keyPlace
            entries.append(SettingEntry(key: key, place: keyPlace, value: value))
        }
        return SettingNode(content: .mapping(entries), place: place)
    }

    private func place(of node: Node) -> Place {
        let (line, column) = (node.mark?.line ?? 1, node.mark?.column ?? 1)
        return Place(file: file, line: line, column: masked.column(line: line, column: column))
    }

    private static func content(_ scalar: Node.Scalar) -> SettingNode.Content {
        let isNothing = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
        return isNothing ? .nothing : .scalar(scalar.string)
    }
}
