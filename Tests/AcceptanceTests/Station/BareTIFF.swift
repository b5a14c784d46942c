import Foundation

/// TIFF files made by hand, for what no writer would write.
enum BareTIFF {
    /// Alcedo's surroundings, every pixel the same; uncompressed.
    static func phase(of value: Float) -> Data {
        let side = 320
        let pixels = (0..<(side * side)).reduce(into: Data(capacity: side * side * 4)) { data, _ in
            withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        return file(side: side, compression: 1, pixels: pixels)
    }

    /// Says that it has so many rows and columns, and has next to nothing.
    static func claiming(side: Int) -> Data { file(side: side, compression: 8, pixels: Data(repeating: 0x78, count: 64)) }

    private static func file(side: Int, compression: Int, pixels: Data) -> Data {
        let scale = [0.001, 0.001, 0], half = Double(min(side, 500)) * 0.0005
        let tie = [0, 0, 0, Scenes.alcedo.longitude - half, Scenes.alcedo.latitude + half, 0]
        let keys: [UInt16] = [1, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4326]
        let entries = 14
        var extra = Data()
        let extraStart = 8 + 2 + 12 * entries + 4
        func place(_ data: Data) -> UInt32 {
            defer { extra.append(data) }
            return UInt32(extraStart + extra.count)
        }
        let scaleAt = place(bytes(of: scale)), tieAt = place(bytes(of: tie))
        let keysAt = place(keys.reduce(into: Data()) { data, key in append(key, to: &data) })
        let pixelsAt = place(pixels)

        var data = Data([0x49, 0x49, 42, 0, 8, 0, 0, 0])
        append(UInt16(entries), to: &data)
        let (short, long, double) = (UInt16(3), UInt16(4), UInt16(12))
        let fields: [(UInt16, UInt16, Int, UInt32)] = [
            (256, long, 1, UInt32(side)), (257, long, 1, UInt32(side)), (258, short, 1, 32), (259, short, 1, UInt32(compression)),
            (262, short, 1, 1), (273, long, 1, pixelsAt), (277, short, 1, 1), (278, long, 1, UInt32(side)), (279, long, 1, UInt32(pixels.count)),
            (284, short, 1, 1), (339, short, 1, 3), (33550, double, 3, scaleAt), (33922, double, 6, tieAt), (34735, short, keys.count, keysAt),
        ]
        for (tag, type, count, value) in fields {
            append(tag, to: &data)
            append(type, to: &data)
            append(UInt32(count), to: &data)
            append(value, to: &data)
        }
        append(UInt32(0), to: &data)
        return data + extra
    }

    private static func bytes(of numbers: [Double]) -> Data {
        numbers.reduce(into: Data()) { data, number in append(number.bitPattern, to: &data) }
    }

    private static func append<Number: FixedWidthInteger>(_ number: Number, to data: inout Data) {
        withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) }
    }
}
