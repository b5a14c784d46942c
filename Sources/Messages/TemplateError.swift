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
