public import FoundationEssentials

extension WeightFile {
    /// The safetensors file, float32, tensors in the order of their names; the same tensors give the same bytes.
    /// - Throws: `EncodingError` where a name cannot be written as JSON.
    public func encoded() throws -> Data {
        var table = SafetensorsHeader.Table()
        table.metadata = metadata
        let ordered = tensors.sorted { $0.key < $1.key }
        var offset = 0
        for (name, tensor) in ordered {
            let end = offset + 4 * tensor.values.count
            table.entries[name] = SafetensorsHeader.Entry(
                dtype: "F32", shape: tensor.shape.sizes, offsets: [offset, end])
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
        for (_, tensor) in ordered {
            let words = tensor.values.map { $0.bitPattern.littleEndian }
            words.withUnsafeBytes { file.append(contentsOf: $0) }
        }
        return file
    }

    /// Writes the file whole or not at all: a temporary file beside it, then a rename.
    public func write(to url: URL) throws {
        try encoded().write(to: url, options: .atomic)
    }
}
