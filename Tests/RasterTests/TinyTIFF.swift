import Foundation

/// A TIFF laid out byte by byte, without libtiff: for tags that no honest writer would write, and as a second opinion on the reader.
struct TinyTIFF {
    enum Value {
        case short([UInt16])
        case long([UInt32])
        case double([Double])
        case text(String)
    }

    var bigEndian = false
    var tags: [UInt16: Value]
    var pixels: Data

    /// float32 pixels without compression, in one strip. `pixels` come row by row, as the file's rows go.
    init(width: Int, height: Int, floats: [Float], bigEndian: Bool = false, geo: [UInt16: Value] = TinyTIFF.area) {
        self.bigEndian = bigEndian
        tags = [
            256: .long([UInt32(width)]), 257: .long([UInt32(height)]), 258: .short([32]), 259: .short([1]), 262: .short([1]),
            277: .short([1]), 278: .long([UInt32(height)]), 339: .short([3]),
        ]
        tags.merge(geo) { $1 }
        pixels = Data()
        for value in floats { append(value.bitPattern, to: &pixels) }
    }

    /// 0.001 degrees, north-west corner at 1 N, 91 W.
    static let area: [UInt16: Value] = [
        33550: .double([0.001, 0.001, 0]), 33922: .double([0, 0, 0, -91, 1, 0]), 34735: .short(keys()),
    ]

    static func keys(model: UInt16 = 2, registration: UInt16 = 1, geographic: UInt16? = 4326, projected: UInt16? = nil, unit: UInt16? = nil)
        -> [UInt16]
    {
        var entries: [[UInt16]] = [[1024, 0, 1, model], [1025, 0, 1, registration]]
        if let geographic { entries.append([2048, 0, 1, geographic]) }
        if let unit { entries.append([2054, 0, 1, unit]) }
        if let projected { entries.append([3072, 0, 1, projected]) }
        return [1, 1, 0, UInt16(entries.count)] + entries.joined()
    }

    var data: Data {
        var all = tags
        if all[273] == nil { all[273] = .long([8]) }
        if all[279] == nil { all[279] = .long([UInt32(pixels.count)]) }
        var file = Data(bigEndian ? [0x4D, 0x4D] : [0x49, 0x49])
        append(UInt16(42), to: &file)
        append(UInt32(8 + pixels.count + pixels.count % 2), to: &file)
        file.append(pixels)
        if pixels.count % 2 == 1 { file.append(0) }
        var remote = Data()
        let remoteStart = file.count + 2 + all.count * 12 + 4
        append(UInt16(all.count), to: &file)
        for (tag, value) in all.sorted(by: { $0.key < $1.key }) {
            let (type, count, bytes) = encoded(value)
            append(tag, to: &file)
            append(type, to: &file)
            append(UInt32(count), to: &file)
            if bytes.count <= 4 {
                file.append(bytes + Data(repeating: 0, count: 4 - bytes.count))
            } else {
                append(UInt32(remoteStart + remote.count), to: &file)
                remote.append(bytes)
            }
        }
        append(UInt32(0), to: &file)
        return file + remote
    }

    private func encoded(_ value: Value) -> (type: UInt16, count: Int, bytes: Data) {
        var bytes = Data()
        switch value {
        case .short(let numbers):
            for number in numbers { append(number, to: &bytes) }
            return (3, numbers.count, bytes)
        case .long(let numbers):
            for number in numbers { append(number, to: &bytes) }
            return (4, numbers.count, bytes)
        case .double(let numbers):
            for number in numbers { append(number.bitPattern, to: &bytes) }
            return (12, numbers.count, bytes)
        case .text(let text):
            bytes = Data(text.utf8) + [0]
            return (2, bytes.count, bytes)
        }
    }

    private func append(_ number: some FixedWidthInteger, to data: inout Data) {
        withUnsafeBytes(of: bigEndian ? number.bigEndian : number.littleEndian) { data.append(contentsOf: $0) }
    }
}
