/// One key: how its value is written, what counts where it is absent, and what it does. The reference is made from these.
struct SettingKey<Value: Sendable>: Sendable {
    /// From the root, such as `polling.priority`; `[]` stands for the items of a list, `NUMBER` for a volcano.
    let path: String
    let kind: ValueKind<Value>
    /// The default as it would be written; nil where there is none.
    let fallback: String?
    /// Where the default depends on other things: on what.
    let fallbackRule: String?
    let isRequired: Bool
    /// Whether the value is a list of such values.
    let isList: Bool
    let summary: String

    init(
        _ path: String, _ kind: ValueKind<Value>, default fallback: String? = nil, defaultRule fallbackRule: String? = nil,
        isRequired: Bool = false,
        isList: Bool = false, _ summary: String
    ) {
        self.path = path
        self.kind = kind
        self.fallback = fallback
        self.fallbackRule = fallbackRule
        self.isRequired = isRequired
        self.isList = isList
        self.summary = summary
    }

    /// The last part of the path: what is written before the colon.
    var name: String { path.split(separator: ".").last.map(String.init) ?? path }

    var description: KeyDescription {
        KeyDescription(
            path: path, expected: isList ? "a list; each item: " + kind.expected : kind.expected,
            fallback: fallbackRule ?? fallback.map { "`\($0)`" },
            isRequired: isRequired, summary: summary)
    }
}

/// A key as the reference shows it.
public struct KeyDescription: Hashable, Sendable {
    /// From the root, such as `polling.priority`; `[]` stands for the items of a list.
    public let path: String
    /// How the value is written: completes "expected ...".
    public let expected: String
    /// The default, in Markdown; nil where there is none.
    public let fallback: String?
    public let isRequired: Bool
    /// What it does.
    public let summary: String
}
