/// Plain columns for a terminal: left-aligned text, right-aligned numbers, two spaces between.
struct Table {
    enum Alignment { case left, right }

    private let headings: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    init(_ columns: [(heading: String, alignment: Alignment)]) {
        headings = columns.map(\.heading)
        alignments = columns.map(\.alignment)
    }

    mutating func add(_ cells: [String]) {
        precondition(cells.count == headings.count, "a row has one cell a column")
        rows.append(cells.map(printable))
    }

    var isEmpty: Bool { rows.isEmpty }

    /// - Parameter width: columns of the terminal: the last column gives way, down to 12. Nil: nothing is cut, as files and pipes want it.
    func render(width: Int? = nil) -> String {
        var widths = headings.indices.map { column in ([headings] + rows).map { $0[column].count }.max() ?? 0 }
        let last = widths.count - 1
        if let width { widths[last] = min(widths[last], max(12, width - widths.dropLast().reduce(0) { $0 + $1 + 2 })) }
        return ([headings] + rows).map { row in
            let line = row.indices.map { column in
                let cell = row[column].count > widths[column] ? row[column].prefix(widths[column] - 1) + "…" : row[column][...]
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return alignments[column] == .left ? cell + padding : padding + cell
            }.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}

/// Text from outside (a server's answer, a file's name) must not move the cursor or start a new row.
func printable(_ text: String) -> String {
    String(text.map { character in character.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 } ? character : " " })
}
