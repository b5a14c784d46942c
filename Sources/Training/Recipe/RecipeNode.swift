import Yams

/// A YAML value with its place, without anchors and aliases.
struct RecipeNode {
    enum Content {
        case nothing
        case scalar(String)
        case list([RecipeNode])
        case mapping([(key: String, place: RecipePlace, value: RecipeNode)])
    }

    let content: Content
    let place: RecipePlace
    /// The value as the parser has it.
    let yaml: Node

    var kind: String {
        switch content {
        case .nothing: "nothing"
        case .scalar(let text): "\"\(text.prefix(60))\""
        case .list(let items): "a list of \(items.count)"
        case .mapping(let entries): "a mapping with the keys " + entries.prefix(4).map(\.key).joined(separator: ", ")
        }
    }

    /// 256 KiB: recipes are small, and what is larger is something else.
    static let limit = 256 << 10

    /// - Throws: `RecipeError` where the text is no YAML, or has keys twice, anchors or aliases.
    static func read(_ text: String, file: String) throws(RecipeError) -> RecipeNode {
        func refuse(_ found: String, _ place: RecipePlace = RecipePlace(line: 0, column: 0), expected: String = "YAML") -> RecipeError {
            RecipeError(
                file: file,
                problems: [RecipeProblem(line: place.line, column: place.column, key: "", found: found, expected: expected, suggestion: nil)])
        }
        guard text.utf8.count <= limit else { throw refuse("\(text.utf8.count) bytes", expected: "at most \(limit >> 10) KiB") }
        // A few anchors can stand for millions of values, which the parser would make; without "*" there is no alias.
        guard !text.contains("&") || !text.contains("*") else { throw refuse("an anchor (&name) and an alias (*name)", expected: "plain values") }
        do {
            let parser = try Parser(yaml: text)
            guard let root = try parser.singleRoot() else { throw refuse("an empty file", expected: "a recipe") }
            return node(root)
        } catch let error as RecipeError {
            throw error
        } catch let error as YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
                throw refuse(problem, RecipePlace(line: mark.line, column: mark.column))
            case .duplicatedKeysInMapping(let keys, let context):
                throw refuse(
                    "the key \"\(keys.first.map { "\($0)" } ?? "")\" twice", RecipePlace(line: context.mark.line, column: context.mark.column),
                    expected: "each key once")
            default: throw refuse("\(error)")
            }
        } catch { throw refuse("\(error)") }
    }

    private static func node(_ node: Node) -> RecipeNode {
        let place = RecipePlace(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        switch node {
        case .scalar(let scalar):
            let isNothing = scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
            return RecipeNode(content: isNothing ? .nothing : .scalar(scalar.string), place: place, yaml: node)
        case .sequence(let items): return RecipeNode(content: .list(items.map { self.node($0) }), place: place, yaml: node)
        case .mapping(let pairs):
            let entries = pairs.map { key, value in
                (key: key.string ?? "?", place: RecipePlace(line: key.mark?.line ?? 1, column: key.mark?.column ?? 1), value: self.node(value))
            }
            return RecipeNode(content: .mapping(entries), place: place, yaml: node)
        case .alias: return RecipeNode(content: .nothing, place: place, yaml: node)
        }
    }
}
