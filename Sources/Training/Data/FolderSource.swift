import Detection
public import FoundationEssentials
import MapPicture
import Raster

/// A folder of labelled chips: grey PNGs (256 levels a cycle, 128 = no data) and GeoTIFFs of wrapped phase.
///
/// Labels come from `manifest.csv` in it (columns file and label, 1 or "deformation" and 0 or "none"; where there: volcano or group,
/// kind, fringes, signal_to_noise, weight, and the latitude of a PNG whose pixels are as high as they are wide in degrees), otherwise
/// from the subfolders `deformation/` and `none/`. Without a volcano the group is the file's name up to its dates.
public struct FolderSource: PatchSource {
    public let folder: URL
    /// Larger pictures are cut to this many pixels round their middle.
    public let largest: Int
    let kinds: (deformation: String, background: String)

    public init(folder: URL, largest: Int = 320, kinds: (deformation: String, background: String) = ("deformation", "none")) {
        self.folder = folder
        self.largest = largest
        self.kinds = kinds
    }

    /// The file names' endings, in lower case.
    /// - Throws: `DataError`.
    public var endings: Set<String> {
        get throws(DataError) { Set(try entries().map { $0.file.pathExtension.lowercased() }) }
    }

    public var summary: String { "labelled chips of \(folder.lastPathComponent)" }

    public func patches(least side: Int, progress: (Int, Int) throws -> Void = { _, _ in }) throws -> [LabelledPatch] {
        let entries = try entries()
        guard !entries.isEmpty else {
            throw DataError.noPatches(path: folder.path, expected: "manifest.csv, or the subfolders deformation and none, with PNGs or GeoTIFFs")
        }
        var patches: [LabelledPatch] = []
        patches.reserveCapacity(entries.count)
        for (index, entry) in entries.enumerated() {
            let (levels, size) = try Chip(entry.file, least: side, latitude: entry.latitude).middle(largest: max(largest, side))
            patches.append(
                LabelledPatch(
                    levels: levels, side: size, label: entry.label, group: entry.group, kind: entry.kind, name: entry.name,
                    fringes: entry.fringes, signalToNoise: entry.signalToNoise, weight: entry.weight))
            try progress(index + 1, entries.count)
        }
        return patches
    }

    struct Entry {
        let file: URL
        let name: String
        let label: PatchLabel
        let group: String
        var kind: String
        var fringes: Double?
        var signalToNoise: Double?
        var latitude: Double?
        var weight: Float = 1
    }

    /// What the folder holds, in the order of names.
    func entries() throws(DataError) -> [Entry] {
        guard FileManager.default.fileExists(atPath: folder.path) else { throw .missing(path: folder.path) }
        let manifest = folder.appending(path: "manifest.csv")
        if FileManager.default.fileExists(atPath: manifest.path) {
            return try entries(of: CSVTable(contentsOf: manifest, needing: ["file", "label"]))
        }
        var entries: [Entry] = []
        for (label, subfolders) in [(PatchLabel.background, ["none", "background"]), (.deformation, ["deformation"])] {
            for subfolder in subfolders {
                let place = folder.appending(path: subfolder)
                guard FileManager.default.fileExists(atPath: place.path) else { continue }
                let names: [String]
                do { names = try FileManager.default.contentsOfDirectory(atPath: place.path) } catch {
                    throw .unreadable(path: place.path, reason: "\(error)")
                }
                entries += names.filter(Chip.isChip).sorted().map {
                    Entry(
                        file: place.appending(path: $0), name: "\(subfolder)/\($0)", label: label, group: Self.group(ofFile: $0),
                        kind: label == .deformation ? kinds.deformation : kinds.background)
                }
            }
        }
        return entries
    }

    private func entries(of table: CSVTable) throws(DataError) -> [Entry] {
        var entries: [Entry] = []
        for row in table.rows {
            func refuse(_ reason: String) -> DataError { .manifest(path: table.path, line: row.line, reason: reason) }
            func number(_ column: String) throws(DataError) -> Double? {
                guard let text = row.fields[column], !text.isEmpty else { return nil }
                guard let value = Double(text), value.isFinite else { throw refuse("\(column) is \"\(text)\", expected a number") }
                return value
            }
            let (name, text) = (row.fields["file"] ?? "", row.fields["label"] ?? "")
            guard !name.isEmpty, !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
                throw refuse("file is \"\(name)\", expected a path inside the folder")
            }
            guard let label = Self.label(text) else { throw refuse("label is \"\(text)\", expected 1 or deformation, 0 or none") }
            let weight = try number("weight") ?? 1
            guard weight >= 0 else { throw refuse("weight is \(weight), expected 0 or more") }
            let latitude = try number("latitude")
            guard abs(latitude ?? 0) < 90 else { throw refuse("latitude is \(latitude ?? 0), expected degrees between -90 and 90") }
            let group = [row.fields["group"], row.fields["volcano"]].compactMap(\.self).first { !$0.isEmpty }
            let kind = row.fields["kind"].flatMap { $0.isEmpty ? nil : $0 } ?? (label == .deformation ? kinds.deformation : kinds.background)
            entries.append(
                Entry(
                    file: folder.appending(path: name), name: name, label: label, group: group ?? Self.group(ofFile: name), kind: kind,
                    fringes: try number("fringes"), signalToNoise: try number("signal_to_noise"), latitude: latitude,
                    weight: Float(weight)))
        }
        return entries.sorted { $0.name < $1.name }
    }

    private static func label(_ text: String) -> PatchLabel? {
        switch text.lowercased() {
        case "1", "deformation": .deformation
        case "0", "none", "background": .background
        default: nil
        }
    }

    /// The name up to its first date: "galapagos_sierra_negra_128D_09014_090400_sierra_negra" of a chip of 20170531_20170718.
    static func group(ofFile name: String) -> String {
        let stem = name.split(separator: "/").last.map(String.init) ?? name
        let parts = stem.split(separator: "_", omittingEmptySubsequences: false)
        let undated = parts.prefix { !($0.prefix(8).count == 8 && $0.prefix(8).allSatisfy(\.isNumber) && ($0.hasPrefix("19") || $0.hasPrefix("20"))) }
        return undated.isEmpty || undated.count == parts.count ? stem : undated.joined(separator: "_")
    }
}

/// One picture of wrapped phase on the disk, as grey levels on square pixels: as the detector shows it to a network.
struct Chip {
    /// Filled up with no data round it where leaving out columns made it smaller than the network's input.
    let picture: GreyPNG
    /// Of the file.
    let size: (width: Int, height: Int)
    private let fileGrid: GridGeometry
    private let grid: GridGeometry

    static func isChip(_ name: String) -> Bool { [".png", ".tif", ".tiff"].contains { name.lowercased().hasSuffix($0) } }

    /// - Parameters:
    ///   - least: pixels that the file must have along each side.
    ///   - latitude: of a PNG whose pixels are as high as they are wide in degrees; nil where they are square. A GeoTIFF says where it lies.
    init(_ file: URL, least: Int, latitude: Double? = nil) throws(DataError) {
        guard FileManager.default.fileExists(atPath: file.path) else { throw .missing(path: file.path) }
        let (picture, geometry) = try file.path.lowercased().hasSuffix(".png") ? Self.png(file, latitude) : Self.geoTIFF(file)
        guard min(picture.width, picture.height) >= least else {
            throw .tooSmall(path: file.path, width: picture.width, height: picture.height, least: least)
        }
        size = (picture.width, picture.height)
        fileGrid = geometry
        grid = geometry.withSquarePixels.filledUp(to: least, onBothEnds: true)
        let levels = RasterGrid(geometry: geometry, values: picture.levels.map(Float.init)).resampled(onto: grid).values
        self.picture = GreyPNG(width: grid.width, height: grid.height, levels: levels.map { $0.isNaN ? GreyScale.noData : UInt8($0) })
    }

    /// Where a column and a row of the file lie in the picture.
    func place(column: Double, row: Double) -> (x: Double, y: Double) {
        (grid.column(longitude: fileGrid.longitude(x: column)), grid.row(latitude: fileGrid.latitude(y: row)))
    }

    /// Its middle: a square of at most `largest` pixels on a side.
    func middle(largest: Int) -> (levels: [UInt8], side: Int) {
        let side = min(picture.width, picture.height, largest)
        return (square(x: (picture.width - side) / 2, y: (picture.height - side) / 2, side: side), side)
    }

    func square(x: Int, y: Int, side: Int) -> [UInt8] {
        var levels: [UInt8] = []
        levels.reserveCapacity(side * side)
        for row in y..<y + side { levels += picture.levels[row * picture.width + x..<row * picture.width + x + side] }
        return levels
    }

    private static func png(_ file: URL, _ latitude: Double?) throws(DataError) -> (GreyPNG, GridGeometry) {
        let picture: GreyPNG
        do { picture = try GreyPNG(Data(contentsOf: file)) } catch { throw .unreadable(path: file.path, reason: "\(error)") }
        let half = 0.001 * Double(picture.height) / 2
        let geometry = GridGeometry(
            width: picture.width, height: picture.height, west: 0, north: (latitude ?? 0) + half, pixelWidth: 0.001, pixelHeight: 0.001)
        return (picture, geometry)
    }

    private static func geoTIFF(_ file: URL) throws(DataError) -> (GreyPNG, GridGeometry) {
        do {
            let grid = try GeoTIFFFile(file).read(as: .wrappedPhase)
            return (GreyPNG(width: grid.width, height: grid.height, levels: GreyScale.levels(of: grid.values)), grid.geometry)
        } catch { throw .unreadable(path: file.path, reason: "\(error)") }
    }
}
