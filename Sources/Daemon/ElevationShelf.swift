import Catalogue
import Domain
import Foundation
import Raster
import Service

/// Elevation of frames in which something was flagged, as `elevation/{frame}.tif` in the state directory: phase that follows it speaks for
/// layered air. A frame's file is fetched when its first alert is due, for a thousand frames would take 20 GB.
actor ElevationShelf {
    private let folder: URL
    private let limit: Int
    private let patience: Duration
    private let fetcher: @Sendable (Runtime, _ isUrgent: Bool) -> ProductFetcher
    private let log: Log
    private let reading = BlockingWork("elevation", inTurn: true)
    private var underWay: Set<FrameID> = []
    /// When a frame was asked for in vain.
    private var missed: [FrameID: ContinuousClock.Instant] = [:]

    /// - Parameters:
    ///   - limit: bytes; beyond it the files that were fetched first go.
    ///   - patience: an alert does not wait longer for the file. What has come of it by then stays, and the next alert goes on from there.
    init(
        stateDirectory: URL, limit: Int = 2 << 30, patience: Duration = .seconds(15), fetcher: @escaping @Sendable (Runtime, Bool) -> ProductFetcher,
        log: Log
    ) {
        folder = stateDirectory.appendingPathComponent("elevation", isDirectory: true)
        (self.limit, self.patience, self.fetcher, self.log) = (limit, patience, fetcher, log)
    }

    /// Metres on the grid of a volcano's crop; nil where there is no elevation, or none in time. Why not is logged: an alert is worth having without.
    func crop(of frame: FrameID, around summit: GeoPoint, from catalogue: any InterferogramCatalogue, _ runtime: Runtime) async -> RasterGrid? {
        let file = folder.appendingPathComponent("\(frame).tif")
        do {
            guard try await isHere(file, frame, catalogue, runtime) else { return nil }
            return try await reading.run { try GeoTIFFFile(file).crop(as: .elevation, around: summit) }
        } catch let error as CatalogueError where error.fault == .cancelled {
            return nil
        } catch is CancellationError {
            return nil
        } catch let error as CatalogueError where error.fault == .notFound {
            miss(frame)
        } catch let error as RasterError where !error.isTemporary {
            miss(frame, "\(error)")
            remove(file)
        } catch {
            miss(frame, "\(error)")
        }
        return nil
    }

    /// - Parameter error: nil where the catalogue has no elevation, as many have not.
    private func miss(_ frame: FrameID, _ error: String? = nil) {
        missed[frame] = .now
        if let error {
            log.warning("a frame's elevation cannot be used; it is asked for again in an hour", ["frame": frame.name, "error": error])
        } else {
            log.info("the catalogue has no elevation of a frame", ["frame": frame.name])
        }
    }

    private func remove(_ file: URL) {
        do { try FileManager.default.removeItem(at: file) } catch {
            log.warning("a damaged elevation could not be removed", ["file": file.path, "error": "\(error)"])
        }
    }

    private func isHere(_ file: URL, _ frame: FrameID, _ catalogue: any InterferogramCatalogue, _ runtime: Runtime) async throws -> Bool {
        let deadline = ContinuousClock.now + patience
        // Another interferogram of the frame has asked for it.
        while underWay.contains(frame), .now < deadline { try await Task.sleep(for: .milliseconds(50)) }
        if FileManager.default.fileExists(atPath: file.path) { return true }
        if underWay.contains(frame) { return false }
        if let last = missed[frame], .now - last < .seconds(3600) { return false }
        underWay.insert(frame)
        defer { underWay.remove(frame) }
        guard let product = try await catalogue.elevation(of: frame) else {
            miss(frame)
            return false
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard try await fetch(product, as: file, with: fetcher(runtime, true), until: deadline) else {
            log.notice("a frame's elevation did not come in time for an alert; the next one goes on with it", ["frame": frame.name])
            return false
        }
        try BoundedFolder(folder).trim(to: limit)
        log.info("a frame's elevation is fetched", ["frame": frame.name])
        return true
    }

    /// - Returns: false where the deadline came first.
    private func fetch(_ product: Product, as file: URL, with fetcher: ProductFetcher, until deadline: ContinuousClock.Instant) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await fetcher.fetch(product, as: file)
                return true
            }
            group.addTask {
                try await Task.sleep(until: deadline)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }
}
