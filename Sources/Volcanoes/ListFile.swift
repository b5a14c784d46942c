import FoundationEssentials

/// A built-in list that cannot be read, and what to do.
public struct ListFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public let file: String
    /// From 1; nil where the file as a whole is wrong.
    public let line: Int?
    public let reason: String

    public var description: String {
        file + (line.map { ":\($0)" } ?? "") + ": \(reason). The list comes with fringewatch: reinstall it, or mend this line"
    }
}

/// Rows of a comma-separated file; `#` begins a comment line, the first other line names the columns.
struct ListFile {
    struct Row {
        let line: Int
        let fields: [String]
    }

    let rows: [Row]
    private let file: String

    init(_ url: URL, columns: [String]) throws(ListFileError) {
        let text: String
        do {
            text = try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw ListFileError(file: url.path, line: nil, reason: "the list cannot be read (\(error))")
        }
        try self.init(text, file: url.path, columns: columns)
    }

    init(_ text: String, file: String, columns: [String]) throws(ListFileError) {
        self.file = file
        var rows: [Row] = []
        var seenColumns = false
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if line.hasPrefix("#") || line.allSatisfy(\.isWhitespace) { continue }
            guard let fields = Self.fields(of: line), fields.count == columns.count else {
                throw ListFileError(
                    file: file, line: index + 1, reason: "expected \(columns.count) fields: \(columns.joined(separator: ","))")
            }
            if seenColumns {
                rows.append(Row(line: index + 1, fields: fields))
            } else if fields == columns {
                seenColumns = true
            } else {
                throw ListFileError(file: file, line: index + 1, reason: "expected the column names \(columns.joined(separator: ","))")
            }
        }
        guard !rows.isEmpty else { throw ListFileError(file: file, line: nil, reason: "the list is empty") }
        self.rows = rows
    }

    func wrong(_ row: Row, _ reason: String) -> ListFileError { ListFileError(file: file, line: row.line, reason: reason) }

    /// Fields may stand in double quotes, a doubled quote inside them is one. Nil where a quote is left open.
    private static func fields(of line: Substring) -> [String]? {
        var fields: [String] = []
        var field = ""
        var quoted = false
        var wasQuote = false
        for character in line {
            switch character {
            case "\"" where quoted:
                quoted = false
                wasQuote = true
                continue
            case "\"" where wasQuote:
                field.append("\"")
                quoted = true
            case "\"" where field.isEmpty: quoted = true
            case "," where !quoted:
                fields.append(field)
                field = ""
            default: field.append(character)
            }
            wasQuote = false
        }
        fields.append(field)
        return quoted ? nil : fields
    }
}
