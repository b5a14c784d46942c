import FoundationEssentials

/// The table of contents of a safetensors file, checked against the file's size: after this nobody checks an offset
/// again.
struct SafetensorsHeader {
    /// In the order of their bytes.
    let entries: [(name: String, entry: Entry)]
    let metadata: [String: String]
    /// Where the values begin, bytes from the file's start.
    let end: Int

    /// 8 MiB, some ten thousands of tensors.
    static let limit = 8 << 20

    init(of data: Data) throws(SafetensorsProblem) {
        guard data.count >= 8 else { throw .tooShortForHeader(bytes: data.count) }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length >= 2, length <= UInt64(min(Self.limit, data.count - 8)) else {
            throw .headerLength(bytes: length, limit: Self.limit)
        }
        end = 8 + Int(length)
        let json = data[data.startIndex + 8..<data.startIndex + end]
        let table: Table
        do { table = try JSONDecoder().decode(Table.self, from: json) } catch {
            throw .headerNotJSON(reason: String(describing: error))
        }
        metadata = table.metadata
        entries = table.entries.sorted { ($0.value.begin, $0.key) < ($1.value.begin, $1.key) }.map {
            ($0.key, $0.value)
        }
        try checkEntries(available: data.count - end)
    }

    /// Every byte of the values belongs to exactly one tensor.
    private func checkEntries(available: Int) throws(SafetensorsProblem) {
        var used = 0
        var before = "the header"
        for (name, entry) in entries {
            try entry.check(name)
            guard entry.finish <= available else { throw .truncated(name, needs: entry.finish, has: available) }
            guard entry.begin >= used else { throw .overlap(before, name) }
            guard entry.begin == used else { throw .unusedBytes(count: entry.begin - used) }
            used = entry.finish
            before = name
        }
        guard used == available else { throw .unusedBytes(count: available - used) }
    }

    struct Entry: Codable {
        let dtype: String
        let shape: [Int]
        let offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }

        var begin: Int { offsets.first ?? 0 }
        var finish: Int { offsets.last ?? 0 }
        private var bytesPerValue: Int? { ["F32": 4, "F16": 2, "I64": 8][dtype] }

        /// The entry by itself: a known type, a sane shape, offsets that fit the shape.
        func check(_ name: String) throws(SafetensorsProblem) {
            guard let size = bytesPerValue else { throw .unsupportedType(name, dtype: dtype) }
            guard offsets.count == 2, begin >= 0, begin <= finish else {
                throw .headerEntry(name, reason: "data_offsets \(offsets) are not [begin, end]")
            }
            guard shape.count <= 8, shape.allSatisfy({ $0 >= 0 }) else {
                throw .headerEntry(name, reason: "the shape \(shape) has a negative size or more than 8 axes")
            }
            var bytes = size
            for axis in shape {
                let (product, overflow) = bytes.multipliedReportingOverflow(by: axis)
                guard !overflow else { throw .headerEntry(name, reason: "the shape \(shape) overflows") }
                bytes = product
            }
            guard bytes == finish - begin else {
                throw .headerEntry(
                    name, reason: "\(dtype) of shape \(shape) takes \(bytes) bytes, the offsets give \(finish - begin)")
            }
        }

        /// The values, widened to float32. The entry has passed `check`.
        func tensor(named name: String, from data: Data, valuesAt start: Int) throws(SafetensorsProblem) -> Tensor {
            let bytes = data[data.startIndex + start + begin..<data.startIndex + start + finish]
            let count = Shape(shape).count
            let values: [Float] = bytes.withUnsafeBytes { raw in
                switch dtype {
                case "F16":
                    (0..<count).map {
                        Float(half: UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)))
                    }
                case "I64":
                    (0..<count).map { Float(Int64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self))) }
                default:
                    (0..<count).map {
                        Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
                    }
                }
            }
            if let index = values.firstIndex(where: { !$0.isFinite }) { throw .notFinite(name, index: index) }
            return Tensor(shape: Shape(shape), values: values)
        }
    }

    /// The JSON object: tensors by name, and text under `__metadata__`.
    struct Table: Codable {
        var entries: [String: Entry] = [:]
        var metadata: [String: String] = [:]

        private struct Name: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        private static let metadataName = "__metadata__"

        init() {}

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            for name in container.allKeys {
                if name.stringValue == Self.metadataName {
                    metadata = try container.decode([String: String].self, forKey: name)
                } else {
                    entries[name.stringValue] = try container.decode(Entry.self, forKey: name)
                }
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Name.self)
            if !metadata.isEmpty { try container.encode(metadata, forKey: Name(stringValue: Self.metadataName)) }
            for (name, entry) in entries { try container.encode(entry, forKey: Name(stringValue: name)) }
        }
    }
}

extension Float {
    /// An IEEE 754 half-precision number (binary16), exactly.
    init(half bits: UInt16) {
        let (sign, exponent, fraction) = (UInt32(bits >> 15) << 31, UInt32(bits >> 10) & 31, UInt32(bits) & 0x3FF)
        switch exponent {
        case 0: self = (sign == 0 ? 1 : -1) * Float(fraction) * 0x1p-24
        case 31: self.init(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: self.init(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
