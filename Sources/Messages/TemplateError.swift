/// One mistake in the templates.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Below the templates' folder: `es/body.html.mustache`.
    public let file: String
    /// From 1; nil where the mistake is the file itself.
    public let line: Int?
    /// What is wrong and what to do.
    public let message: String

    public var description: String { line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)" }
}

/// All mistakes in a folder of templates, by file and line.
public struct TemplateErrors: Error, Hashable, Sendable, CustomStringConvertible {
    public let errors: [TemplateError]

    public var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// The known name that is nearest to a wrong one, if any is near: at most a third of its letters changed.
func nearest(to wrong: String, among known: some Sequence<String>) -> String? {
    let best = known.map { (name: $0, steps: editDistance(wrong, $0)) }.min { ($0.steps, $0.name) < ($1.steps, $1.name) }
    guard let best, best.steps * 3 <= max(wrong.count, best.name.count) else { return nil }
    return best.name
}

/// Levenshtein's distance.
private func editDistance(_ a: String, _ b: String) -> Int {
    let b = Array(b)
    var row = Array(0...b.count)
    for (i, character) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for j in b.indices {
            let replaced = diagonal + (character == b[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
        }
    }
    return row[b.count]
}
