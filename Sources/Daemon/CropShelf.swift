import Domain
import Foundation
import Raster

/// The crops that an expert may judge and a training may learn from, as GeoTIFFs of wrapped phase on the detector's grid: those of what
/// was flagged under `crops/recent`, those that were judged under `crops/reviewed`, both in the state directory and both bounded.
struct CropShelf: Sendable {
    private let recent: URL
    private let reviewed: URL
    private let recentLimit: Int
    private let reviewedLimit: Int
    private let work = BlockingWork("crops", inTurn: true)

    /// - Parameters:
    ///   - recentLimit: bytes; beyond it the oldest go. A crop takes up to 1 MB.
    ///   - reviewedLimit: bytes; beyond it no further crop is kept, and the answer to a verdict says so: what an expert judged is not
    ///     thrown away unasked.
    init(stateDirectory: URL, recentLimit: Int = 1 << 30, reviewedLimit: Int = 4 << 30) {
        let folder = stateDirectory.appendingPathComponent("crops", isDirectory: true)
        recent = folder.appendingPathComponent("recent", isDirectory: true)
        reviewed = folder.appendingPathComponent("reviewed", isDirectory: true)
        self.recentLimit = recentLimit
        self.reviewedLimit = reviewedLimit
    }

    static func name(_ interferogram: InterferogramID, version: Int, volcano: VolcanoNumber) -> String {
        "\(interferogram.frame)_\(interferogram.pair)_v\(version)_\(volcano).tif"
    }

    /// Keeps a crop for a while.
    func keep(_ phase: RasterGrid, as name: String) async throws {
        try await work.run {
            try FileManager.default.createDirectory(at: recent, withIntermediateDirectories: true)
            try GeoTIFF.write(phase, to: recent.appendingPathComponent(name), as: .float32Deflate)
            try BoundedFolder(recent).trim(to: recentLimit)
        }
    }

    /// Keeps a crop that was judged.
    /// - Parameter attached: the crop itself, from the expert; nil to take the recent one.
    /// - Returns: why it is not kept; nil where it is.
    func review(_ name: String, attached: Data?) async throws -> String? {
        try await work.run {
            let files = FileManager.default
            try files.createDirectory(at: reviewed, withIntermediateDirectories: true)
            let target = reviewed.appendingPathComponent(name)
            let source = recent.appendingPathComponent(name)
            if attached == nil, files.fileExists(atPath: target.path) { return nil }
            guard attached != nil || files.fileExists(atPath: source.path) else {
                return "its crop is no longer kept, so it cannot teach; give the wrapped phase with --file to keep it"
            }
            guard try BoundedFolder(reviewed).bytes() < reviewedLimit else {
                return "\(reviewed.path) has reached its limit of \(reviewedLimit >> 20) MB: export the verdicts and remove old crops there"
            }
            if let attached {
                let phase = try Self.checked(attached, in: reviewed)
                try GeoTIFF.write(phase, to: target, as: .float32Deflate)
            } else {
                // A second name for the same file: the recent one may go, this one stays.
                try files.linkItem(at: source, to: target)
            }
            return nil
        }
    }

    /// The bytes of a reviewed crop; nil where it is gone.
    func read(_ name: String) async throws -> Data? {
        try await work.run {
            guard !name.contains("/") else { return nil }
            let file = reviewed.appendingPathComponent(name)
            return FileManager.default.fileExists(atPath: file.path) ? try Data(contentsOf: file) : nil
        }
    }

    /// Reads what a person sent as the raster it should be.
    private static func checked(_ crop: Data, in folder: URL) throws -> RasterGrid {
        let file = folder.appendingPathComponent(".\(UUID().uuidString).part")
        try crop.write(to: file)
        defer { unlink(file.path) }
        return try GeoTIFFFile(file).read(as: .wrappedPhase)
    }
}
