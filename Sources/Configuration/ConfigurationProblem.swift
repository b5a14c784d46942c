internal import Domain

/// Where something stands in a file.
public struct Place: Hashable, Sendable, Codable, CustomStringConvertible {
    public let file: String
    /// From 1; 0 where the file as a whole is meant.
    public let line: Int
    /// From 1; 0 where the line as a whole is meant.
    public let column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`, as editors and compilers write it.
    public var description: String {
        line == 0 ? file : column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
    }
}

/// One thing that is wrong in a file, with all an operator needs to mend it.
public struct ConfigurationProblem: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    public let place: Place
    /// The key's whole path, such as `polling.priority`; empty where the file as a whole is meant.
    public let key: String
    /// What stands there. Never the text of a secret.
    public let found: String
    /// What should stand there.
    public let expected: String
    /// What was perhaps meant, or how to mend it.
    public let suggestion: String?

    public init(place: Place, key: String, found: String, expected: String, suggestion: String? = nil) {
        self.place = place
        self.key = key.onOneLine()
        self.found = found.onOneLine()
        self.expected = expected
        self.suggestion = suggestion.map { $0.onOneLine() }
    }

    public var description: String {
        let subject = key.isEmpty ? "" : "\(key): "
        return "\(place): \(subject)found \(found); expected \(expected)" + (suggestion.map { "; \($0)" } ?? "")
    }
}

/// Everything that is wrong, so that one look mends it all.
public struct ConfigurationErrors: Error, Hashable, Sendable, CustomStringConvertible {
    /// By file as they are read, then by line.
    public let problems: [ConfigurationProblem]

    public init(_ problems: [ConfigurationProblem]) { self.problems = problems }

    public var description: String {
        let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        return (["\(count):"] + problems.map { "  \($0)" }).joined(separator: "\n")
    }
}

/// Collects problems while a file is read to its end.
final class ProblemLog {
    private(set) var problems: [ConfigurationProblem] = []

    func add(_ place: Place, _ key: String, found: String, expected: String, suggestion: String? = nil) {
        problems.append(ConfigurationProblem(place: place, key: key, found: found, expected: expected, suggestion: suggestion))
    }

    func add(_ more: [ConfigurationProblem]) { problems += more }

    /// In the order in which an editor goes through them.
    func sorted(files: [String]) -> [ConfigurationProblem] {
        let order = Dictionary(files.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        func rank(_ place: Place) -> (Int, Int, Int) { (order[place.file] ?? files.count, place.line, place.column) }
        let indexed = problems.enumerated().sorted { a, b in
            let (x, y) = (rank(a.element.place), rank(b.element.place))
            return x == y ? a.offset < b.offset : x < y
        }
        var seen: Set<ConfigurationProblem> = []
        return indexed.map(\.element).filter { seen.insert($0).inserted }
    }
}
