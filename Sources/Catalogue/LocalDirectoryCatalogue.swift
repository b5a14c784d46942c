import Checksums
public import Domain
public import FoundationEssentials
import Synchronization

/// A folder on this machine that a script or rsync fills with LiCSAR's files (layouts: ``DropFolder``).
///
/// A pair is listed when its wrapped phase, and its coherence if there is one, are whole TIFF files that rest. Temporary names
/// (rsync's `.name.XXXXXX`, `.part`, `.tmp`) never count, since only LiCSAR's exact names do.
public final class LocalDirectoryCatalogue: InterferogramCatalogue {
    public let name: String
    private let path: String
    private let settling: Mutex<Settling>
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - path: absolute. Symbolic links inside it may not lead out of it.
    ///   - settleTime: seconds for which a file must not have been touched.
    public init(name: String, path: String, settleTime: Double = 5, now: @escaping @Sendable () -> Date = { Date() }) {
        self.name = name
        self.path = path
        self.now = now
        settling = Mutex(Settling(settleTime: settleTime))
    }

    public func list(_ frame: FrameID, unlessUnchanged validator: ListingValidator?) async throws(CatalogueError) -> ListingAnswer {
        try await offPool { [self] () throws(CatalogueError) in
            let listing = try look(for: frame)
            return listing.validator == validator ? .unchanged : .listing(listing)
        }
    }

    public func products(of listed: ListedPair) async throws(CatalogueError) -> PairProducts {
        guard case .local(let phase) = listed.location else { throw .foreign(listed, to: name) }
        return try await offPool { [path] () throws(CatalogueError) in
            let folder = try DropFolder(path: path)
            guard let files = folder.pairFiles(of: listed.id.frame).first(where: { $0.pair == listed.id.pair }),
                let found = files.phase.flatMap(folder.contained), let stamp = FileStamp(path: found)
            else {
                throw CatalogueError(
                    .phaseMissing, .retry(after: nil), subject: phase, "the file is gone; it is taken when it comes back")
            }
            let coherence = files.coherence.flatMap(folder.contained).flatMap { path in
                FileStamp(path: path).map { Product(location: .local(path: path), version: $0.version) }
            }
            return PairProducts(
                id: listed.id, phase: Product(location: .local(path: found), version: stamp.version), coherence: coherence,
                source: found)
        }
    }

    public func polygon(of frame: FrameID) async throws(CatalogueError) -> FramePolygon? {
        try await offPool { [path] () throws(CatalogueError) in
            let folder = try DropFolder(path: path)
            guard let file = folder.metadata(LiCSARName.polygon(of: frame), of: frame) else { return nil }
            let reader = try ReadOnlyFile(path: file)
            defer { reader.release() }
            return try FramePolygon(
                content: Data(reader.bytes(at: 0, count: min(reader.size(), PageLimit.polygon))), subject: file)
        }
    }

    public func elevation(of frame: FrameID) async throws(CatalogueError) -> Product? {
        try await offPool { [path] () throws(CatalogueError) in
            let folder = try DropFolder(path: path)
            guard let file = folder.metadata(LiCSARName.elevation(of: frame), of: frame), let stamp = FileStamp(path: file) else { return nil }
            return Product(location: .local(path: file), version: stamp.version)
        }
    }

    public func allFrames() async throws(CatalogueError) -> [FrameID]? {
        try await offPool { [path] () throws(CatalogueError) in try DropFolder(path: path).frames().sorted() }
    }

    // MARK: One look

    /// What keeps a file from being taken now.
    private struct Obstacle: Error {
        let reason: ListingRemark.Reason
        let detail: String

        init(_ reason: ListingRemark.Reason, _ detail: String) { (self.reason, self.detail) = (reason, detail) }
    }

    private func look(for frame: FrameID) throws(CatalogueError) -> FrameListing {
        let folder = try DropFolder(path: path)
        let time = now()
        var pairs: [ListedPair] = []
        var remarks: [ListingRemark] = []
        var seen: Set<String> = []
        var content = ""
        for files in folder.pairFiles(of: frame) {
            let paths = [files.phase, files.coherence].compactMap(\.self)
            seen.formUnion(paths)
            do throws(Obstacle) {
                var stamps: [FileStamp] = []
                for path in paths { stamps.append(try stampIfReady(path, in: folder, now: time)) }
                let location = ProductLocation.local(path: paths[0])
                pairs.append(
                    ListedPair(
                        id: InterferogramID(frame: frame, pair: files.pair), location: location, version: stamps[0].version))
                content += "\(files.pair) \(stamps.map { "\($0.size) \($0.modified)" })\n"
            } catch {
                remarks.append(ListingRemark(error.reason, item: files.pair.description, detail: error.detail))
                content += "\(files.pair) \(error.detail)\n"
            }
        }
        let folders = folder.frameFolders(frame)
        settling.withLock { $0.forget(under: folders, except: seen) }
        let changing = remarks.contains { $0.reason == .stillChanging }
        return FrameListing(
            frame: frame, pairs: pairs, remarks: remarks,
            validator: ListingValidator(entityTag: nil, lastModified: nil, digest: Checksums.sha256(of: Data(content.utf8))),
            lookAgainAfter: changing ? settling.withLock { max(1, Int($0.settleTime.rounded(.up))) } : nil)
    }

    private func stampIfReady(_ path: String, in folder: DropFolder, now: Date) throws(Obstacle) -> FileStamp {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        guard let real = folder.contained(path) else {
            throw Obstacle(.refusedLink, "\(file) is a link out of the drop folder, or a dead one")
        }
        guard let stamp = FileStamp(path: real), stamp.isRegular else {
            throw Obstacle(.notARegularFile, "\(file) is not a regular file")
        }
        guard settling.withLock({ $0.rests(path, stamp: stamp, now: now) }) else {
            throw Obstacle(.stillChanging, "\(file) was written to a moment ago")
        }
        guard stamp.size > 0 else { throw Obstacle(.empty, "\(file) is empty") }
        guard !settling.withLock({ $0.isKnownWhole(path, stamp: stamp) }) else { return stamp }
        let structure: TIFFStructure
        do throws(CatalogueError) {
            structure = try TIFFStructure.of(fileAt: real)
        } catch {
            throw Obstacle(.stillChanging, "\(file): \(error.message)")
        }
        // What is no TIFF at all is listed: fetching it rejects it by name, for good.
        if case .incomplete(let why) = structure { throw Obstacle(.stillChanging, "\(file) is not complete: \(why)") }
        settling.withLock { $0.markWhole(path) }
        return stamp
    }
}

extension FileStamp {
    var version: ProductVersion { ProductVersion(lastModified: lastModified, size: size) }
}
