internal import CTIFF
internal import FoundationEssentials

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Writes a grid in any layout that the reader takes; the catalogue's are in `GeoTIFF.Encoding`, the rest serves tests.
struct GeoTIFFWriter {
    enum Block: Hashable { case strips(rows: Int), tiles(side: Int) }

    var sample = SampleType.float32
    /// TIFF's number: 1 none, 5 LZW, 8 DEFLATE.
    var compression = 8
    var predictor = 1
    var block = Block.strips(rows: 1)
    /// GDAL's text; nil leaves the tag out. NaN is written as 0 either way.
    var noData: String?
    var registeredAtCentres = false
    var southUp = false

    func write(_ grid: RasterGrid, to url: URL) throws(RasterError) {
        let name = url.lastPathComponent
        func failure(_ detail: String) -> RasterError { RasterError(file: name, problem: .io("cannot be written: \(detail)")) }
        // In the same folder, for the rename to be atomic; hidden, so that a reader of the folder passes it by.
        var template = Array(url.deletingLastPathComponent().appending(path: ".\(name).XXXXXX").path(percentEncoded: false).utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure(lastSystemError()) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        // libtiff closes its own, but the sync must come after its last write.
        let kept = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        defer { close(kept) }
        do throws(RasterError) {
            try encode(grid, into: descriptor, name: name)
            // mkstemp makes the file private; a catalogue is to be read by others.
            guard kept >= 0, fchmod(kept, 0o644) == 0, fsync(kept) == 0 else { throw failure(lastSystemError()) }
            let renamed = url.withUnsafeFileSystemRepresentation { target in target.map { rename(template, $0) } ?? -1 }
            guard renamed == 0 else { throw failure(lastSystemError()) }
        } catch {
            unlink(template)
            throw error
        }
    }

    /// Takes over the descriptor. libtiff reports a full disk only through its error log.
    func encode(_ grid: RasterGrid, into descriptor: Int32, name: String) throws(RasterError) {
        let tiff = try TIFFHandle(descriptor: descriptor, file: name, mode: "w", largest: 1 << 30)
        setTags(of: tiff, for: grid.geometry)
        if let error = tiff.takeError() { throw RasterError(file: name, problem: .io("cannot be written: \(error)")) }
        switch block {
        case .strips(let rows):
            for (index, top) in stride(from: 0, to: grid.height, by: rows).enumerated() {
                put(grid, rows: top..<min(top + rows, grid.height), columns: 0..<grid.width, block: index, of: tiff)
            }
        case .tiles(let side):
            var index = 0
            for top in stride(from: 0, to: grid.height, by: side) {
                for left in stride(from: 0, to: grid.width, by: side) {
                    put(grid, rows: top..<top + side, columns: left..<left + side, block: index, of: tiff)
                    index += 1
                }
            }
        }
        tiff.finish()
        if let error = tiff.takeError() { throw RasterError(file: name, problem: .io("cannot be written: \(error)")) }
    }

    /// Encodes a block of the file's rows and columns; what lies outside the grid (the rest of a tile) becomes 0.
    private func put(_ grid: RasterGrid, rows: Range<Int>, columns: Range<Int>, block: Int, of tiff: TIFFHandle) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: rows.count * columns.count * sample.bytes, alignment: 16)
        defer { buffer.deallocate() }
        func fill<T>(_: T.Type, _ convert: (Float) -> T) {
            let target = buffer.bindMemory(to: T.self)
            var next = 0
            for row in rows {
                let y = southUp ? grid.height - 1 - row : row
                for x in columns {
                    let inside = (0..<grid.height).contains(y) && x < grid.width
                    target[next] = convert(inside ? stored(grid[y, x]) : 0)
                    next += 1
                }
            }
        }
        switch sample {
        case .float32: fill(Float.self) { $0 }
        case .float64: fill(Double.self) { Double($0) }
        case .uint8: fill(UInt8.self) { UInt8(clamping: Int($0)) }
        case .int16: fill(Int16.self) { Int16(clamping: Int($0)) }
        case .uint16: fill(UInt16.self) { UInt16(clamping: Int($0)) }
        }
        tiff.encode(block: block, from: buffer)
    }

    /// 0 stands for no data, so a true 0 becomes the smallest number beside it where the type has one that means nothing.
    private func stored(_ value: Float) -> Float {
        if value.isNaN { return 0 }
        return value == 0 && (sample == .float32 || sample == .float64) ? .leastNormalMagnitude : value
    }

    private func setTags(of tiff: TIFFHandle, for geometry: GridGeometry) {
        tiff.set(TIFFTAG_IMAGEWIDTH, long: geometry.width)
        tiff.set(TIFFTAG_IMAGELENGTH, long: geometry.height)
        tiff.set(TIFFTAG_SAMPLESPERPIXEL, short: 1)
        tiff.set(TIFFTAG_BITSPERSAMPLE, short: sample.bytes * 8)
        tiff.set(TIFFTAG_SAMPLEFORMAT, short: sample == .float32 || sample == .float64 ? 3 : sample == .int16 ? 2 : 1)
        tiff.set(TIFFTAG_PHOTOMETRIC, short: 1)
        tiff.set(TIFFTAG_PLANARCONFIG, short: 1)
        tiff.set(TIFFTAG_COMPRESSION, short: compression)
        if predictor != 1 { tiff.set(TIFFTAG_PREDICTOR, short: predictor) }
        switch block {
        case .strips(let rows): tiff.set(TIFFTAG_ROWSPERSTRIP, long: rows)
        case .tiles(let side):
            tiff.set(TIFFTAG_TILEWIDTH, long: side)
            tiff.set(TIFFTAG_TILELENGTH, long: side)
        }
        setGeoTags(of: tiff, for: geometry)
        if let noData { tiff.set(CTIFF_GDAL_NO_DATA, text: noData) }
    }

    /// Model type geographic, Area or Point, EPSG:4326, degrees.
    private func setGeoTags(of tiff: TIFFHandle, for geometry: GridGeometry) {
        let shift = registeredAtCentres ? 0.5 : 0
        let (west, edge) = (geometry.longitude(x: shift), Double(geometry.height) - shift)
        if southUp {
            tiff.set(
                CTIFF_MODEL_TRANSFORMATION,
                doubles: [geometry.pixelWidth, 0, 0, west, 0, geometry.pixelHeight, 0, geometry.latitude(y: edge), 0, 0, 0, 0, 0, 0, 0, 1])
        } else {
            tiff.set(CTIFF_MODEL_PIXEL_SCALE, doubles: [geometry.pixelWidth, geometry.pixelHeight, 0])
            tiff.set(CTIFF_MODEL_TIEPOINT, doubles: [0, 0, 0, west, geometry.latitude(y: shift), 0])
        }
        let registration: UInt16 = registeredAtCentres ? 2 : 1
        tiff.set(
            CTIFF_GEO_KEY_DIRECTORY,
            shorts: [1, 1, 0, 4, 1024, 0, 1, 2, 1025, 0, 1, registration, 2048, 0, 1, 4326, 2054, 0, 1, 9102])
    }
}
