import Checksums
import Domain
import Foundation

/// Which path shows what. Knows nothing of sockets.
struct CatalogueSite: Sendable {
    /// JASMIN's path above `LiCSAR_products`.
    static let jasminPath = "/public/nceo_geohazards"
    /// CEDA redirects from `data.ceda.ac.uk` to a second host for files; here it is a second path.
    static let downloadPath = "/dap"

    let folder: CatalogueFolder
    /// `http://127.0.0.1:port`
    let origin: String
    let cedaHasInterferogramsFolder: Bool

    /// - Parameters:
    ///   - path: percent-encoded.
    ///   - headers: names in lower case.
    func answer(path: String, query: String, headers: [String: String]) throws -> Answer {
        guard let segments = Self.segments(path) else { return .notFound }
        if path.hasPrefix(Self.jasminPath + "/") {
            return try jasmin(path, Array(segments.dropFirst(2)), headers)
        }
        let isDownload = path.hasPrefix(Self.downloadPath + CEDAIndex.root)
        if isDownload || path.hasPrefix(CEDAIndex.root) {
            return try ceda(
                path, Array(segments.dropFirst(isDownload ? 5 : 4)), asJSON: query == "json", isDownload: isDownload, headers)
        }
        return .notFound
    }

    /// Nil for a path that leaves the tree or asks for a hidden file.
    private static func segments(_ path: String) -> [String]? {
        guard let decoded = path.removingPercentEncoding, !decoded.contains("\0") else { return nil }
        let segments = decoded.split(separator: "/").map(String.init)
        return segments.contains(where: { $0.hasPrefix(".") }) ? nil : segments
    }

    private func jasmin(_ path: String, _ segments: [String], _ headers: [String: String]) throws -> Answer {
        let place = segments.reduce(folder.root) { $0.appending(path: $1) }
        guard let entry = FolderEntry(place) else { return .notFound }
        if entry.isFolder {
            guard path.hasSuffix("/") else { return .redirect(to: origin + path + "/") }
            // A real Apache gives no 304 for an index; here the client's handling of it can be seen.
            let page = Data(ApacheIndex.page(path: path, entries: FolderEntry.entries(of: place) ?? []).utf8)
            return .content(
                .data(page), type: "text/html;charset=UTF-8", modified: entry.modified,
                entityTag: "\"\(Checksums.md5(of: page))\"",
                request: headers)
        }
        guard !path.hasSuffix("/") else { return .notFound }
        if AcquisitionPair(entry.name) != nil {
            // On disk manifests name the real hosts, as they do on JASMIN; here all of them are this server.
            let text = try String(contentsOf: place, encoding: .utf8)
                .replacing("https://gws-access.jasmin.ac.uk", with: origin).replacing("https://data.ceda.ac.uk", with: origin)
            return .content(
                .data(Data(text.utf8)), type: "text/plain; charset=UTF-8", modified: entry.modified, entityTag: entry.tag,
                request: headers)
        }
        return file(place, entry, headers)
    }

    private func ceda(
        _ path: String, _ segments: [String], asJSON: Bool, isDownload: Bool, _ headers: [String: String]
    ) throws -> Answer {
        let index = CEDAIndex(
            folder: folder, downloads: origin + Self.downloadPath, hasInterferogramsFolder: cedaHasInterferogramsFolder)
        switch try index.place(segments) {
        case nil: return .notFound
        case .folder(let json):
            guard asJSON else { return .page("<!doctype html>\n<html><head><title>CEDA</title></head><body></body></html>\n") }
            return Answer(status: 200, headers: ["Content-Type": "application/json"], body: .data(json))
        case .file(let place):
            guard isDownload else { return .redirect(to: origin + Self.downloadPath + path) }
            guard let entry = FolderEntry(place) else { return .notFound }
            return file(place, entry, headers)
        }
    }

    private func file(_ place: URL, _ entry: FolderEntry, _ headers: [String: String]) -> Answer {
        let type =
            switch place.pathExtension {
            case "tif": "image/tiff"
            case "txt": "text/plain"
            default: "application/octet-stream"
            }
        return .content(
            .file(place, 0..<entry.size), type: type, modified: entry.modified, entityTag: entry.tag, request: headers)
    }
}

extension FolderEntry {
    /// Strong: size and time of modification in nanoseconds.
    fileprivate var tag: String {
        "\"\(String(size, radix: 16))-\(String(Int(modified.timeIntervalSince1970 * 1e9), radix: 16))\""
    }
}
