public import Domain
public import FoundationEssentials
public import Raster

/// A crop with what an expert, or a folder's name, says of it.
public struct ReviewedCrop: Sendable {
    /// Its file's name in the folder.
    public let name: String
    public let isDeformation: Bool
    /// A volcano's number, or whatever else must not lie on both sides of a hold-out.
    public let volcano: String
    /// The unrest that it belongs to: crops of one episode resemble each other.
    public let episode: String
    public let phase: RasterGrid
    /// The middle of the crop.
    public let centre: GeoPoint
    /// The place that was judged; nil for the whole crop.
    public let place: GeoPoint?

    public init(
        name: String, isDeformation: Bool, volcano: String, episode: String, phase: RasterGrid, centre: GeoPoint, place: GeoPoint?
    ) {
        self.name = name
        self.isDeformation = isDeformation
        self.volcano = volcano
        self.episode = episode
        self.phase = phase
        self.centre = centre
        self.place = place
    }
}

/// Why a folder of judged crops cannot be used.
public struct ReviewedFolderError: Error, Sendable, CustomStringConvertible {
    public let description: String
}

extension ReviewedCrop {
    /// Reads what `fringewatch review export` wrote (verdicts.csv), or the subfolders `deformation` and `none` (or `background`) of GeoTIFFs of wrapped phase.
    /// Verdicts `unsure` are left out.
    /// - Throws: `ReviewedFolderError`, `RasterError`.
    public static func read(_ folder: URL) throws -> [ReviewedCrop] {
        let table = folder.appendingPathComponent("verdicts.csv")
        if FileManager.default.fileExists(atPath: table.path) { return try read(table: table, folder) }
        var crops: [ReviewedCrop] = []
        for (name, isDeformation) in [("deformation", true), ("none", false), ("background", false)] {
            let part = folder.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: part.path) else { continue }
            let files = try FileManager.default.contentsOfDirectory(atPath: part.path).sorted()
            for file in files where [".tif", ".tiff"].contains(where: file.lowercased().hasSuffix) {
                let phase = try GeoTIFFFile(part.appendingPathComponent(file)).read(as: .wrappedPhase)
                crops.append(
                    ReviewedCrop(
                        name: "\(name)/\(file)", isDeformation: isDeformation, volcano: "\(name)/\(file)", episode: "\(name)/\(file)", phase: phase,
                        centre: try middle(of: phase, file), place: nil))
            }
        }
        guard !crops.isEmpty else {
            throw ReviewedFolderError(
                description: "\(folder.path) holds nothing to judge by: expected verdicts.csv, or the subfolders deformation and none with GeoTIFFs")
        }
        return crops
    }

    private static func read(table: URL, _ folder: URL) throws -> [ReviewedCrop] {
        let rows = try CommaSeparatedTable(try String(contentsOf: table, encoding: .utf8), name: table.path)
        return try rows.rows.compactMap { row in
            func refuse(_ reason: String) -> ReviewedFolderError {
                ReviewedFolderError(description: "\(table.path), line \(row.line): \(reason)")
            }
            guard let verdict = Verdict(rawValue: row["verdict"]) else { throw refuse("'\(row["verdict"])' is no verdict") }
            guard let isDeformation = verdict.isDeformation else { return nil }
            let name = row["file"]
            guard !name.isEmpty, !name.contains("/") else { throw refuse("'\(name)' is no file of this folder") }
            let phase = try GeoTIFFFile(folder.appendingPathComponent(name)).read(as: .wrappedPhase)
            let volcano = row["volcano"].isEmpty ? row["group"] : row["volcano"]
            return ReviewedCrop(
                name: name, isDeformation: isDeformation, volcano: volcano.isEmpty ? name : volcano,
                episode: row["episode"].isEmpty ? name : row["episode"], phase: phase, centre: try middle(of: phase, name),
                place: try place(row["place_latitude"], row["place_longitude"], refuse))
        }
    }

    private static func middle(of phase: RasterGrid, _ file: String) throws -> GeoPoint {
        guard let middle = phase.geometry.point(x: Double(phase.width) / 2, y: Double(phase.height) / 2) else {
            throw ReviewedFolderError(description: "\(file) does not lie on the Earth")
        }
        return middle
    }

    private static func place(_ latitude: String, _ longitude: String, _ refuse: (String) -> ReviewedFolderError) throws -> GeoPoint? {
        if latitude.isEmpty, longitude.isEmpty { return nil }
        guard let north = Double(latitude), let east = Double(longitude), let place = GeoPoint(latitude: north, longitude: east) else {
            throw refuse("'\(latitude)', '\(longitude)' is no place")
        }
        return place
    }
}

/// A table with a heading, a case a line, as `review export` writes it: quotes round fields with commas, doubled inside.
struct CommaSeparatedTable {
    struct Row {
        let line: Int
        fileprivate let fields: [String: String]
        /// Empty for a column that is not there.
        subscript(column: String) -> String { fields[column] ?? "" }
    }

    let rows: [Row]

    init(_ text: String, name: String) throws(ReviewedFolderError) {
        let lines = text.split(whereSeparator: \.isNewline)
        guard let heading = lines.first else { throw ReviewedFolderError(description: "\(name) is empty") }
        let columns = Self.fields(heading)
        var rows: [Row] = []
        for (index, line) in lines.enumerated().dropFirst() {
            let fields = Self.fields(line)
            guard fields.count == columns.count else {
                throw ReviewedFolderError(description: "\(name), line \(index + 1): \(fields.count) fields, the heading has \(columns.count)")
            }
            rows.append(Row(line: index + 1, fields: Dictionary(zip(columns, fields), uniquingKeysWith: { first, _ in first })))
        }
        self.rows = rows
    }

    private static func fields(_ line: Substring) -> [String] {
        var (fields, isQuoted, mayBeDoubled) = ([""], false, false)
        for character in line {
            if character == "\"" {
                // The second of two inside quotes stands for one.
                if mayBeDoubled { fields[fields.count - 1] += "\"" }
                mayBeDoubled = isQuoted
                isQuoted.toggle()
                continue
            }
            mayBeDoubled = false
            if character == ",", !isQuoted { fields.append("") } else { fields[fields.count - 1].append(character) }
        }
        return fields
    }
}
