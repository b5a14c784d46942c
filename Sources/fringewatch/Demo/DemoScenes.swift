import Domain
import Foundation
import Raster
import Synthesis

/// What a demonstration publishes.
protocol DemoScenes {
    var frame: FrameID { get }
    /// One sentence on what is going to be seen.
    var story: String { get }
    var polygon: FramePolygon? { get }
    /// Volcanoes to watch, by number; empty for all in the frame.
    var volcanoes: [VolcanoNumber] { get }
    /// In the archive before the daemon starts: it must not alert on them.
    var archive: [AcquisitionPair] { get }
    /// Published while it runs, in this order.
    var news: [AcquisitionPair] { get }

    /// The files of one of `news`.
    /// - Parameter folder: an existing folder, for files that have to be made.
    func files(of pair: AcquisitionPair, folder: URL) throws -> (phase: URL, coherence: URL?)

    /// The frame's elevation; nil where it is not known.
    /// - Parameter folder: as for `files`.
    func elevation(folder: URL) throws -> URL?
}

/// A region that exists only here: Alcedo begins to inflate, its neighbours stay quiet.
struct SyntheticFrame: DemoScenes {
    private let region = SyntheticRegion.demonstration()

    var frame: FrameID { region.frame }
    var story: String {
        "synthetic interferograms of northern Isabela, Galapagos: Alcedo begins to inflate on 2025-06-25, its neighbours stay quiet.\n"
            + "Nothing of it happened; the credit for satellite data in the messages is that of real ones"
    }
    var volcanoes: [VolcanoNumber] { [353040, 353030, 353020].compactMap(VolcanoNumber.init) }

    var polygon: FramePolygon? {
        let grid = region.geometry
        let (east, south) = (grid.longitude(x: Double(grid.width)), grid.latitude(y: Double(grid.height)))
        let corners = [(grid.north, grid.west), (grid.north, east), (south, east), (south, grid.west)]
        return FramePolygon(points: corners.compactMap { GeoPoint(latitude: $0.0, longitude: $0.1) })
    }

    private var onset: AcquisitionDate? { AcquisitionDate("20250625") }
    var archive: [AcquisitionPair] { region.pairs.filter { pair in onset.map { pair.later < $0 } ?? false } }
    var news: [AcquisitionPair] { Array(region.pairs.filter { pair in onset.map { pair.later >= $0 } ?? false }.prefix(9)) }

    func files(of pair: AcquisitionPair, folder: URL) throws -> (phase: URL, coherence: URL?) {
        try LiCSARWriter(region).write(pair, into: folder)
        return (folder.appendingPathComponent("\(pair).geo.diff_pha.tif"), folder.appendingPathComponent("\(pair).geo.cc.tif"))
    }

    func elevation(folder: URL) throws -> URL? {
        try LiCSARWriter(region).writeMetadata(into: folder)
        return folder.appendingPathComponent("\(frame).geo.hgt.tif")
    }
}

/// A frame that was downloaded in the LiCSAR layout: `{frame}/interferograms/{pair}/{pair}.geo.diff_pha.tif`.
struct RealFrame: DemoScenes {
    let frame: FrameID
    let news: [AcquisitionPair]
    let polygon: FramePolygon?
    private let folder: URL

    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    init(folder: URL) throws {
        self.folder = folder.standardizedFileURL
        guard let frame = FrameID(self.folder.lastPathComponent) else {
            throw Unusable(description: "\(folder.path) is not named like a frame, such as 106A_09048_000909")
        }
        self.frame = frame
        let pairs = self.folder.appendingPathComponent("interferograms")
        news = try FileManager.default.contentsOfDirectory(atPath: pairs.path).compactMap { AcquisitionPair($0) }.sorted()
        guard !news.isEmpty else { throw Unusable(description: "\(pairs.path) holds no pairs") }
        let outline = self.folder.appendingPathComponent("metadata/\(frame)-poly.txt")
        polygon =
            FileManager.default.fileExists(atPath: outline.path)
            ? try FramePolygon(parsing: String(contentsOf: outline, encoding: .utf8)) : nil
    }

    var story: String { "\(news.count) real interferograms of frame \(frame), in the order of their dates" }
    var volcanoes: [VolcanoNumber] { [] }

    /// One pair before the first, as a stand-in for everything that the archive held when the daemon first looked.
    var archive: [AcquisitionPair] {
        guard let first = news.map(\.earlier).min() else { return [] }
        return [AcquisitionPair(AcquisitionDate(dayNumber: first.dayNumber - 12), first)].compactMap(\.self)
    }

    func files(of pair: AcquisitionPair, folder _: URL) throws -> (phase: URL, coherence: URL?) {
        let files = folder.appendingPathComponent("interferograms/\(pair)")
        let coherence = files.appendingPathComponent("\(pair).geo.cc.tif")
        return (
            files.appendingPathComponent("\(pair).geo.diff_pha.tif"), FileManager.default.fileExists(atPath: coherence.path) ? coherence : nil
        )
    }

    func elevation(folder _: URL) -> URL? {
        let file = folder.appendingPathComponent("metadata/\(frame).geo.hgt.tif")
        return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }
}
