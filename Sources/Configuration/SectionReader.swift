import Domain
import FoundationEssentials
import Volcanoes

/// Reads one mapping key by key, notes what is wrong, and at the end what nobody asked for.
final class SectionReader {
    /// Concrete path for messages, such as `receivers[observatory]`; empty at the root.
    let path: String
    /// The mapping's place, or that of what should hold it.
    let place: Place
    /// What stands where a key is missing.
    static let absent = "nothing"
    let log: ProblemLog
    let volcanoes: VolcanoList
    private let entries: [SettingEntry]
    /// False where something else than a mapping was found, and said so: then no key is missed.
    private let isMapping: Bool
    private var known: Set<String> = []

    /// - Parameter node: nil or `.nothing` for a section that is not written: every key is absent then.
    init(_ node: SettingNode?, path: String, parent: Place, log: ProblemLog, volcanoes: VolcanoList) {
        self.path = path
        self.log = log
        self.volcanoes = volcanoes
        place = node?.place ?? parent
        switch node?.content {
        case nil, .nothing: (entries, isMapping) = ([], true)
        case .mapping(let found): (entries, isMapping) = (found, true)
        case .scalar, .list:
            (entries, isMapping) = ([], false)
            log.add(place, path, found: node?.kind ?? "", expected: "a mapping, keys and values")
        }
    }

    /// The value's node; nil where it is absent or empty. Marks the key as known.
    func node(_ name: String) -> SettingNode? {
        known.insert(name)
        guard let node = entries.first(where: { $0.key == name })?.value else { return nil }
        if case .nothing = node.content { return nil }
        return node
    }

    func section(_ name: String) -> SectionReader {
        SectionReader(node(name), path: join(name), parent: place, log: log, volcanoes: volcanoes)
    }

    /// The items of a list of mappings, each with its name (or number) in the path.
    func sections(_ name: String) -> [SectionReader] {
        guard let node = node(name) else { return [] }
        guard case .list(let items) = node.content else {
            log.add(node.place, join(name), found: node.kind, expected: "a list, each item after a dash")
            return []
        }
        return items.enumerated().map { index, item in
            let label = item["name"]?.text.map { String($0.prefix(40)) } ?? String(index + 1)
            return SectionReader(item, path: "\(join(name))[\(label)]", parent: node.place, log: log, volcanoes: volcanoes)
        }
    }

    /// All keys with their values, for mappings whose keys are data.
    var all: [SettingEntry] {
        known.formUnion(entries.map(\.key))
        return entries
    }

    func place(of name: String) -> Place { entries.first { $0.key == name }?.value.place ?? place }
    func place(ofKey name: String) -> Place { entries.first { $0.key == name }?.place ?? place }
    func isWritten(_ name: String) -> Bool { entries.contains { $0.key == name } }
    func join(_ name: String) -> String { path.isEmpty ? name : path + "." + name }

    func problem(at name: String, found: String, expected: String, suggestion: String? = nil) {
        log.add(place(of: name), join(name), found: found, expected: expected, suggestion: suggestion)
    }

    func missing(_ name: String, expected: String, suggestion: String) {
        guard isMapping else { return }
        log.add(place(ofKey: name), join(name), found: Self.absent, expected: expected, suggestion: suggestion)
    }

    /// Reports the keys that were never asked for.
    /// - Parameter elsewhere: keys that would be right in another kind of this section, with the kind.
    func finish(elsewhere: [String: String] = [:]) {
        for entry in entries where !known.contains(entry.key) {
            if let kind = elsewhere[entry.key] {
                log.add(
                    entry.place, join(entry.key), found: "a key that belongs to \(kind)", expected: "only keys of this kind",
                    suggestion: "remove it")
                continue
            }
            let near = didYouMean(NearestSpelling.of(entry.key, among: known.sorted()))
            log.add(
                entry.place, join(String(entry.key.prefix(60))), found: "an unknown key",
                expected: "one of " + known.sorted().joined(separator: ", "),
                suggestion: near)
        }
    }
}

// MARK: - Values

extension SectionReader {
    /// The value or its default; where it is wrong, the default and a problem.
    func value<Value>(_ key: SettingKey<Value>) -> Value {
        if let value = optional(key) { return value }
        guard let fallback = key.fallback, let value = try? key.kind.parse(fallback, context(at: place)) else {
            preconditionFailure("the key \(key.path) has no default that can be read")
        }
        return value
    }

    /// The value; nil where it is absent or wrong, the latter with a problem.
    func optional<Value>(_ key: SettingKey<Value>) -> Value? {
        guard let node = node(key.name) else { return nil }
        return parse(node, key, path: join(key.name))
    }

    /// The value; absence is a problem too.
    func required<Value>(_ key: SettingKey<Value>) -> Value? {
        guard node(key.name) == nil else { return optional(key) }
        missing(key.name, expected: key.kind.expected, suggestion: "add the key \(key.name)")
        return nil
    }

    /// The items that are right; the others are problems. Nil where the key is absent.
    func list<Value>(_ key: SettingKey<Value>) -> [Value]? {
        guard let node = node(key.name) else { return nil }
        guard case .list(let items) = node.content else {
            let hint = node.text.map { "write [\($0)]" }
            log.add(node.place, join(key.name), found: node.kind, expected: "a list; each item: " + key.kind.expected, suggestion: hint)
            return []
        }
        return items.enumerated().compactMap { index, item in parse(item, key, path: "\(join(key.name))[\(index + 1)]") }
    }

    /// The items, or the default where the key is absent.
    func listOrDefault<Value>(_ key: SettingKey<Value>) -> [Value] {
        if let items = list(key) { return items }
        let words = (key.fallback ?? "[]").split { "[], ".contains($0) }
        return words.compactMap { word in
            guard let value = try? key.kind.parse(String(word), context(at: place)) else {
                preconditionFailure("the key \(key.path) has no default that can be read")
            }
            return value
        }
    }

    private func parse<Value>(_ node: SettingNode, _ key: SettingKey<Value>, path: String) -> Value? {
        guard let text = node.text else {
            log.add(node.place, path, found: node.kind, expected: key.kind.expected)
            return nil
        }
        do throws(Misfit) {
            return try key.kind.parse(text, context(at: node.place))
        } catch {
            log.add(node.place, path, found: text.quoted, expected: key.kind.expected, suggestion: error.suggestion)
            return nil
        }
    }

    private func context(at place: Place) -> ReadingContext {
        ReadingContext(folder: URL(fileURLWithPath: place.file).deletingLastPathComponent(), volcanoes: volcanoes)
    }
}
