/// A YAML text in which keys that stand twice have been told apart.
///
/// The parser gives up at the first duplicate key. Masking the earlier of the two and parsing again finds them all, and everything
/// else that is wrong too.
struct MaskedText {
    private(set) var text: String
    /// Columns at which a line was lengthened by one mark.
    private var insertions: [Int: [Int]] = [:]
    private var masks = 0

    init(_ text: String) { self.text = text }

    /// Marks the key at this place. False if there is nothing to mark, or too much already.
    mutating func mask(line: Int, column: Int) -> Bool {
        guard masks < 50, let mark = Unicode.Scalar(UInt32(Self.firstMark + masks)) else { return false }
        var scalars = text.unicodeScalars
        var index = scalars.startIndex
        var current = 1
        while current < line, index < scalars.endIndex {
            // CR LF is one line break, as the parser counts.
            let isCR = scalars[index] == "\r"
            let next = scalars.index(after: index)
            if scalars[index] == "\n" || (isCR && (next == scalars.endIndex || scalars[next] != "\n")) { current += 1 }
            index = next
        }
        for _ in 1..<max(column, 1) where index < scalars.endIndex { index = scalars.index(after: index) }
        guard index < scalars.endIndex, !"[{?\n\r".unicodeScalars.contains(scalars[index]) else { return false }
        if scalars[index] == "\"" || scalars[index] == "'" { index = scalars.index(after: index) }
        scalars.insert(mark, at: index)
        text = String(scalars)
        masks += 1
        insertions[line, default: []].append(column)
        return true
    }

    /// The column in the text as it was.
    func column(line: Int, column: Int) -> Int {
        column - (insertions[line]?.filter { $0 < column }.count ?? 0)
    }

    static func unmasked(_ key: String) -> String {
        let marks = UInt32(firstMark)..<UInt32(firstMark + 50)
        return String(String.UnicodeScalarView(key.unicodeScalars.filter { !marks.contains($0.value) }))
    }

    /// Private use, so that no key in earnest holds it; the parser accepts it in a plain word.
    private static let firstMark = 0xF500
}
