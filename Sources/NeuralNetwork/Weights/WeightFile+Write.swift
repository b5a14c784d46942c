public import FoundationEssentials

extension WeightFile {
    /// How values are stored.
    public enum Precision: String, Sendable {
        /// float32, exact.
        case single = "F32"
        /// binary16, rounded to the nearest: half the size, 3 digits.
        case half = "F16"
    }

    /// The safetensors file, tensors in the order of their names; the same tensors give the same bytes.
    /// - Throws: `WeightFileError` where half precision cannot hold a value, `EncodingError` where a name cannot be written as JSON.
    public func encoded(_ precision: Precision = .single) throws -> Data {
        var table = SafetensorsHeader.Table()
        table.metadata = metadata
        let ordered = tensors.sorted { $0.key < $1.key }
        let size = precision == .half ? 2 : 4
        var offset = 0
        for (name, tensor) in ordered {
            let end = offset + size * tensor.values.count
            table.entries[name] = SafetensorsHeader.Entry(dtype: precision.rawValue, shape: tensor.shape.sizes, offsets: [offset, end])
            offset = end
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var header = try encoder.encode(table)
        // Spaces up to a multiple of 8, so that readers which map the file find aligned values.
        header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))

        var file = Data(capacity: 8 + header.count + offset)
        var length = UInt64(header.count).littleEndian
        withUnsafeBytes(of: &length) { file.append(contentsOf: $0) }
        file.append(header)
        for (name, tensor) in ordered {
            switch precision {
            case .single: append(tensor.values.map { $0.bitPattern.littleEndian }, to: &file)
            case .half:
                let halves = tensor.values.map { Float16($0) }
                if let index = halves.firstIndex(where: { !$0.isFinite }) {
                    throw WeightFileError(file: self.name, problem: .tooLargeForHalf(name, index: index))
                }
                append(halves.map { $0.bitPattern.littleEndian }, to: &file)
            }
        }
        return file
    }

    private func append(_ words: [some FixedWidthInteger], to file: inout Data) {
        words.withUnsafeBytes { file.append(contentsOf: $0) }
    }

    /// Writes the file whole or not at all: a temporary file beside it, then a rename.
    public func write(to url: URL, _ precision: Precision = .single) throws {
        try encoded(precision).write(to: url, options: .atomic)
    }
}
