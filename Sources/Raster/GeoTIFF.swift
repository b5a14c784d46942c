public import FoundationEssentials

/// Writing rasters the way that LiCSAR does.
public enum GeoTIFF {
    /// The catalogue's two formats. Both say "no data" with 0, so a true 0 is written as the smallest value beside it.
    public enum Encoding: Hashable, Sendable {
        /// Phase, elevation: DEFLATE, predictor 3, a row a strip, no data declared.
        case float32Deflate
        /// Coherence 0...1 as 1...255: DEFLATE, predictor 2, four rows a strip.
        case uint8Deflate
    }

    /// Writes a grid; NaN becomes 0. The file appears under its name only when it is complete and on the disk.
    /// - Throws: `RasterError.io` (full disk, no such folder, permission); an existing file is then unchanged.
    public static func write(_ grid: RasterGrid, to url: URL, as encoding: Encoding) throws(RasterError) {
        switch encoding {
        case .float32Deflate:
            try GeoTIFFWriter(sample: .float32, compression: 8, predictor: 3, block: .strips(rows: 1), noData: "0").write(grid, to: url)
        case .uint8Deflate:
            var scaled = grid
            for i in scaled.values.indices {
                let value = scaled.values[i]
                scaled.values[i] = value.isNaN ? .nan : min(max(value * 255, 1), 255).rounded()
            }
            try GeoTIFFWriter(sample: .uint8, compression: 8, predictor: 2, block: .strips(rows: 4), noData: nil).write(scaled, to: url)
        }
    }
}
