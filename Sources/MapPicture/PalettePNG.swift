import CCairo
import FoundationEssentials

/// Writes a PNG with a palette (colour type 3): one byte a pixel before packing.
///
/// The palette is fixed: the cycle, the tinted greys, no data, and a scale of greys for lines and letters. Maps are drawn in exactly
/// these colours; only the soft edges of letters and contours are moved to the nearest one.
enum PalettePNG {
    static let palette: [UInt32] = {
        let greys = (0..<32).map { OKLabColour(0.20 + 0.80 * Double($0) / 31, 0, -0.004).rgb }
        var seen: Set<UInt32> = []
        let all =
            [Ink.paper.rgb, Ink.text.rgb, Ink.quiet.rgb, Ink.noData.rgb] + CyclicColourMap.colours + ProbabilityTint.tinted.flatMap(\.self) + greys
        return Array(all.filter { seen.insert($0).inserted }.prefix(256))
    }()

    /// - Parameter pixels: `0xRRGGBB`, row-major.
    static func encode(_ pixels: [UInt32], width: Int) throws(MapPictureError) -> Data {
        let height = pixels.count / max(width, 1)
        var nearest = NearestColour(palette: palette)
        var rows: [UInt8] = []
        rows.reserveCapacity((width + 1) * height)
        for y in 0..<height {
            // Each row begins with its filter; "none" packs palette indices best.
            rows.append(0)
            for x in 0..<width { rows.append(nearest.index(of: pixels[y * width + x])) }
        }
        var file = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        append("IHDR", bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 3, 0, 0, 0], to: &file)
        append("PLTE", palette.flatMap { [UInt8($0 >> 16 & 255), UInt8($0 >> 8 & 255), UInt8($0 & 255)] }, to: &file)
        append("IDAT", try packed(rows), to: &file)
        append("IEND", [], to: &file)
        return file
    }

    private static func append(_ type: String, _ body: [UInt8], to file: inout Data) {
        let named = Array(type.utf8) + body
        file.append(contentsOf: bigEndian(UInt32(body.count)) + named)
        file.append(contentsOf: bigEndian(UInt32(crc32(0, named, UInt32(named.count)))))
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        [UInt8(number >> 24), UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
    }

    private static func packed(_ bytes: [UInt8]) throws(MapPictureError) -> [UInt8] {
        var size = compressBound(UInt(bytes.count))
        var output = [UInt8](repeating: 0, count: Int(size))
        guard compress2(&output, &size, bytes, UInt(bytes.count), 6) == Z_OK else { throw .drawing("zlib is out of memory") }
        return Array(output.prefix(Int(size)))
    }
}

/// Finds the palette's nearest colour and remembers what it found: a picture has few thousand different colours.
private struct NearestColour {
    let palette: [UInt32]
    private var known: [UInt32: UInt8] = [:]
    private var last: (colour: UInt32, index: UInt8)

    init(palette: [UInt32]) {
        self.palette = palette
        for (i, colour) in palette.enumerated() where known[colour] == nil { known[colour] = UInt8(i) }
        last = (palette[0], 0)
    }

    mutating func index(of colour: UInt32) -> UInt8 {
        if colour == last.colour { return last.index }
        let index = known[colour] ?? search(colour)
        known[colour] = index
        last = (colour, index)
        return index
    }

    private func search(_ colour: UInt32) -> UInt8 {
        var best = (index: 0, distance: Int.max)
        for (i, candidate) in palette.enumerated() {
            var distance = 0
            for (shift, weight) in [(16, 3), (8, 4), (0, 2)] as [(UInt32, Int)] {
                let difference = Int(colour >> shift & 255) - Int(candidate >> shift & 255)
                distance += weight * difference * difference
            }
            if distance < best.distance { best = (i, distance) }
        }
        return UInt8(best.index)
    }
}
