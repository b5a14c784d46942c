import Checksums
import Domain
import Foundation

/// The same pairs as CEDA would list them: `{track}/{frame}/{pair}/{file}` below the archive's root, directories as JSON.
struct CEDAIndex: Sendable {
    static let root = "/neodc/comet/data/licsar_products"

    /// Items in CEDA's spelling.
    private struct Item: Encodable {
        let path: String
        let name: String
        let type: String
        let ext: String
        let location = "on_disk"
        let size: Int
        let last_modified: String
        var md5: String?
        var download: String?
    }

    private struct Listing: Encodable {
        let path: String
        let items: [Item]
    }

    enum Place {
        case folder(Data)
        case file(URL)
    }

    let folder: CatalogueFolder
    /// Where files are downloaded: scheme, host and port, and a path before the archive's own.
    let downloads: String
    /// Whether a folder `interferograms` stands between frame and pair, as some say it does.
    let hasInterferogramsFolder: Bool

    /// - Parameter asked: the path's segments below ``root``.
    /// - Returns: nil if there is no such place.
    func place(_ asked: [String]) throws -> Place? {
        let path = Self.root + asked.map { "/" + $0 }.joined()
        var segments = asked
        if hasInterferogramsFolder, asked.count == 2, FrameID(asked[1]) != nil {
            let inner = Item(
                path: path + "/interferograms", name: "interferograms", type: "dir", ext: "", size: 0,
                last_modified: "2022-03-10T11:49:21")
            return try listing(path, [inner])
        }
        if hasInterferogramsFolder, asked.count > 2 {
            guard asked[2] == "interferograms" else { return nil }
            segments.remove(at: 2)
        }
        guard let track = segments.first else {
            return try listing(
                path, folders(in: folder.root.appending(path: "LiCSAR_products/"), path) { Int($0).map(Self.padded) })
        }
        guard let orbit = Int(track), Self.padded(orbit) == track else { return nil }
        guard segments.count > 1 else {
            return try listing(
                path, folders(in: folder.root.appending(path: "LiCSAR_products/\(orbit)/"), path) { FrameID($0)?.name })
        }
        guard let frame = FrameID(segments[1]), frame.relativeOrbit == orbit else { return nil }
        guard segments.count > 2 else {
            return try listing(path, folders(in: folder.interferograms(of: frame), path) { AcquisitionPair($0)?.description })
        }
        let holding: URL
        if segments[2] == "metadata" {
            holding = folder.frameFolder(frame).appending(path: "metadata/")
        } else if let pair = AcquisitionPair(segments[2]), let files = folder.files(of: InterferogramID(frame: frame, pair: pair)) {
            holding = files
        } else {
            return nil
        }
        guard segments.count > 3 else { return try listing(path, files(in: holding, path: path)) }
        let file = holding.appending(path: segments[3])
        return segments.count == 4 && FileManager.default.fileExists(atPath: file.path) ? .file(file) : nil
    }

    private func listing(_ path: String, _ items: [Item]?) throws -> Place? {
        guard let items else { return nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .folder(try encoder.encode(Listing(path: path, items: items.sorted { $0.name < $1.name })))
    }

    /// Entries that `name` gives a name to, all shown as folders: a pair is one on CEDA even where JASMIN has a manifest.
    private func folders(in place: URL, _ path: String, name: (String) -> String?) -> [Item]? {
        FolderEntry.entries(of: place)?.compactMap { entry in
            name(entry.name).map {
                Item(path: "\(path)/\($0)", name: $0, type: "dir", ext: "", size: 0, last_modified: UTC.text(entry.modified))
            }
        }
    }

    private func files(in place: URL, path: String) throws -> [Item]? {
        try FolderEntry.entries(of: place)?.filter { !$0.isFolder }.map { entry in
            Item(
                path: "\(path)/\(entry.name)", name: entry.name, type: "file",
                ext: entry.name.split(separator: ".").last.map { "." + $0 } ?? "", size: entry.size,
                last_modified: UTC.text(entry.modified), md5: try Checksums.md5(ofFileAt: place.appending(path: entry.name)),
                download: "\(downloads)\(path)/\(entry.name)")
        }
    }

    private static func padded(_ orbit: Int) -> String { orbit < 10 ? "0\(orbit)" : String(orbit) }
}
