/// Which lines of a file of priority volcanoes belong to which entry.
struct PriorityListLayout {
    /// With their ends; joined they are the text.
    let lines: [String]
    /// Lines of each entry, from its dash to the last line of its content; comments and empty lines after that are not included.
    let entries: [Range<Int>]
    /// Spaces before each dash.
    let indent: Int
    /// Where a further entry goes: the end, or the line that ends the document.
    let end: Int
    let lineEnding: String

    /// Nil where entries cannot be told apart by lines: in flow style, or two on one line.
    init?(_ text: String, _ root: SettingNode) {
        let lines = Self.lines(of: text)
        self.lines = lines
        lineEnding = lines.first?.hasSuffix("\r\n") == true ? "\r\n" : "\n"
        let marker = lines.lastIndex { $0.hasPrefix("...") }
        end = marker ?? lines.count
        guard case .list(let items) = root.content, !items.isEmpty else {
            // Comments only; a list without items is written [], and nothing can stand after that.
            guard case .nothing = root.content else { return nil }
            (entries, indent) = ([], 0)
            return
        }
        indent = root.place.column - 1
        guard let starts = Self.starts(lines, items, first: root.place.line - 1, indent: indent) else { return nil }
        let indent = indent
        let end = end
        entries = starts.enumerated().map { index, start in
            let limit = index + 1 < starts.count ? starts[index + 1] : max(end, start + 1)
            return start..<Self.contentEnd(lines, start, limit, indent: indent)
        }
    }

    /// The line of each item's dash; nil where an item has none of its own.
    private static func starts(_ lines: [String], _ items: [SettingNode], first: Int, indent: Int) -> [Int]? {
        var starts: [Int] = []
        for item in items {
            var line = item.place.line - 1
            let earliest = starts.last.map { $0 + 1 } ?? first
            guard line < lines.count else { return nil }
            while line >= earliest, !isDash(lines[line], indent: indent) { line -= 1 }
            guard line >= earliest else { return nil }
            starts.append(line)
        }
        return starts
    }

    private static func isDash(_ line: String, indent: Int) -> Bool {
        let bytes = Array(line.utf8.prefix(indent + 2))
        guard bytes.count > indent, bytes[..<indent].allSatisfy({ $0 == UInt8(ascii: " ") }), bytes[indent] == UInt8(ascii: "-") else {
            return false
        }
        return bytes.count == indent + 1 || [32, 9, 10, 13].contains(bytes[indent + 1])
    }

    /// Empty lines, and comments that stand no deeper than the dash, belong to what follows.
    private static func contentEnd(_ lines: [String], _ start: Int, _ limit: Int, indent: Int) -> Int {
        var end = limit
        while end > start + 1 {
            let line = lines[end - 1]
            let depth = line.prefix { $0 == " " }.count
            let isBlank = line.allSatisfy(\.isWhitespace)
            guard isBlank || (depth <= indent && line.dropFirst(depth).hasPrefix("#")) else { break }
            end -= 1
        }
        return end
    }

    private static func lines(of text: String) -> [String] {
        var lines: [String] = []
        var line = ""
        for character in text {
            line.append(character)
            if character == "\n" || character == "\r\n" || character == "\r" {
                lines.append(line)
                line = ""
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
