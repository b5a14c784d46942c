import Domain

/// A YAML value with its place. Anchors, aliases and tags have been refused before it is made.
struct SettingNode: Sendable {
    enum Content: Sendable {
        /// Nothing after the colon, `~` or `null`.
        case nothing
        case scalar(String)
        case list([SettingNode])
        case mapping([SettingEntry])
    }

    let content: Content
    let place: Place

    var entries: [SettingEntry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    subscript(key: String) -> SettingNode? { entries?.first { $0.key == key }?.value }

    /// The text of a scalar.
    var text: String? {
        if case .scalar(let text) = content { text } else { nil }
    }

    /// What it is, for a message.
    var kind: String {
        switch content {
        case .nothing: "nothing"
        case .scalar(let text): text.quoted
        case .list(let items): items.isEmpty ? "an empty list" : "a list of \(items.count)"
        case .mapping(let entries):
            entries.isEmpty ? "an empty mapping" : "a mapping with the keys " + entries.prefix(4).map(\.key).joined(separator: ", ")
        }
    }
}

struct SettingEntry: Sendable {
    let key: String
    let place: Place
    let value: SettingNode
}
