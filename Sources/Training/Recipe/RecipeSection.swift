import Domain
import FoundationEssentials

/// Reads one mapping of a recipe key by key, notes what does not fit, and at the end what nobody asked for.
final class RecipeSection {
    let path: String
    let place: RecipePlace
    let problems: RecipeProblems
    /// Relative paths start here.
    let folder: URL
    private let entries: [(key: String, place: RecipePlace, value: RecipeNode)]
    private var known: Set<String> = []

    /// - Parameter node: nil where the section is not written: every key has its default then.
    init(_ node: RecipeNode?, path: String, parent: RecipePlace, problems: RecipeProblems, folder: URL) {
        self.path = path
        self.problems = problems
        self.folder = folder
        place = node?.place ?? parent
        switch node?.content {
        case nil, .nothing: entries = []
        case .mapping(let found): entries = found
        case .scalar, .list:
            entries = []
            problems.add(place, path, found: node?.kind ?? "", expected: "a mapping, keys and values")
        }
    }

    func node(_ name: String) -> RecipeNode? {
        known.insert(name)
        guard let node = entries.first(where: { $0.key == name })?.value else { return nil }
        if case .nothing = node.content { return nil }
        return node
    }

    func has(_ name: String) -> Bool { node(name) != nil }
    func join(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func problem(_ name: String, found: String? = nil, expected: String, suggestion: String? = nil) {
        let place = entries.first { $0.key == name }?.value.place ?? place
        problems.add(place, join(name), found: found ?? node(name)?.kind ?? "nothing", expected: expected, suggestion: suggestion)
    }

    func section(_ name: String) -> RecipeSection {
        RecipeSection(node(name), path: join(name), parent: place, problems: problems, folder: folder)
    }

    /// The items of a list, each with its number (from 1) in the path.
    func sections(_ name: String) -> [RecipeSection] {
        guard let node = node(name) else { return [] }
        guard case .list(let items) = node.content else {
            problem(name, expected: "a list, each item after a dash")
            return []
        }
        return items.enumerated().map { index, item in
            RecipeSection(item, path: "\(join(name))[\(index + 1)]", parent: node.place, problems: problems, folder: folder)
        }
    }

    /// A mapping whose keys are data.
    func numbers(_ name: String, in range: ClosedRange<Double>) -> [String: Double] {
        guard let node = node(name) else { return [:] }
        guard case .mapping(let pairs) = node.content else {
            problem(name, expected: "a mapping, keys and numbers")
            return [:]
        }
        let inner = RecipeSection(node, path: join(name), parent: place, problems: problems, folder: folder)
        return Dictionary(pairs.map { ($0.key, inner.number($0.key, 1, in: range)) }) { first, _ in first }
    }

    /// Reports the keys that were never asked for.
    func finish() {
        for entry in entries where !known.contains(entry.key) {
            let near = NearestSpelling.of(entry.key, among: known.sorted())
            problems.add(
                entry.place, join(String(entry.key.prefix(60))), found: "an unknown key",
                expected: "one of " + known.sorted().joined(separator: ", "),
                suggestion: near.first.map { "did you mean \($0)?" })
        }
    }
}

// MARK: - Values

extension RecipeSection {
    func text(_ name: String, upTo longest: Int = 200) -> String? {
        guard let node = node(name) else { return nil }
        if case .scalar(let text) = node.content, text.count <= longest, !text.contains(where: \.isNewline) { return text }
        problem(name, expected: "one line of text, at most \(longest) characters")
        return nil
    }

    func number(_ name: String, _ fallback: Double, in range: ClosedRange<Double>) -> Double {
        optionalNumber(name, in: range) ?? fallback
    }

    /// A number in decimal or scientific notation, or a percentage.
    func optionalNumber(_ name: String, in range: ClosedRange<Double>) -> Double? {
        guard let node = node(name) else { return nil }
        guard case .scalar(let text) = node.content, let value = Self.parse(text), range.contains(value) else {
            problem(name, expected: "a number, \(plain(range.lowerBound)) to \(plain(range.upperBound))")
            return nil
        }
        return value
    }

    func whole(_ name: String, _ fallback: Int, in range: ClosedRange<Int>) -> Int {
        guard let node = node(name) else { return fallback }
        guard case .scalar(let text) = node.content, let value = Int(text.replacing("_", with: "")), range.contains(value) else {
            problem(name, expected: "a whole number, \(range.lowerBound) to \(range.upperBound)")
            return fallback
        }
        return value
    }

    func yesOrNo(_ name: String, _ fallback: Bool) -> Bool {
        guard let node = node(name) else { return fallback }
        if case .scalar(let text) = node.content {
            if ["true", "yes"].contains(text.lowercased()) { return true }
            if ["false", "no"].contains(text.lowercased()) { return false }
        }
        problem(name, expected: "true or false")
        return fallback
    }

    func word<Value: RawRepresentable & CaseIterable>(_ name: String, _ fallback: Value) -> Value where Value.RawValue == String {
        guard let node = node(name) else { return fallback }
        let words = Value.allCases.map(\.rawValue)
        guard case .scalar(let text) = node.content, let value = Value(rawValue: text) else {
            let near = if case .scalar(let text) = node.content { NearestSpelling.of(text, among: words).first } else { String?.none }
            problem(name, expected: "one of " + words.joined(separator: ", "), suggestion: near.map { "did you mean \($0)?" })
            return fallback
        }
        return value
    }

    func texts(_ name: String) -> [String] {
        guard let node = node(name) else { return [] }
        guard case .list(let items) = node.content else {
            problem(name, expected: "a list of texts, such as [a, b]")
            return []
        }
        return items.compactMap { item in
            if case .scalar(let text) = item.content { return text }
            problems.add(item.place, join(name), found: item.kind, expected: "a text")
            return nil
        }
    }

    func numberList(_ name: String, _ fallback: [Double], in range: ClosedRange<Double>, count: ClosedRange<Int>) -> [Double] {
        guard let node = node(name) else { return fallback }
        let items = if case .list(let items) = node.content { items } else { [RecipeNode]() }
        let values = items.map { item in if case .scalar(let text) = item.content { Self.parse(text) } else { Double?.none } }
        guard count.contains(values.count), values.allSatisfy({ $0.map(range.contains) == true }) else {
            problem(
                name,
                expected:
                    "a list of \(count.lowerBound == count.upperBound ? "" : "\(count.lowerBound) to ")\(count.upperBound) numbers, \(plain(range.lowerBound)) to \(plain(range.upperBound))"
            )
            return fallback
        }
        return values.compactMap(\.self)
    }

    /// Two numbers, the smaller first.
    func range(_ name: String, _ fallback: ClosedRange<Double>, in limits: ClosedRange<Double>) -> ClosedRange<Double> {
        let ends = numberList(name, [fallback.lowerBound, fallback.upperBound], in: limits, count: 2...2)
        guard ends[0] <= ends[1] else {
            problem(name, expected: "the smaller number first")
            return fallback
        }
        return ends[0]...ends[1]
    }

    func file(_ name: String) -> URL? { text(name, upTo: 4000).map(file(at:)) }
    /// One path or a list of them.
    func files(_ name: String) -> [URL] {
        if case .scalar? = node(name)?.content { return file(name).map { [$0] } ?? [] }
        return texts(name).map(file(at:))
    }

    private func file(at path: String) -> URL {
        path.hasPrefix("/") ? URL(fileURLWithPath: path) : folder.appending(path: path).standardizedFileURL
    }

    static func parse(_ text: String) -> Double? {
        guard let first = text.utf8.first, !text.lowercased().contains("x"), first != UInt8(ascii: "+") else { return nil }
        if text.hasSuffix("%") { return Double(text.dropLast().filter { $0 != " " }).map { $0 / 100 } }
        return Double(text.replacing("_", with: "")).flatMap { $0.isFinite ? $0 : nil }
    }

    private func plain(_ value: Double) -> String { value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value) }
}
