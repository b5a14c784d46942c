import Domain
import Raster

/// How many fringes lie between a place and its surroundings, and how much motion that is.
///
/// The phase is averaged, unwrapped and compared: the extreme (95th percentile, either sign) within `inner` of the place against the median
/// of a ring `ring` round it. Ramps cancel, slow atmosphere does not: it is a first figure for the reader of an alert, not a source model.
/// A source deeper than about 6 km still moves the ring and is underestimated.
enum FringeCount {
    /// Metres. The place has a median error of 3 km.
    static let inner = 5000.0
    static let ring = 9000.0...13_000.0
    /// The least share of the disc and of the ring that must be unwrapped together.
    static let leastInnerShare = 0.4
    static let leastRingShare = 0.15
    /// More tears than this and the number of cycles is open.
    static let mostTorn = 0.02
    /// Metres, Sentinel-1's C band.
    static let wavelength = 0.0554658

    /// Nil where noise, masks or tears forbid to count, and where the ring itself varies by more than what lies inside.
    /// - Parameters:
    ///   - phase: radians, NaN is no data.
    ///   - y, x: the place, fractional pixels.
    static func motion(_ phase: RasterGrid, y: Double, x: Double) -> LineOfSightMotion? {
        let cells = PhaseCells(phase, y: y, x: x, radius: ring.upperBound)
        let unwrapped = Unwrapping(cells)
        guard let part = mainPart(unwrapped, cells), unwrapped.tornShare[part] ?? 0 <= mostTorn else { return nil }

        func values(_ distances: ClosedRange<Double>, leastShare: Double) -> [Float]? {
            let area = cells.distance.indices.filter { distances.contains(cells.distance[$0]) }
            let values = area.filter { unwrapped.part[$0] == part }.map { unwrapped.phase[$0] }.sorted()
            return values.isEmpty || Double(values.count) < leastShare * Double(area.count) ? nil : values
        }
        guard let inside = values(0...inner, leastShare: leastInnerShare), let around = values(ring, leastShare: leastRingShare) else {
            return nil
        }
        let level = quantile(around, 0.5)
        let (high, low) = (quantile(inside, 0.95) - level, quantile(inside, 0.05) - level)
        let extreme = abs(high) >= abs(low) ? high : low
        guard abs(extreme) > quantile(around, 0.75) - quantile(around, 0.25) else { return nil }
        return LineOfSightMotion(
            fringes: Double(abs(extreme)) / (2 * .pi), centimetres: -Double(extreme) * wavelength / (4 * .pi) * 100)
    }

    /// The part with most cells near the place.
    private static func mainPart(_ unwrapped: Unwrapping, _ cells: PhaseCells) -> Int? {
        var counts: [Int: Int] = [:]
        for i in cells.distance.indices where cells.distance[i] <= inner && unwrapped.part[i] >= 0 {
            counts[unwrapped.part[i], default: 0] += 1
        }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// - Parameter sorted: not empty.
    private static func quantile(_ sorted: [Float], _ q: Double) -> Float {
        sorted[min(sorted.count - 1, Int(q * Double(sorted.count)))]
    }
}
