/// What a raster may cost. A file that asks for more is refused before anything of that size is allocated.
public struct RasterLimits: Hashable, Sendable {
    /// Width times height. Each pixel takes 4 bytes once read.
    public var maximumPixels: Int
    /// Bytes of one decoded strip or tile; also the most that libtiff may allocate at once.
    public var maximumBlockBytes: Int

    public init(maximumPixels: Int, maximumBlockBytes: Int) {
        self.maximumPixels = maximumPixels
        self.maximumBlockBytes = maximumBlockBytes
    }

    /// 40 million pixels (a full land frame has about 10), 192 MiB a block.
    public static let standard = RasterLimits(maximumPixels: 40_000_000, maximumBlockBytes: 192 << 20)

    func check(width: UInt64, height: UInt64, file: String) throws(RasterError) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels <= UInt64(maximumPixels) else {
            throw RasterError(file: file, problem: .tooLarge("it claims \(width) x \(height) pixels; the limit is \(maximumPixels) pixels"))
        }
    }

    /// DEFLATE packs at most 1032 to 1 and LZW about 1400 to 1, so more than this is not data.
    static let greatestCompression = 2000
}
