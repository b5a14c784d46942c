import Raster

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A wrapped phase brought to a panel's pixels.
///
/// Each panel pixel takes the mean of the unit phasors of the grid pixels that it covers: a mean of the angles would turn every jump
/// from pi to -pi into a false zero. It has no data where more than half of what it covers has none.
struct PhaseImage {
    let width: Int
    let height: Int
    /// Entries of `CyclicColourMap`, row-major; `noData` where there is none.
    private(set) var entries: [Int16]

    static let noData: Int16 = -1

    init(_ phase: RasterGrid, width: Int, height: Int) {
        self.width = width
        self.height = height
        entries = [Int16](repeating: Self.noData, count: width * height)
        let cosines = phase.values.map { cosf($0) }
        let sines = phase.values.map { sinf($0) }
        let columns = (0..<width).map { Self.covered(by: $0, of: width, in: phase.width) }
        for y in 0..<height {
            let rows = Self.covered(by: y, of: height, in: phase.height)
            for x in 0..<width {
                var (re, im, valid): (Float, Float, Int) = (0, 0, 0)
                for row in rows {
                    for i in (row * phase.width + columns[x].lowerBound)..<(row * phase.width + columns[x].upperBound)
                    where !cosines[i].isNaN {
                        re += cosines[i]
                        im += sines[i]
                        valid += 1
                    }
                }
                guard valid > 0, valid * 2 >= rows.count * columns[x].count else { continue }
                entries[y * width + x] = Int16(CyclicColourMap.index(phase: atan2f(im, re)))
            }
        }
    }

    /// The grid pixels whose centres a panel pixel covers; the nearest one where it covers none.
    private static func covered(by pixel: Int, of count: Int, in size: Int) -> Range<Int> {
        let share = Double(size) / Double(count)
        let first = Int((Double(pixel) * share).rounded()), end = Int((Double(pixel + 1) * share).rounded())
        if first < end { return first..<min(end, size) }
        let nearest = min(Int((Double(pixel) + 0.5) * share), size - 1)
        return nearest..<(nearest + 1)
    }

    /// `0xRRGGBB`
    func coloured() -> [UInt32] {
        entries.map { $0 == Self.noData ? Ink.noData.rgb : CyclicColourMap.colours[Int($0)] }
    }

    /// The phase in greys under the tint of a probability.
    /// - Parameter probability: of a panel place, in shares (0 to 1) of its width and height; nil where it is not known.
    func greyed(probability: (_ x: Double, _ y: Double) -> Double?) -> [UInt32] {
        var pixels = [UInt32](repeating: Ink.noData.rgb, count: entries.count)
        for y in 0..<height {
            for x in 0..<width where entries[y * width + x] != Self.noData {
                let grey = CyclicColourMap.greyLevels[Int(entries[y * width + x])]
                let p = probability((Double(x) + 0.5) / Double(width), (Double(y) + 0.5) / Double(height)) ?? 0
                pixels[y * width + x] = ProbabilityTint.tinted[ProbabilityTint.step(p)][grey]
            }
        }
        return pixels
    }
}

extension RasterGrid {
    /// Bilinear between pixel centres; nil outside the grid and beside no data.
    /// - Parameters: fractional column and row, 0.5 at the first pixel's centre.
    func sample(x: Double, y: Double) -> Double? {
        guard (0...Double(width)).contains(x), (0...Double(height)).contains(y) else { return nil }
        let (cx, cy) = (min(max(x - 0.5, 0), Double(width - 1)), min(max(y - 0.5, 0), Double(height - 1)))
        let (x0, y0) = (Int(cx), Int(cy))
        let (x1, y1) = (min(x0 + 1, width - 1), min(y0 + 1, height - 1))
        let (u, v) = (cx - Double(x0), cy - Double(y0))
        let top = Double(self[y0, x0]) * (1 - u) + Double(self[y0, x1]) * u
        let bottom = Double(self[y1, x0]) * (1 - u) + Double(self[y1, x1]) * u
        let value = top * (1 - v) + bottom * v
        return value.isNaN ? nil : value
    }
}
