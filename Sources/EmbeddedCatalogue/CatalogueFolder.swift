public import Domain
public import Foundation

/// A folder in the layout of LiCSAR on JASMIN, and how pairs are published into it.
///
///     LiCSAR_products/{track}/{frame}/interferograms/{pair}          manifest (a file), or a folder with the files
///     LiCSAR_products/{track}/{frame}/metadata/{frame}-poly.txt, {frame}.geo.hgt.tif
///     LiCSAR_products.public/{track}/{frame}/interferograms/{pair}/{file}
public struct CatalogueFolder: Sendable {
    /// How a pair is published. Since October 2025 JASMIN's are manifests; older trees have folders.
    public enum Style: Hashable, Sendable {
        case manifest
        case folder
    }

    /// Where a manifest's links lead.
    public enum Home: String, Hashable, Sendable {
        /// `LiCSAR_products.public` beside it.
        case jasmin = "https://gws-access.jasmin.ac.uk/public/nceo_geohazards/LiCSAR_products.public"
        case ceda = "https://data.ceda.ac.uk/neodc/comet/data/licsar_products"
    }

    public let root: URL

    public init(root: URL) { self.root = root }

    /// Makes a pair appear, its files first and its manifest (or folder) last and at once, as a careful publisher does.
    ///
    /// Publishing a pair again replaces its files: a reprocessed product.
    ///
    /// - Parameters:
    ///   - phase: a file that is copied.
    ///   - homes: where the links to phase and coherence lead; in real manifests both kinds are mixed.
    public func publish(
        _ id: InterferogramID, phase: URL, coherence: URL?, style: Style = .manifest,
        homes: (phase: Home, coherence: Home) = (.jasmin, .jasmin)
    ) throws {
        let names = ["\(id.pair).geo.diff_pha.tif": phase, "\(id.pair).geo.cc.tif": coherence].compactMapValues(\.self)
        let pairs = interferograms(of: id.frame)
        try FileManager.default.createDirectory(at: pairs, withIntermediateDirectories: true)
        switch style {
        case .folder:
            let folder = pairs.appending(path: "\(id.pair)/")
            // A new folder is filled under a hidden name; one that is there gets its files replaced one by one.
            let exists = FileManager.default.fileExists(atPath: folder.path)
            let target = exists ? folder : pairs.appending(path: ".\(id.pair).new/")
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            for (name, file) in names { try place(file, as: target.appending(path: name)) }
            if !exists { try FileManager.default.moveItem(at: target, to: folder) }
        case .manifest:
            let folder = publicFolder(of: id)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (name, file) in names { try place(file, as: folder.appending(path: name)) }
            let manifest = names.keys.sorted().map { name in
                let home = name.hasSuffix(".geo.cc.tif") ? homes.coherence : homes.phase
                return "<a href='\(link(to: id, home: home))/\(name)'>\(name)</a><br />\n"
            }
            try Data(manifest.joined().utf8).write(to: pairs.appending(path: id.pair.description), options: .atomic)
        }
    }

    public func publish(_ polygon: FramePolygon, of frame: FrameID) throws {
        let lines = polygon.points.map { "\($0.longitude) \($0.latitude)\n" }.joined()
        try Data(lines.utf8).write(to: try metadata(of: frame).appending(path: "\(frame)-poly.txt"), options: .atomic)
    }

    /// - Parameter elevation: a GeoTIFF in metres, which is copied.
    public func publish(elevation: URL, of frame: FrameID) throws {
        try place(elevation, as: try metadata(of: frame).appending(path: "\(frame).geo.hgt.tif"))
    }

    private func metadata(of frame: FrameID) throws -> URL {
        let folder = frameFolder(frame).appending(path: "metadata/")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Makes a pair vanish from the listing, as happens in real catalogues.
    public func withdraw(_ id: InterferogramID) throws {
        try FileManager.default.removeItem(at: interferograms(of: id.frame).appending(path: id.pair.description))
    }

    // MARK: Places

    func frameFolder(_ frame: FrameID) -> URL { root.appending(path: "LiCSAR_products/\(frame.relativeOrbit)/\(frame)/") }
    func interferograms(of frame: FrameID) -> URL { frameFolder(frame).appending(path: "interferograms/") }

    func publicFolder(of id: InterferogramID) -> URL {
        root.appending(path: "LiCSAR_products.public/\(id.frame.relativeOrbit)/\(id.frame)/interferograms/\(id.pair)/")
    }

    /// The folder that holds a published pair's files; nil if the pair is not published.
    func files(of id: InterferogramID) -> URL? {
        var isFolder: ObjCBool = false
        let listed = interferograms(of: id.frame).appending(path: id.pair.description)
        guard FileManager.default.fileExists(atPath: listed.path, isDirectory: &isFolder) else { return nil }
        return isFolder.boolValue ? listed : publicFolder(of: id)
    }

    /// CEDA's track has at least two digits, and no folder `interferograms` stands between frame and pair.
    private func link(to id: InterferogramID, home: Home) -> String {
        let orbit = id.frame.relativeOrbit
        return switch home {
        case .jasmin: "\(home.rawValue)/\(orbit)/\(id.frame)/interferograms/\(id.pair)"
        case .ceda: "\(home.rawValue)/\(orbit < 10 ? "0" : "")\(orbit)/\(id.frame)/\(id.pair)"
        }
    }

    private func place(_ file: URL, as target: URL) throws {
        try Data(contentsOf: file).write(to: target, options: .atomic)
    }
}
