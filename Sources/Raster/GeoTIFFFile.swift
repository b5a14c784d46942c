internal import CTIFF
public import Domain
public import FoundationEssentials
internal import Synchronization
internal import Teamwork

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// An open GeoTIFF in degrees: DEFLATE, LZW or no compression, any predictor, strips or tiles, float32, float64, uint8, int16, uint16.
///
///     let file = try GeoTIFFFile(url)
///     let phase = try file.crop(as: .wrappedPhase, around: volcano.summit)
///
/// Opening reads the directory only and refuses truncated files; reading decodes only the strips or tiles that it needs.
/// All calls block on the disk. One thread at a time.
public final class GeoTIFFFile {
    /// Where the whole raster lies, normalised to north up and pixel edges.
    public let geometry: GridGeometry
    /// The file's name without its folder.
    public let name: String

    private let tiff: TIFFHandle
    private let layout: BlockLayout
    private let southUp: Bool
    private let declaredNoData: Float?
    private let threads: Int
    private let largestBlock: Int
    /// Of the open file, for more handles on it; `tiff` closes it.
    private let descriptor: Int32

    /// - Parameter threads: how many decode; the caller's thread waits.
    public init(_ url: URL, limits: RasterLimits = .standard, threads: Int = 1) throws(RasterError) {
        let file = try RasterFile(url)
        try file.check(limits)
        let (name, size) = (file.name, file.size)
        let descriptor = file.release()
        let tiff = try TIFFHandle(descriptor: descriptor, file: name, mode: GeoTIFFFile.mode, largest: limits.maximumBlockBytes)
        if let error = tiff.takeError() { throw RasterError(file: name, problem: .damaged(error)) }
        layout = try BlockLayout(of: tiff, file: name, limits: limits)
        tiff.takeOverPredictor(layout)
        try GeoTIFFFile.checkBlocks(of: tiff, layout: layout, file: name, size: size)
        let tags = GeoTags(
            pixelScale: tiff.doubles(CTIFF_MODEL_PIXEL_SCALE), tiepoints: tiff.doubles(CTIFF_MODEL_TIEPOINT),
            transformation: tiff.doubles(CTIFF_MODEL_TRANSFORMATION), keys: tiff.shorts(CTIFF_GEO_KEY_DIRECTORY))
        let place = try Georeference(width: layout.width, height: layout.height, tags: tags, file: name)
        (geometry, southUp) = (place.geometry, place.southUp)
        declaredNoData = tiff.text(CTIFF_GDAL_NO_DATA).flatMap(GeoTIFFFile.number)
        (self.tiff, self.name, self.descriptor) = (tiff, name, descriptor)
        (self.threads, largestBlock) = (threads, limits.maximumBlockBytes)
    }

    /// Read; m: no mmap, for a file that shrinks meanwhile would kill the process; c: strips as they are.
    private static let mode = "rmc"

    /// The whole raster.
    public func read(as quantity: Quantity) throws(RasterError) -> RasterGrid {
        try read(as: quantity, window: PixelWindow(rows: 0..<layout.height, columns: 0..<layout.width))
    }

    /// A part of the raster, on the file's own pixels.
    /// - Parameter window: rows from the north, whatever the order in the file; inside the raster.
    public func read(as quantity: Quantity, window: PixelWindow) throws(RasterError) -> RasterGrid {
        precondition(window.lies(in: geometry), "a window lies inside its raster")
        guard let scale = quantity.scale(of: layout.sample) else {
            throw RasterError(
                file: name, problem: .unsupported("\(quantity.name) stored as \(layout.sample). Give LiCSAR's own product or float32."))
        }
        var values = try decode(window)
        if let bad = quantity.interpret(&values, scale: scale, noData: declaredNoData) {
            throw RasterError(file: name, problem: .valuesOutOfRange(quantity, count: bad.count, worst: bad.worst))
        }
        return RasterGrid(geometry: geometry.part(window), values: values)
    }

    /// A square on the common grid of `GridGeometry.crop`, centred on a place; see there. All NaN where the raster does not reach.
    public func crop(as quantity: Quantity, around place: GeoPoint, degrees: Double = 0.5) throws(RasterError) -> RasterGrid {
        try crops(as: quantity, around: [place], degrees: degrees)[0]
    }

    /// One crop for each place, in order. Neighbours share their decoding: a frame's volcanoes cost little more than one pass.
    public func crops(as quantity: Quantity, around places: [GeoPoint], degrees: Double = 0.5) throws(RasterError) -> [RasterGrid] {
        let targets = places.map { GridGeometry.crop(around: $0, degrees: degrees) }
        let windows = targets.map { PixelWindow(of: geometry, covering: $0) }
        guard let union = PixelWindow(around: windows.compactMap(\.self)) else { return targets.map(RasterGrid.init(withoutData:)) }
        // Whole rows of strips are decoded in either case, so the rows are what it costs.
        let together = union.rows.count < windows.reduce(0) { $0 + ($1?.rows.count ?? 0) }
        let shared = together ? try read(as: quantity, window: union) : nil
        var crops: [RasterGrid] = []
        for (target, window) in zip(targets, windows) {
            if let window {
                let source = if let shared { shared } else { try read(as: quantity, window: window) }
                crops.append(source.resampled(onto: target))
            } else {
                crops.append(RasterGrid(withoutData: target))
            }
        }
        return crops
    }

    /// libtiff opens truncated files without complaint: every strip or tile must lie inside the file, and none may promise more than
    /// its bytes can hold.
    private static func checkBlocks(
        of tiff: TIFFHandle, layout: BlockLayout, file: String, size: UInt64
    ) throws(RasterError) {
        for block in 0..<tiff.blockCount {
            let (offset, bytes) = tiff.extent(ofBlock: block)
            let row = block / layout.blocksAcross * layout.blockHeight
            guard offset <= size, bytes <= size - offset else {
                throw RasterError(file: file, problem: .truncated(rowsPresent: row, rows: layout.height))
            }
            let decoded = UInt64(layout.storedRows(blockRow: block / layout.blocksAcross) * layout.rowBytes)
            guard bytes == 0 || decoded / UInt64(RasterLimits.greatestCompression) <= bytes else {
                throw RasterError(file: file, problem: .tooLarge("it claims \(decoded) bytes of pixels in \(bytes) bytes of file"))
            }
        }
        if let error = tiff.takeError() { throw RasterError(file: file, problem: .damaged(error)) }
    }

    /// The window's raw numbers, rows from the north. Blocks that were never written (GDAL's sparse files) stay NaN.
    private func decode(_ window: PixelWindow) throws(RasterError) -> [Float] {
        var values = [Float](repeating: .nan, count: window.rows.count * window.columns.count)
        guard !values.isEmpty else { return values }
        let decoder = WindowDecoder(window: window, layout: layout, southUp: southUp, file: name)
        // A handle for each thread: libtiff's are not shared. Small windows are not worth opening one.
        let wanted = values.count < 65_536 ? 1 : max(1, min(threads, decoder.blockRows.count))
        let handles = [tiff] + (1..<wanted).compactMap { _ in anotherHandle() }
        let errors = Mutex<[Int: RasterError]>([:])
        values.withUnsafeMutableBufferPointer { values in
            // Each part has rows and each worker a handle of its own. A few parts for each, should one be held up.
            nonisolated(unsafe) let (values, handles) = (values, handles)
            let parts = handles.count == 1 ? 1 : min(decoder.blockRows.count, 4 * handles.count)
            Team.share(parts, among: handles.count) { part, worker in
                do throws(RasterError) {
                    try decoder.decode(part: part, of: parts, with: handles[worker], to: values)
                } catch { errors.withLock { $0[part] = error } }
            }
        }
        if let (_, error) = errors.withLock({ $0.min { $0.key < $1.key } }) { throw error }
        return values
    }

    /// The same open file once more, also if its name belongs to another by now. Nil where the system gives none: reading takes longer then.
    private func anotherHandle() -> TIFFHandle? {
        let again = open("/proc/self/fd/\(descriptor)", O_RDONLY | O_CLOEXEC)
        guard again >= 0 else { return nil }
        do throws(RasterError) {
            let handle = try TIFFHandle(descriptor: again, file: name, mode: GeoTIFFFile.mode, largest: largestBlock)
            handle.takeOverPredictor(layout)
            return handle
        } catch { return nil }
    }

    /// GDAL writes the value as text, "nan" among others; what is no number declares nothing.
    private static func number(_ text: String) -> Float? {
        Double(text.split(whereSeparator: \.isWhitespace).first ?? "").map { Float($0) }
    }
}
