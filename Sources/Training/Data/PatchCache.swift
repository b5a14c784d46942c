import Checksums
public import FoundationEssentials

/// A folder that keeps patches which took long to make, so that a training that is resumed or repeated does not make them again.
public struct PatchCache: Sendable {
    public let folder: URL

    public init(folder: URL) { self.folder = folder }

    /// Everything about a patch but its levels.
    private struct Row: Codable {
        let side: Int
        let label: Int
        let group: String
        let kind: String
        let name: String
        let fringes: Double?
        let signalToNoise: Double?
        let weight: Float
    }

    private static let magic = Data("fringewatch-patches-1\n".utf8)

    /// What the key names; nil where it is not there, or not whole.
    func patches(_ key: String) throws -> [LabelledPatch]? {
        let file = location(key)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        let data = try Data(contentsOf: file, options: .mappedIfSafe)
        guard data.prefix(Self.magic.count) == Self.magic, let end = data[Self.magic.count...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        guard let rows = try? JSONDecoder().decode([Row].self, from: data[Self.magic.count..<end]) else { return nil }
        guard data.count - end - 1 == rows.reduce(0, { $0 + $1.side * $1.side }) else { return nil }
        var at = end + 1
        return rows.compactMap { row in
            let levels = [UInt8](data[at..<at + row.side * row.side])
            at += levels.count
            return PatchLabel(rawValue: row.label).map {
                LabelledPatch(
                    levels: levels, side: row.side, label: $0, group: row.group, kind: row.kind, name: row.name, fringes: row.fringes,
                    signalToNoise: row.signalToNoise, weight: row.weight)
            }
        }
    }

    /// - Throws: `DurableFileError` where the disk is full; what was there stays.
    func keep(_ patches: [LabelledPatch], _ key: String) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let rows = patches.map {
            Row(
                side: $0.side, label: $0.label.rawValue, group: $0.group, kind: $0.kind, name: $0.name, fringes: $0.fringes,
                signalToNoise: $0.signalToNoise, weight: $0.weight)
        }
        let header = try Self.magic + JSONEncoder().encode(rows) + Data("\n".utf8)
        try DurableFile.write(to: location(key)) { piece in
            try piece(header)
            for patch in patches { try piece(Data(patch.levels)) }
        }
    }

    private func location(_ key: String) -> URL {
        folder.appending(path: "patches-\(Checksums.sha256(of: Data(key.utf8)).prefix(16)).bin")
    }
}
