/// One thing that is wrong in a recipe, and where.
public struct RecipeProblem: Hashable, Sendable, CustomStringConvertible {
    /// From 1; 0 where no line can be named.
    public let line: Int
    public let column: Int
    /// The path of the key: `data[2].folder`.
    public let key: String
    public let found: String
    public let expected: String
    public let suggestion: String?

    public var description: String {
        let place = line > 0 ? "line \(line), column \(column): " : ""
        let name = key.isEmpty ? "" : "\(key): "
        return "\(place)\(name)found \(found), expected \(expected)" + (suggestion.map { "; \($0)" } ?? "")
    }
}

/// A recipe that cannot be followed: everything that is wrong, in the file's order.
public struct RecipeError: Error, Sendable, CustomStringConvertible {
    public let file: String
    public let problems: [RecipeProblem]

    public var description: String {
        let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        return (["the recipe \(file) has \(count):"] + problems.map { "  \($0)" }).joined(separator: "\n")
    }
}

/// Collects problems while a recipe is read to its end.
final class RecipeProblems {
    private(set) var all: [RecipeProblem] = []

    func add(_ place: RecipePlace, _ key: String, found: String, expected: String, suggestion: String? = nil) {
        all.append(RecipeProblem(line: place.line, column: place.column, key: key, found: found, expected: expected, suggestion: suggestion))
    }

    var sorted: [RecipeProblem] { all.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element) }
}

struct RecipePlace: Hashable, Sendable {
    let line: Int
    let column: Int
}
