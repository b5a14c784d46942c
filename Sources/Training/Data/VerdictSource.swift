public import FoundationEssentials
import MapPicture

/// Experts' verdicts, as `fringewatch review` exports them: a folder of crops with `verdicts.csv` (columns file and verdict; where there:
/// volcano or group, column and row of the place that was judged, weight).
///
/// deformation teaches deformation; atmosphere and other teach background and are their own kinds; unsure teaches nothing.
public struct VerdictSource: PatchSource {
    public let folder: URL
    /// Pixels on each side of a patch round the place.
    public let largest: Int

    public init(folder: URL, largest: Int = 320) { (self.folder, self.largest) = (folder, largest) }

    public var summary: String { "experts' verdicts of \(folder.lastPathComponent)" }

    public func patches(least side: Int, progress: (Int, Int) throws -> Void = { _, _ in }) throws -> [LabelledPatch] {
        guard FileManager.default.fileExists(atPath: folder.path) else { throw DataError.missing(path: folder.path) }
        let table = try CSVTable(contentsOf: folder.appending(path: "verdicts.csv"), needing: ["file", "verdict"])
        var patches: [LabelledPatch] = []
        for (index, row) in table.rows.enumerated() {
            if let patch = try patch(row, of: table, least: side) { patches.append(patch) }
            try progress(index + 1, table.rows.count)
        }
        return patches
    }

    private func patch(_ row: (line: Int, fields: [String: String]), of table: CSVTable, least: Int) throws(DataError) -> LabelledPatch? {
        func refuse(_ reason: String) -> DataError { .manifest(path: table.path, line: row.line, reason: reason) }
        func number(_ column: String) throws(DataError) -> Double? {
            guard let text = row.fields[column], !text.isEmpty else { return nil }
            guard let value = Double(text), value.isFinite, abs(value) < 1e9 else { throw refuse("\(column) is \"\(text)\", expected a number") }
            return value
        }
        let (name, verdict) = (row.fields["file"] ?? "", row.fields["verdict"] ?? "")
        guard !name.isEmpty, !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
            throw refuse("file is \"\(name)\", expected a path inside the folder")
        }
        let label: PatchLabel
        switch verdict {
        case "deformation": label = .deformation
        case "atmosphere", "other": label = .background
        case "unsure": return nil
        default: throw refuse("verdict is \"\(verdict)\", expected deformation, atmosphere, other or unsure")
        }
        let chip = try Chip(folder.appending(path: name), least: least)
        let (picture, size) = (chip.picture, chip.size)
        let most = min(picture.width, picture.height, largest)
        let judged = (column: try number("column") ?? Double(size.width) / 2, row: try number("row") ?? Double(size.height) / 2)
        guard (0...Double(size.width)).contains(judged.column), (0...Double(size.height)).contains(judged.row) else {
            throw refuse("column \(judged.column), row \(judged.row) lies outside the picture of \(size.width) x \(size.height)")
        }
        let (column, line) = chip.place(column: judged.column, row: judged.row)
        // The label belongs to the middle of the square, so near the border the square is smaller; as near to the place as the border allows.
        let inside = min(column, Double(picture.width) - column, line, Double(picture.height) - line)
        let side = min(most, least + Int(inside) / 2 * 2)
        let x = min(max(0, Int(column) - side / 2), picture.width - side), y = min(max(0, Int(line) - side / 2), picture.height - side)
        let group = [row.fields["group"], row.fields["volcano"]].compactMap(\.self).first { !$0.isEmpty }
        return LabelledPatch(
            levels: chip.square(x: x, y: y, side: side), side: side, label: label, group: group ?? FolderSource.group(ofFile: name),
            kind: "verdict \(verdict)", name: name, weight: Float(try number("weight") ?? 1))
    }
}
