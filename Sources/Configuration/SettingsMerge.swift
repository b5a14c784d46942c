/// Lays one file over another: the later wins key by key, lists replace lists, and named lists merge by name.
struct SettingsMerge {
    /// Lists whose items have names: an item of a known name is laid over that one, another is added.
    static let namedLists: Set<String> = ["catalogues", "receivers"]

    static func lay(_ later: SettingNode, over earlier: SettingNode, key: String = "") -> SettingNode {
        switch (earlier.content, later.content) {
        case (.mapping(let old), .mapping(let new)) where !isSecret(new):
            return SettingNode(content: .mapping(merge(old, new)), place: later.place)
        case (.list(let old), .list(let new)) where namedLists.contains(key):
            return SettingNode(content: .list(mergeByName(old, new)), place: later.place)
        default: return later
        }
    }

    private static func merge(_ old: [SettingEntry], _ new: [SettingEntry]) -> [SettingEntry] {
        var entries = old
        for entry in new {
            if let index = entries.firstIndex(where: { $0.key == entry.key }) {
                let value = lay(entry.value, over: entries[index].value, key: entry.key)
                entries[index] = SettingEntry(key: entry.key, place: entry.place, value: value)
            } else {
                entries.append(entry)
            }
        }
        return entries
    }

    /// Only the first item of a name is laid under: the same name twice in one file stays twice, and is an error later.
    private static func mergeByName(_ old: [SettingNode], _ new: [SettingNode]) -> [SettingNode] {
        var items = old
        var free = Set(old.indices)
        for item in new {
            if let name = item["name"]?.text, let index = free.first(where: { old[$0]["name"]?.text == name }) {
                free.remove(index)
                items[index] = lay(item, over: old[index])
            } else {
                items.append(item)
            }
        }
        return items
    }

    /// `{credential: ...}` laid over `{file: ...}` replaces it.
    private static func isSecret(_ entries: [SettingEntry]) -> Bool {
        entries.contains { $0.key == "credential" || $0.key == "file" }
    }
}
