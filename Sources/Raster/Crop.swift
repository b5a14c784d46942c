public import Domain

extension GridGeometry {
    /// The grid of a volcano's crop. It depends on the place alone, never on a file: phase, coherence and every frame of a volcano
    /// come out on the same pixels. Edges are multiples of the pixel size, so the place is at most half a pixel from the centre.
    /// - Parameters:
    ///   - degrees: length of a side. 0.5 at 0.001 is 500 x 500 pixels.
    ///   - pixelSize: degrees; LiCSAR's is 0.001.
    public static func crop(around place: GeoPoint, degrees: Double = 0.5, pixelSize: Double = 0.001) -> GridGeometry {
        let pixels = Int((degrees / pixelSize).rounded())
        let perDegree = 1 / pixelSize
        // Dividing by 1000 gives the number nearest to 0.001 n; multiplying by 0.001 does not.
        let grid = abs(perDegree - perDegree.rounded()) < 1e-9 * perDegree ? perDegree.rounded() : perDegree
        let west = ((place.longitude - degrees / 2) * grid).rounded() / grid
        let north = ((place.latitude + degrees / 2) * grid).rounded() / grid
        return GridGeometry(
            width: pixels, height: pixels, west: normalisedLongitude(west), north: north, pixelWidth: pixelSize, pixelHeight: pixelSize)
    }

    /// For each column of `target` the column of this grid in which its centre lies, or -1.
    func columns(for target: GridGeometry) -> [Int] {
        (0..<target.width).map { x in
            var degrees = target.longitude(x: Double(x) + 0.5) - west
            degrees -= 360 * ((degrees + edge * pixelWidth) / 360).rounded(.down)
            return pixel(degrees / pixelWidth, of: width)
        }
    }

    /// For each row of `target` the row of this grid in which its centre lies, or -1.
    func rows(for target: GridGeometry) -> [Int] {
        (0..<target.height).map { y in pixel((north - target.latitude(y: Double(y) + 0.5)) / pixelHeight, of: height) }
    }

    private func pixel(_ position: Double, of count: Int) -> Int {
        let index = (position + edge).rounded(.down)
        return index >= 0 && index < Double(count) ? Int(index) : -1
    }
}

/// A centre on the edge between two pixels (grids half a pixel apart) takes the one to the south and east, whatever the last binary
/// digit says; in pixels.
private let edge = 1e-6

extension RasterGrid {
    /// A square of `degrees` on the common grid of `GridGeometry.crop`; NaN where this raster has no data or does not reach.
    public func crop(around place: GeoPoint, degrees: Double = 0.5) -> RasterGrid {
        resampled(onto: .crop(around: place, degrees: degrees))
    }

    /// The values at another grid's pixels: each takes the pixel that its centre lies in. Values are never averaged, for wrapped
    /// phases have no mean, so a raster of the same pixel size is only shifted, by half a pixel (50 m) at most.
    public func resampled(onto target: GridGeometry) -> RasterGrid {
        if target == geometry { return self }
        let columns = geometry.columns(for: target)
        var values = [Float](repeating: .nan, count: target.width * target.height)
        for (y, row) in geometry.rows(for: target).enumerated() where row >= 0 {
            for (x, column) in columns.enumerated() where column >= 0 {
                values[y * target.width + x] = self.values[row * width + column]
            }
        }
        return RasterGrid(geometry: target, values: values)
    }
}
