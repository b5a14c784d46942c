import CCairo
public import FoundationEssentials

/// An 8-bit grey picture, as chips of wrapped phase are stored: one byte a pixel, row-major.
public struct GreyPNG: Hashable, Sendable {
    public let width: Int
    public let height: Int
    public let levels: [UInt8]

    public init(width: Int, height: Int, levels: [UInt8]) {
        precondition(levels.count == width * height, "a picture has width x height levels")
        self.width = width
        self.height = height
        self.levels = levels
    }

    /// Why a file is no picture of this kind.
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Reads a grey PNG of 8 bits, not interlaced, up to 4096 x 4096.
    /// - Throws: `Problem` for anything else, a truncated or damaged file among it.
    public init(_ file: Data) throws(Problem) {
        let bytes = Array(file)
        guard bytes.starts(with: Self.signature) else { throw Problem(description: "it is no PNG") }
        var (at, header, packed, isComplete) = (8, [UInt8](), [UInt8](), false)
        while at + 12 <= bytes.count, !isComplete {
            let length = Self.number(bytes, at)
            guard length <= bytes.count - at - 12 else { throw Problem(description: "it is truncated") }
            let body = bytes[at + 8..<at + 8 + length]
            let checksum = UInt32(crc32(0, Array(bytes[at + 4..<at + 8 + length]), UInt32(length + 4)))
            guard checksum == UInt32(Self.number(bytes, at + 8 + length)) else { throw Problem(description: "a checksum is wrong: it is damaged") }
            switch String(decoding: bytes[at + 4..<at + 8], as: UTF8.self) {
            case "IHDR": header = Array(body)
            case "IDAT": packed += body
            case "IEND": isComplete = true
            default: break
            }
            at += 12 + length
        }
        guard isComplete, header.count == 13 else { throw Problem(description: "it is truncated") }
        let (width, height) = (Self.number(header, 0), Self.number(header, 4))
        guard header[8] == 8, header[9] == 0, header[12] == 0 else {
            throw Problem(
                description: "it is not 8-bit grey without interlacing: convert it, for instance with \"convert IN -colorspace gray -depth 8 OUT\"")
        }
        guard (1...4096).contains(width), (1...4096).contains(height) else {
            throw Problem(description: "it has \(width) x \(height) pixels, at most 4096 x 4096 are read")
        }
        var rows = [UInt8](repeating: 0, count: (width + 1) * height)
        var size = UInt(rows.count)
        guard uncompress(&rows, &size, packed, UInt(packed.count)) == Z_OK, size == rows.count else {
            throw Problem(description: "its pixels cannot be unpacked: it is damaged")
        }
        self.init(width: width, height: height, levels: try Self.unfiltered(rows, width: width))
    }

    /// A grey PNG of these levels.
    public func encoded() throws(MapPictureError) -> Data {
        var rows: [UInt8] = []
        rows.reserveCapacity((width + 1) * height)
        for y in 0..<height { rows += [0] + levels[y * width..<(y + 1) * width] }
        var size = compressBound(UInt(rows.count))
        var packed = [UInt8](repeating: 0, count: Int(size))
        guard compress2(&packed, &size, rows, UInt(rows.count), 6) == Z_OK else { throw .drawing("zlib is out of memory") }
        var file = Data(Self.signature)
        Self.append("IHDR", Self.bytes(width) + Self.bytes(height) + [8, 0, 0, 0, 0], to: &file)
        Self.append("IDAT", Array(packed.prefix(Int(size))), to: &file)
        Self.append("IEND", [], to: &file)
        return file
    }

    /// Undoes the filter that each row names in its first byte (PNG specification, section 9).
    private static func unfiltered(_ rows: [UInt8], width: Int) throws(Problem) -> [UInt8] {
        var levels = [UInt8](repeating: 0, count: rows.count / (width + 1) * width)
        for y in 0..<rows.count / (width + 1) {
            let filter = rows[y * (width + 1)]
            guard filter <= 4 else { throw Problem(description: "a row has the unknown filter \(filter)") }
            for x in 0..<width {
                let left = x > 0 ? Int(levels[y * width + x - 1]) : 0
                let up = y > 0 ? Int(levels[(y - 1) * width + x]) : 0
                let corner = x > 0 && y > 0 ? Int(levels[(y - 1) * width + x - 1]) : 0
                let guess =
                    switch filter {
                    case 1: left
                    case 2: up
                    case 3: (left + up) / 2
                    case 4: paeth(left, up, corner)
                    default: 0
                    }
                levels[y * width + x] = UInt8(truncatingIfNeeded: Int(rows[y * (width + 1) + 1 + x]) + guess)
            }
        }
        return levels
    }

    private static func paeth(_ left: Int, _ up: Int, _ corner: Int) -> Int {
        let (toLeft, toUp, toCorner) = (abs(up - corner), abs(left - corner), abs(left + up - 2 * corner))
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner
    }

    private static func number(_ bytes: [UInt8], _ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    private static func bytes(_ number: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }

    private static func append(_ type: String, _ body: [UInt8], to file: inout Data) {
        let named = Array(type.utf8) + body
        file.append(contentsOf: bytes(body.count) + named + bytes(Int(crc32(0, named, UInt32(named.count)))))
    }
}
