/// Decodes the strips or tiles under a window into its values.
struct WindowDecoder: Sendable {
    let layout: BlockLayout
    let file: String
    /// Rows of blocks that the window touches, as the file numbers them.
    let blockRows: Range<Int>
    private let southUp: Bool
    private let fileRows: Range<Int>
    private let columns: Range<Int>

    /// - Parameter window: rows from the north; not empty.
    init(window: PixelWindow, layout: BlockLayout, southUp: Bool, file: String) {
        (self.layout, self.southUp, self.file, columns) = (layout, southUp, file, window.columns)
        let rows = window.rows
        fileRows = southUp ? layout.height - rows.upperBound..<layout.height - rows.lowerBound : rows
        blockRows = fileRows.lowerBound / layout.blockHeight..<(fileRows.upperBound - 1) / layout.blockHeight + 1
    }

    /// One of several parts of the window, each a run of block rows.
    /// - Parameter values: the whole window's, rows from the north.
    func decode(part: Int, of parts: Int, with tiff: TIFFHandle, to values: UnsafeMutableBufferPointer<Float>) throws(RasterError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: layout.blockHeight * layout.rowBytes, alignment: 16)
        defer { buffer.deallocate() }
        let (first, count) = (blockRows.lowerBound, blockRows.count)
        for blockRow in first + count * part / parts..<first + count * (part + 1) / parts {
            let bytes = layout.storedRows(blockRow: blockRow) * layout.rowBytes
            for blockColumn in columns.lowerBound / layout.blockWidth...(columns.upperBound - 1) / layout.blockWidth {
                let block = blockRow * layout.blocksAcross + blockColumn
                guard tiff.extent(ofBlock: block).bytes > 0 else { continue }
                if let error = tiff.decode(block: block, into: buffer, bytes: bytes) {
                    throw RasterError(file: file, problem: .damaged("row \(blockRow * layout.blockHeight): \(error)"))
                }
                let top = blockRow * layout.blockHeight
                for row in fileRows.clamped(to: top..<top + layout.blockHeight) {
                    let target = southUp ? fileRows.upperBound - 1 - row : row - fileRows.lowerBound
                    copy(
                        UnsafeRawBufferPointer(rebasing: buffer[((row - top) * layout.rowBytes)...]),
                        left: blockColumn * layout.blockWidth, to: values, at: target * columns.count)
                }
            }
        }
    }

    /// Copies one row of a block, whose first pixel is the image's column `left`, into the row of `values` that begins at `start`.
    private func copy(_ row: UnsafeRawBufferPointer, left: Int, to values: UnsafeMutableBufferPointer<Float>, at start: Int) {
        let wanted = columns.clamped(to: left..<left + layout.blockWidth)
        func convert<T>(_: T.Type, _ float: (T) -> Float) {
            let pixels = row.assumingMemoryBound(to: T.self)
            let source = UnsafeBufferPointer(rebasing: pixels[wanted.lowerBound - left..<wanted.upperBound - left])
            let offset = start + wanted.lowerBound - columns.lowerBound
            for i in source.indices { values[offset + i] = float(source[i]) }
        }
        switch layout.sample {
        case .float32: convert(Float.self) { $0 }
        case .float64: convert(Double.self) { Float($0) }
        case .uint8: convert(UInt8.self) { Float($0) }
        case .int16: convert(Int16.self) { Float($0) }
        case .uint16: convert(UInt16.self) { Float($0) }
        }
    }
}
