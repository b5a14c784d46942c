import Domain
import Raster

/// How many fringes lie between a flagged place and its surroundings, and how much motion that is.
///
/// The phase is averaged and unwrapped; near the place, the spot is looked for that differs most from the ring round it
/// (median against median, either sign). A ring so near leaves most of the atmosphere out: on Sierra Negra's real pairs
/// of 12 to 36 days it gives 1.2 to 1.8 cm per 12 days, where the whole ring at 9 to 13 km is off by centimetres. It is
/// a first figure for the reader of an alert, not a source model: of a point source 5 km deep it shows about 70 %, for
/// the ring moves too.
enum FringeCount {
    /// Metres from the place to look for the spot; the place has a median error of 3 km.
    static let reach = 5000.0
    /// Metres round the spot whose median is its phase.
    static let core = 0.0...1000.0
    /// Metres round the spot that are its surroundings.
    static let ring = 4000.0...6500.0
    /// The least share of core and ring that must be unwrapped together.
    static let leastCoreShare = 0.5
    static let leastRingShare = 0.3
    /// More tears than this and the number of cycles is open.
    static let mostTorn = 0.02
    /// Metres, Sentinel-1's C band.
    static let wavelength = 0.0554658

    /// Nil where noise, masks or tears forbid to count, and where the ring itself varies by more than the spot stands
    /// out.
    /// - Parameters:
    ///   - phase: radians, NaN is no data.
    ///   - y, x: the place, fractional pixels.
    static func motion(_ phase: RasterGrid, y: Double, x: Double) -> LineOfSightMotion? {
        let cells = PhaseCells(phase, y: y, x: x, radius: reach + ring.upperBound)
        let unwrapped = Unwrapping(cells)
        guard let part = mainPart(unwrapped, cells), unwrapped.tornShare[part] ?? 0 <= mostTorn else { return nil }
        let (core, ring) = (cells.offsets(within: core), cells.offsets(within: ring))
        var greatest: (difference: Float, spread: Float)?
        // Every second cell: the core is six cells wide.
        for cellY in stride(from: 0, to: cells.height, by: 2) {
            for cellX in stride(from: 0, to: cells.width, by: 2)
            where cells.distance[cellY * cells.width + cellX] <= reach {
                func phases(_ offsets: [PhaseCells.Offset], least: Double) -> [Float]? {
                    let values = cells.indices(offsets, around: (cellY, cellX)).filter { unwrapped.part[$0] == part }
                        .map { unwrapped.phase[$0] }
                    return Double(values.count) < max(1, least * Double(offsets.count)) ? nil : values
                }
                guard var inside = phases(core, least: leastCoreShare), var around = phases(ring, least: leastRingShare)
                else { continue }
                let difference = quantile(&inside, 0.5) - quantile(&around, 0.5)
                if abs(difference) > abs(greatest?.difference ?? 0) {
                    greatest = (difference, quantile(&around, 0.75) - quantile(&around, 0.25))
                }
            }
        }
        guard let (difference, spread) = greatest, abs(difference) > spread else { return nil }
        return LineOfSightMotion(
            fringes: Double(abs(difference)) / (2 * .pi),
            centimetres: -Double(difference) * wavelength / (4 * .pi) * 100)
    }

    /// The part with most cells near the place.
    private static func mainPart(_ unwrapped: Unwrapping, _ cells: PhaseCells) -> Int? {
        var counts: [Int: Int] = [:]
        for i in cells.distance.indices where cells.distance[i] <= reach && unwrapped.part[i] >= 0 {
            counts[unwrapped.part[i], default: 0] += 1
        }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// The value below which a share of them lies, by Hoare's selection (1961): a fraction of a sort's time.
    /// - Parameter values: not empty; left in another order.
    static func quantile(_ values: inout [Float], _ q: Double) -> Float {
        let wanted = min(values.count - 1, Int(q * Double(values.count)))
        values.withUnsafeMutableBufferPointer { values in
            var (low, high) = (0, values.count - 1)
            while low < high {
                let pivot = values[(low + high) / 2]
                var (i, j) = (low, high)
                while i <= j {
                    while values[i] < pivot { i += 1 }
                    while values[j] > pivot { j -= 1 }
                    if i <= j {
                        values.swapAt(i, j)
                        (i, j) = (i + 1, j - 1)
                    }
                }
                if wanted <= j { high = j } else if wanted >= i { low = i } else { break }
            }
        }
        return values[wanted]
    }
}
