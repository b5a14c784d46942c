import Domain
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The file system's side of a drop folder: which files are there for a frame. Blocking; asks and never changes anything.
struct DropFolder: Sendable {
    /// Without symbolic links in it.
    let root: String

    /// - Throws: `CatalogueError` `notFound` where the folder is missing.
    init(path: String) throws(CatalogueError) {
        guard let real = Self.realPath(path) else {
            throw CatalogueError(
                .notFound, .retry(after: nil), subject: path,
                "the drop folder does not exist or cannot be entered; create it or correct its path")
        }
        root = real
    }

    /// A pair's file that was found, under its published name.
    struct PairFiles: Hashable {
        let pair: AcquisitionPair
        var phase: String?
        var coherence: String?
    }

    /// LiCSAR's layouts: `{frame}/interferograms/{pair}/`, `{frame}/{pair}/`, LiCSBAS's `{frame}/GEOC/{pair}/` and files that lie
    /// directly in one of these, each with or without a folder for the track above the frame.
    func pairFiles(of frame: FrameID) -> [PairFiles] {
        var found: [AcquisitionPair: PairFiles] = [:]
        func take(_ directory: String, _ pair: AcquisitionPair, _ names: Set<String>) {
            var files = found[pair] ?? PairFiles(pair: pair)
            let (phase, coherence) = (LiCSARName.phase(of: pair), LiCSARName.coherence(of: pair))
            if files.phase == nil, names.contains(phase) { files.phase = directory + "/" + phase }
            if files.coherence == nil, names.contains(coherence) { files.coherence = directory + "/" + coherence }
            found[pair] = files
        }
        for folder in frameFolders(frame) {
            for names in [folder + "/interferograms", folder, folder + "/GEOC"] {
                let entries = entries(of: names)
                let loose = Set(entries)
                for entry in entries {
                    if let pair = AcquisitionPair(entry) {
                        take(names + "/" + entry, pair, Set(self.entries(of: names + "/" + entry)))
                    } else if let pair = AcquisitionPair(entry.prefix(17)), entry == LiCSARName.phase(of: pair) {
                        take(names, pair, loose)
                    }
                }
            }
        }
        return found.values.filter { $0.phase != nil }.sorted { $0.pair < $1.pair }
    }

    /// A file of a frame's folder `metadata`; nil where there is none.
    func metadata(_ name: String, of frame: FrameID) -> String? {
        frameFolders(frame).lazy.compactMap { contained($0 + "/metadata/" + name) }.first
    }

    func frameFolders(_ frame: FrameID) -> [String] {
        [frame.name, "\(LiCSARName.track(of: frame))/\(frame)", "\(LiCSARName.paddedTrack(of: frame))/\(frame)"]
            .map { root + "/" + $0 }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Every frame that has a folder, with or without its track's folder above.
    func frames() -> Set<FrameID> {
        var frames: Set<FrameID> = []
        for entry in entries(of: root) {
            if let frame = FrameID(entry) {
                frames.insert(frame)
            } else if let orbit = Int(entry), (1...175).contains(orbit) {
                frames.formUnion(entries(of: root + "/" + entry).compactMap(FrameID.init).filter { $0.relativeOrbit == orbit })
            }
        }
        return frames
    }

    /// The path with its links followed; nil if the file is gone or lies outside the folder: a link must not lead fringewatch to
    /// other parts of the machine.
    func contained(_ path: String) -> String? {
        guard let real = Self.realPath(path), real.hasPrefix(root + "/") else { return nil }
        return real
    }

    /// Names in a directory without those that begin with a dot; none if it is not there, not readable or outside the folder.
    private func entries(of directory: String) -> [String] {
        guard directory == root || contained(directory) != nil, let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
