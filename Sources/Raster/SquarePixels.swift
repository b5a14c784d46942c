#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension GridGeometry {
    /// Within so much a pixel counts as square.
    private static let tolerance = 0.1

    /// The same area on pixels that are as wide as they are high on the ground; this grid where its own are, within a tenth.
    ///
    /// A degree of longitude shrinks with the cosine of the latitude: at 64 degrees a pixel of 0.001 x 0.001 degrees is 111 m high and 49 m wide, and round
    /// fringes are ellipses. `RasterGrid.resampled(onto:)` leaves out the columns that are too many, or rows where a file's pixels are flat.
    public var withSquarePixels: GridGeometry {
        let aspect = cos(latitude(y: Double(height) / 2) * .pi / 180) * pixelWidth / pixelHeight
        var (columns, rows) = (width, height)
        if aspect > 0, aspect < 1 - Self.tolerance { columns = max(1, Int((Double(width) * aspect).rounded())) }
        if aspect * (1 - Self.tolerance) > 1 { rows = max(1, Int((Double(height) / aspect).rounded())) }
        guard width > 0, height > 0, (columns, rows) != (width, height) else { return self }
        return GridGeometry(
            width: columns, height: rows, west: west, north: north, pixelWidth: pixelWidth * Double(width) / Double(columns),
            pixelHeight: pixelHeight * Double(height) / Double(rows))
    }

    /// With pixels more where a side has fewer than `least`: to the east and the south, or on both ends of it.
    public func filledUp(to least: Int, onBothEnds: Bool = false) -> GridGeometry {
        let (width, height) = (max(self.width, least), max(self.height, least))
        let (left, top) = onBothEnds ? ((width - self.width) / 2, (height - self.height) / 2) : (0, 0)
        return GridGeometry(
            width: width, height: height, west: west - Double(left) * pixelWidth, north: north + Double(top) * pixelHeight, pixelWidth: pixelWidth,
            pixelHeight: pixelHeight)
    }
}
