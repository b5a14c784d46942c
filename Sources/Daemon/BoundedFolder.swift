import Foundation

/// A folder of files that may be had again, or are worth less with time: the oldest make room.
struct BoundedFolder {
    private let url: URL

    init(_ url: URL) { self.url = url }

    func files() throws -> [(url: URL, bytes: Int, changed: Date)] {
        let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey]
        return try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: Array(keys)).map { file in
            let values = try file.resourceValues(forKeys: keys)
            return (file, values.fileSize ?? 0, values.contentModificationDate ?? .distantPast)
        }
    }

    func bytes() throws -> Int { try files().reduce(0) { $0 + $1.bytes } }

    /// Removes the oldest files until the rest have so many bytes at most; the newest stays.
    func trim(to limit: Int) throws {
        var files = try files().sorted { $0.changed > $1.changed }
        var total = files.reduce(0) { $0 + $1.bytes }
        while total > limit, files.count > 1, let oldest = files.popLast() {
            try FileManager.default.removeItem(at: oldest.url)
            total -= oldest.bytes
        }
    }
}
