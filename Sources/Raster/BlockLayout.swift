internal import CTIFF

/// How a file's pixels are cut into strips or tiles ("blocks") and stored.
struct BlockLayout: Hashable, Sendable {
    let width: Int
    let height: Int
    let sample: SampleType
    let tiled: Bool
    /// A strip is as wide as the image.
    let blockWidth: Int
    let blockHeight: Int

    var blocksAcross: Int { (width + blockWidth - 1) / blockWidth }
    var blocksDown: Int { (height + blockHeight - 1) / blockHeight }
    var rowBytes: Int { blockWidth * sample.bytes }

    /// Rows that a block in this row of blocks stores: the last strip is short, tiles are always whole.
    func storedRows(blockRow: Int) -> Int { tiled ? blockHeight : min(blockHeight, height - blockRow * blockHeight) }

    /// Reads the tags, throwing for everything that this reader does not take or that passes a limit.
    init(of tiff: TIFFHandle, file: String, limits: RasterLimits) throws(RasterError) {
        func refuse(_ problem: RasterError.Problem) -> RasterError { RasterError(file: file, problem: problem) }
        guard let width = tiff.long(TIFFTAG_IMAGEWIDTH), let height = tiff.long(TIFFTAG_IMAGELENGTH), width > 0, height > 0 else {
            throw refuse(.damaged("no image size"))
        }
        try limits.check(width: UInt64(width), height: UInt64(height), file: file)
        let bands = tiff.short(TIFFTAG_SAMPLESPERPIXEL) ?? 1
        guard bands == 1 else {
            throw refuse(.unsupported("\(bands) bands. Extract the one you mean with gdal_translate -b N."))
        }
        let compression = tiff.short(TIFFTAG_COMPRESSION) ?? COMPRESSION_NONE_CODE
        guard BlockLayout.compressions.contains(compression) else {
            throw refuse(.unsupported("compression \(compression). Convert it with gdal_translate -co COMPRESS=DEFLATE."))
        }
        sample = try BlockLayout.sample(of: tiff, file: file)
        (self.width, self.height, tiled) = (width, height, tiff.isTiled)
        if tiled {
            blockWidth = tiff.long(TIFFTAG_TILEWIDTH) ?? 0
            blockHeight = tiff.long(TIFFTAG_TILELENGTH) ?? 0
        } else {
            blockWidth = width
            blockHeight = min(tiff.long(TIFFTAG_ROWSPERSTRIP) ?? height, height)
        }
        try checkBlocks(of: tiff, file: file, limits: limits)
    }

    private func checkBlocks(of tiff: TIFFHandle, file: String, limits: RasterLimits) throws(RasterError) {
        let (area, overflow) = blockWidth.multipliedReportingOverflow(by: blockHeight)
        guard blockWidth > 0, blockHeight > 0, !overflow else {
            throw RasterError(file: file, problem: .damaged("blocks of \(blockWidth) x \(blockHeight) pixels"))
        }
        guard area <= limits.maximumBlockBytes / sample.bytes else {
            let kind = tiled ? "tiles" : "strips"
            throw RasterError(
                file: file,
                problem: .tooLarge("\(kind) of \(blockWidth) x \(blockHeight) pixels; the limit is \(limits.maximumBlockBytes) bytes each"))
        }
        // Tags that we do not read (subsampling, bit packing) would make libtiff's blocks differ from ours.
        let agrees = tiled ? tiff.tileBytes == rowBytes * blockHeight : tiff.rowBytes == rowBytes
        guard agrees, tiff.blockCount == blocksAcross * blocksDown else {
            throw RasterError(file: file, problem: .damaged("its strips or tiles do not fit its size"))
        }
    }

    /// None, LZW, DEFLATE (the number in use and the one before it was standard).
    private static let compressions: Set<Int> = [COMPRESSION_NONE_CODE, 5, 8, 32946]

    private static func sample(of tiff: TIFFHandle, file: String) throws(RasterError) -> SampleType {
        let bits = tiff.short(TIFFTAG_BITSPERSAMPLE) ?? 1
        let format = tiff.short(TIFFTAG_SAMPLEFORMAT) ?? 1
        switch (format, bits) {
        case (3, 32): return .float32
        case (3, 64): return .float64
        case (1, 8): return .uint8
        case (1, 16): return .uint16
        case (2, 16): return .int16
        default:
            let name = [1: "unsigned", 2: "signed", 3: "floating-point"][format] ?? "complex or unknown"
            throw RasterError(
                file: file,
                problem: .unsupported("\(bits)-bit \(name) numbers. Convert it with gdal_translate -ot Float32."))
        }
    }
}

private let COMPRESSION_NONE_CODE = 1
