internal import CPixels
internal import CTIFF

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The one owner of a libtiff handle, its file descriptor and its error log. Not for use from two threads at once.
final class TIFFHandle {
    private let tiff: OpaquePointer
    private let log: UnsafeMutablePointer<ctiff_log>
    /// A row of numbers whose differences are summed up here; nil where libtiff does that.
    private var summedRow: UnsafeMutableBufferPointer<UInt32>?

    /// Takes over the descriptor, also when it throws.
    /// - Parameter largest: bytes that one allocation may take.
    init(descriptor: Int32, file: String, mode: String, largest: Int) throws(RasterError) {
        log = .allocate(capacity: 1)
        log.initialize(to: ctiff_log())
        guard let opened = ctiff_open(descriptor, file, mode, Int64(largest), log) else {
            let text = TIFFHandle.text(log)
            log.deallocate()
            close(descriptor)
            throw RasterError(file: file, problem: mode == "w" ? .io("cannot be written: \(text)") : .damaged(text))
        }
        tiff = opened
    }

    deinit {
        TIFFClose(tiff)
        log.deallocate()
        summedRow?.deallocate()
    }

    /// The first error since the last call, in libtiff's words; nil if there was none.
    func takeError() -> String? {
        guard log.pointee.errors > 0 else { return nil }
        log.pointee.errors = 0
        return TIFFHandle.text(log)
    }

    private static func text(_ log: UnsafeMutablePointer<ctiff_log>) -> String {
        let text = withUnsafeBytes(of: log.pointee.first) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return text.isEmpty ? "libtiff cannot open it" : printable(text, limit: 200)
    }

    // MARK: Tags

    func short(_ tag: Int32) -> Int? {
        var value: UInt16 = 0
        return ctiff_get_u16(tiff, UInt32(tag), &value) == 1 ? Int(value) : nil
    }

    func long(_ tag: Int32) -> Int? {
        var value: UInt32 = 0
        return ctiff_get_u32(tiff, UInt32(tag), &value) == 1 ? Int(value) : nil
    }

    func doubles(_ tag: Int) -> [Double] {
        var count: UInt32 = 0
        guard let values = ctiff_get_doubles(tiff, UInt32(tag), &count) else { return [] }
        return Array(UnsafeBufferPointer(start: values, count: Int(count)))
    }

    func shorts(_ tag: Int) -> [UInt16] {
        var count: UInt32 = 0
        guard let values = ctiff_get_shorts(tiff, UInt32(tag), &count) else { return [] }
        return Array(UnsafeBufferPointer(start: values, count: Int(count)))
    }

    func text(_ tag: Int) -> String? { ctiff_get_text(tiff, UInt32(tag)).map { String(cString: $0) } }

    func set(_ tag: Int32, short value: Int) { _ = ctiff_set_u16(tiff, UInt32(tag), UInt16(value)) }
    func set(_ tag: Int32, long value: Int) { _ = ctiff_set_u32(tiff, UInt32(tag), UInt32(value)) }
    func set(_ tag: Int, doubles: [Double]) { _ = ctiff_set_doubles(tiff, UInt32(tag), doubles, UInt32(doubles.count)) }
    func set(_ tag: Int, shorts: [UInt16]) { _ = ctiff_set_shorts(tiff, UInt32(tag), shorts, UInt32(shorts.count)) }
    func set(_ tag: Int, text: String) { _ = ctiff_set_text(tiff, UInt32(tag), text) }

    // MARK: Strips and tiles ("blocks"; libtiff numbers both from 0)

    var isTiled: Bool { TIFFIsTiled(tiff) != 0 }
    var blockCount: Int { Int(isTiled ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff)) }
    var tileBytes: Int { Int(TIFFTileSize(tiff)) }
    var rowBytes: Int { Int(TIFFScanlineSize(tiff)) }

    /// Where a block's bytes lie in the file. An offset and size of 0 stand for a block that was never written.
    func extent(ofBlock block: Int) -> (offset: UInt64, bytes: UInt64) {
        (TIFFGetStrileOffset(tiff, UInt32(block)), TIFFGetStrileByteCount(tiff, UInt32(block)))
    }

    /// Undoes the floating-point predictor here instead of in libtiff, which goes byte by byte and takes as long for it as for the rest of a row.
    /// Before the first block is decoded; what has another predictor stays with libtiff.
    /// - Parameter layout: the file's.
    func takeOverPredictor(_ layout: BlockLayout) {
        // What is not compressed has no predictor to ask for. Of a foreign byte order, libtiff would turn bytes round that this predictor has in order.
        guard layout.sample == .float32, let compression = short(TIFFTAG_COMPRESSION), compression != Int(COMPRESSION_NONE),
            short(TIFFTAG_PREDICTOR) == Int(PREDICTOR_FLOATINGPOINT), TIFFIsByteSwapped(tiff) == 0
        else { return }
        set(TIFFTAG_PREDICTOR, short: Int(PREDICTOR_NONE))
        // Should libtiff refuse, it goes on as before.
        guard short(TIFFTAG_PREDICTOR) == Int(PREDICTOR_NONE) else { return }
        summedRow = .allocate(capacity: layout.blockWidth)
    }

    private func sumDifferences(_ rows: UnsafeMutableRawBufferPointer, _ row: UnsafeMutableBufferPointer<UInt32>) {
        guard let sums = row.baseAddress else { return }
        for first in stride(from: 0, to: rows.count, by: 4 * row.count) {
            let bytes = UnsafeMutableRawBufferPointer(rebasing: rows[first..<first + 4 * row.count])
            pixels_sum_differences(bytes.assumingMemoryBound(to: UInt8.self).baseAddress, row.count, sums)
            bytes.copyMemory(from: UnsafeRawBufferPointer(row))
        }
    }

    /// Decodes a block into the front of `buffer`, in native byte order.
    /// - Returns: nil if exactly `bytes` bytes came without an error, else what went wrong.
    func decode(block: Int, into buffer: UnsafeMutableRawBufferPointer, bytes: Int) -> String? {
        log.pointee.errors = 0
        let read =
            isTiled
            ? TIFFReadEncodedTile(tiff, UInt32(block), buffer.baseAddress, tmsize_t(bytes))
            : TIFFReadEncodedStrip(tiff, UInt32(block), buffer.baseAddress, tmsize_t(bytes))
        if let error = takeError() { return error }
        guard read == bytes else { return "\(read) of \(bytes) bytes decoded" }
        if let summedRow { sumDifferences(UnsafeMutableRawBufferPointer(rebasing: buffer[..<bytes]), summedRow) }
        return nil
    }

    /// Encodes a block. Some codecs change the buffer's content.
    func encode(block: Int, from buffer: UnsafeMutableRawBufferPointer) {
        _ =
            isTiled
            ? TIFFWriteEncodedTile(tiff, UInt32(block), buffer.baseAddress, tmsize_t(buffer.count))
            : TIFFWriteEncodedStrip(tiff, UInt32(block), buffer.baseAddress, tmsize_t(buffer.count))
    }

    /// Writes the directory, after the last block.
    func finish() { TIFFFlush(tiff) }
}

/// Text of a foreign file, safe to show: printable ASCII and no longer than `limit`.
func printable(_ text: String, limit: Int) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { (32..<127).contains($0.value) ? $0 : " " }.prefix(limit)))
}
