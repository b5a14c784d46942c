import FoundationEssentials

/// Whether a file is a whole TIFF, told from its structure alone: every strip or tile of its first image lies inside the file.
/// Truncated files open without complaint in libtiff, and a drop folder or a server without Content-Length gives no other sign.
/// Specification: TIFF 6.0 (Adobe, 1992), section 2, and BigTIFF's 64-bit variant.
enum TIFFStructure: Equatable {
    case complete
    case empty
    case html
    case notATIFF
    /// What is missing, for people.
    case incomplete(String)

    static func of(fileAt path: String) throws(CatalogueError) -> TIFFStructure {
        let file = try ReadOnlyFile(path: path)
        defer { file.release() }
        let size = try file.size()
        guard size > 0 else { return .empty }
        let head = try file.bytes(at: 0, count: min(size, 512))
        guard let reader = TIFFReader(head: head, file: file, size: size) else { return looksLikeHTML(head) ? .html : .notATIFF }
        return try reader.structure()
    }

    private static func looksLikeHTML(_ head: [UInt8]) -> Bool {
        let text = String(decoding: head, as: UTF8.self).lowercased()
        let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        return start.hasPrefix("<!doctype html") || start.hasPrefix("<html") || (start.hasPrefix("<") && text.contains("<html"))
            || (start.hasPrefix("<") && text.contains("<head"))
    }
}

private struct TIFFReader {
    let file: ReadOnlyFile
    let size: Int
    let bigEndian: Bool
    /// 64-bit offsets.
    let big: Bool
    let directoryOffset: Int

    init?(head: [UInt8], file: ReadOnlyFile, size: Int) {
        guard head.count >= 8 else { return nil }
        switch (head[0], head[1]) {
        case (0x49, 0x49): bigEndian = false
        case (0x4D, 0x4D): bigEndian = true
        default: return nil
        }
        let order = bigEndian
        let version = Self.number(head[2..<4], bigEndian: order)
        big = version == 43
        guard version == 42 || (big && head.count >= 16) else { return nil }
        self.file = file
        self.size = size
        directoryOffset = Self.number(big ? head[8..<16] : head[4..<8], bigEndian: order)
    }

    func structure() throws(CatalogueError) -> TIFFStructure {
        let (countSize, entrySize) = big ? (8, 20) : (2, 12)
        guard directoryOffset > 0, let counted = try field(at: directoryOffset, count: countSize) else {
            return .incomplete("its directory lies behind the end of the file")
        }
        let entries = Self.number(counted[...], bigEndian: bigEndian)
        guard (1...4096).contains(entries), let table = try field(at: directoryOffset + countSize, count: entries * entrySize)
        else {
            return .incomplete("its directory is cut off")
        }
        var arrays: [Int: [Int]] = [:]
        for start in stride(from: 0, to: table.count, by: entrySize) {
            let entry = table[start..<(start + entrySize)]
            let tag = number(entry.prefix(2))
            // Strip offsets and byte counts, tile offsets and byte counts.
            guard [273, 279, 324, 325].contains(tag) else { continue }
            guard let values = try values(of: entry) else { return .incomplete("the table of its strips is cut off") }
            arrays[tag] = values
        }
        guard let offsets = arrays[273] ?? arrays[324], let counts = arrays[279] ?? arrays[325], offsets.count == counts.count,
            !offsets.isEmpty
        else { return .incomplete("it has no table of strips or tiles") }
        let missing = zip(offsets, counts).count { $0 < 0 || $1 < 0 || $0 > size || $1 > size - $0 }
        // Offset 0 with length 0 is a sparse tile, which GDAL writes for "no data" everywhere.
        return missing == 0
            ? .complete : .incomplete("\(missing) of its \(offsets.count) strips or tiles lie behind the end of the file")
    }

    /// The values of one directory entry; nil if they lie outside the file.
    private func values(of entry: ArraySlice<UInt8>) throws(CatalogueError) -> [Int]? {
        let width: Int
        switch number(entry.dropFirst(2).prefix(2)) {
        case 3: width = 2
        case 4: width = 4
        case 16: width = 8
        default: return nil
        }
        let offsetSize = big ? 8 : 4
        let count = number(entry.dropFirst(4).prefix(offsetSize))
        // A million strips is far beyond any real raster; more is an attack on the memory.
        guard (1...1_000_000).contains(count) else { return nil }
        let inline = entry.dropFirst(4 + offsetSize)
        let bytes = count * width <= offsetSize ? Array(inline) : try field(at: number(inline), count: count * width)
        guard let bytes else { return nil }
        return (0..<count).map { number(bytes[($0 * width)..<(($0 + 1) * width)]) }
    }

    private func field(at offset: Int, count: Int) throws(CatalogueError) -> [UInt8]? {
        guard offset >= 0, offset <= size, count <= size - offset else { return nil }
        let bytes = try file.bytes(at: offset, count: count)
        return bytes.count == count ? bytes : nil
    }

    private func number(_ bytes: ArraySlice<UInt8>) -> Int { Self.number(bytes, bigEndian: bigEndian) }

    /// -1 for what does not fit: it lies outside every file.
    private static func number(_ bytes: ArraySlice<UInt8>, bigEndian: Bool) -> Int {
        var value: UInt64 = 0
        for byte in bigEndian ? Array(bytes) : bytes.reversed() { value = value << 8 | UInt64(byte) }
        return Int(exactly: value) ?? -1
    }
}
