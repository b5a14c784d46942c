import Raster

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Wrapped phase averaged over square cells of pixels, as phasors, in a square window: less noise, and few enough cells
/// to unwrap at once.
struct PhaseCells {
    /// Pixels along a cell's side. A fringe must be wider than two cells, 0.7 km, to be counted.
    static let side = 3
    /// The shortest mean vector of a cell's phasors that counts as a phase; the mean of nine random ones is 0.3.
    static let leastLength: Float = 0.6

    let width: Int
    let height: Int
    /// Radians; NaN where a cell has data in less than half its pixels, or noise.
    let phase: [Float]
    /// Length of the mean phasor, 0 to 1.
    let quality: [Float]
    /// Distance of each cell's centre from the place, metres.
    let distance: [Double]
    /// A cell's extent, metres.
    private let extent: (y: Double, x: Double)

    /// - Parameters:
    ///   - y, x: the place, fractional pixels.
    ///   - radius: metres; the window reaches as far in each direction, if the grid does.
    init(_ grid: RasterGrid, y: Double, x: Double, radius: Double) {
        let metres = grid.geometry.metresPerPixel
        let columns = Self.range(x, radius / metres.x, length: grid.width)
        let rows = Self.range(y, radius / metres.y, length: grid.height)
        let (width, height) = (columns.count / Self.side, rows.count / Self.side)
        var (phase, quality, distance) = ([Float](), [Float](), [Double]())
        for cellY in 0..<height {
            for cellX in 0..<width {
                let (top, left) = (rows.lowerBound + cellY * Self.side, columns.lowerBound + cellX * Self.side)
                let mean = Self.mean(grid, top: top, left: left)
                phase.append(mean.map { $0.length >= Self.leastLength ? $0.phase : .nan } ?? .nan)
                quality.append(mean?.length ?? 0)
                let half = Double(Self.side) / 2
                let (dy, dx) = ((Double(top) + half - y) * metres.y, (Double(left) + half - x) * metres.x)
                distance.append((dx * dx + dy * dy).squareRoot())
            }
        }
        (self.width, self.height, self.phase, self.quality, self.distance) = (width, height, phase, quality, distance)
        extent = (metres.y * Double(Self.side), metres.x * Double(Self.side))
    }

    /// A step from one cell to another.
    struct Offset {
        let y: Int
        let x: Int
    }

    /// The steps to all cells at these distances, metres.
    func offsets(within distances: ClosedRange<Double>) -> [Offset] {
        // Near a pole a cell has no width; no grid has more cells than its own.
        let (reachY, reachX) = (
            min(Double(height), distances.upperBound / extent.y), min(Double(width), distances.upperBound / extent.x)
        )
        return (-Int(reachY)...Int(reachY)).flatMap { y in
            (-Int(reachX)...Int(reachX)).compactMap { x in
                let (dy, dx) = (Double(y) * extent.y, Double(x) * extent.x)
                return distances.contains((dy * dy + dx * dx).squareRoot()) ? Offset(y: y, x: x) : nil
            }
        }
    }

    /// The cells at these steps from one, as far as they exist.
    func indices(_ offsets: [Offset], around cell: (y: Int, x: Int)) -> [Int] {
        offsets.compactMap { offset in
            let (y, x) = (cell.y + offset.y, cell.x + offset.x)
            return y >= 0 && y < height && x >= 0 && x < width ? y * width + x : nil
        }
    }

    private static func range(_ centre: Double, _ radius: Double, length: Int) -> Range<Int> {
        guard centre.isFinite, !radius.isNaN else { return 0..<0 }
        let low = min(max(0, centre - radius), Double(length))
        return Int(low)..<Int(max(low, min(Double(length), centre + radius)))
    }

    private static func mean(_ grid: RasterGrid, top: Int, left: Int) -> (phase: Float, length: Float)? {
        var (re, im, count) = (Float(0), Float(0), 0)
        for y in top..<top + side {
            for x in left..<left + side {
                let value = grid[y, x]
                guard value.isFinite else { continue }
                re += cosf(value)
                im += sinf(value)
                count += 1
            }
        }
        guard 2 * count >= side * side else { return nil }
        return (atan2f(im, re), (re * re + im * im).squareRoot() / Float(count))
    }
}

extension GridGeometry {
    /// The size of a pixel in the grid's middle, metres, on a sphere of 6,371,008.8 m.
    var metresPerPixel: (y: Double, x: Double) {
        let perDegree = 6_371_008.8 * Double.pi / 180
        return (pixelHeight * perDegree, pixelWidth * perDegree * cosineOfLatitude(row: Double(height) / 2))
    }

    /// Square kilometres of a pixel in this row.
    func squareKilometresPerPixel(row: Int) -> Double {
        let perDegree = 6371.0088 * Double.pi / 180
        return pixelHeight * pixelWidth * perDegree * perDegree * cosineOfLatitude(row: Double(row) + 0.5)
    }

    private func cosineOfLatitude(row: Double) -> Double { max(0, cos(latitude(y: row) * .pi / 180)) }
}
