import FoundationEssentials

/// A CSV file with a heading (RFC 4180: quotes round fields with commas, doubled inside).
struct CSVTable {
    let path: String
    let columns: [String]
    /// Fields by column name, with the line they begin in.
    let rows: [(line: Int, fields: [String: String])]

    /// 64 MiB: half a million rows.
    private static let limit = 64 << 20

    /// - Throws: `DataError`, naming the line.
    init(contentsOf url: URL, needing needed: [String]) throws(DataError) {
        path = url.path
        let data: Data
        do { data = try Data(contentsOf: url) } catch { throw .unreadable(path: url.path, reason: "\(error)") }
        guard data.count <= Self.limit else { throw .unreadable(path: url.path, reason: "\(data.count) bytes are too many for a table") }
        guard let text = String(validating: data, as: UTF8.self) else { throw .unreadable(path: url.path, reason: "it is not UTF-8 text") }
        let records = try Self.records(Array(text.unicodeScalars), path: url.path)
        let columns = records.first?.fields ?? []
        if let missing = needed.first(where: { !columns.contains($0) }) {
            throw .manifest(path: url.path, line: 1, reason: "there is no column \(missing); the first line must name the columns")
        }
        var rows: [(line: Int, fields: [String: String])] = []
        for record in records.dropFirst() where record.fields != [""] {
            guard record.fields.count == columns.count else {
                throw .manifest(path: url.path, line: record.line, reason: "\(record.fields.count) fields, the first line names \(columns.count)")
            }
            rows.append((record.line, Dictionary(zip(columns, record.fields)) { first, _ in first }))
        }
        (self.columns, self.rows) = (columns, rows)
    }

    private static func records(_ text: [Unicode.Scalar], path: String) throws(DataError) -> [(line: Int, fields: [String])] {
        var records: [(line: Int, fields: [String])] = []
        var (fields, field, isQuoted, line, began) = ([String](), String.UnicodeScalarView(), false, 1, 1)
        func endField() {
            fields.append(String(field))
            field = String.UnicodeScalarView()
        }
        var at = text.first == "\u{FEFF}" ? 1 : 0
        while at < text.count {
            let scalar = text[at]
            at += 1
            if scalar == "\n" { line += 1 }
            if isQuoted {
                if scalar != "\"" {
                    field.append(scalar)
                } else if at < text.count, text[at] == "\"" {
                    field.append(scalar)
                    at += 1
                } else {
                    isQuoted = false
                }
            } else if scalar == "\"", field.isEmpty {
                isQuoted = true
            } else if scalar == "," {
                endField()
            } else if scalar == "\n" {
                endField()
                records.append((began, fields))
                (fields, began) = ([], line)
            } else if scalar != "\r" {
                field.append(scalar)
            }
        }
        if isQuoted { throw .manifest(path: path, line: began, reason: "a quoted field has no end") }
        if !field.isEmpty || !fields.isEmpty {
            endField()
            records.append((began, fields))
        }
        return records
    }
}

extension String {
    /// The field as a CSV file holds it.
    var csvField: String {
        contains(where: { ",\"\n\r".contains($0) }) ? "\"" + replacing("\"", with: "\"\"") + "\"" : self
    }
}
