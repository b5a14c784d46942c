internal import Domain
internal import Raster

/// How well the ground round the flagged place was measured. Good coherence is no argument for deformation, for atmosphere is coherent
/// too; poor coherence makes the "fringes" there doubtful.
struct CoherenceAtPlace {
    /// Mean of the pixels with data; nil if there are none.
    let mean: Double?
    let validShare: Double

    /// - Parameter radius: metres round the place, about a deforming area's size.
    init(_ coherence: RasterGrid, place: GeoPoint, radius: Double = 3000) {
        var (pixels, valid, sum) = (0, 0, 0.0)
        coherence.forEachPixel(within: radius, of: place) { y, x in
            pixels += 1
            let value = coherence[y, x]
            if !value.isNaN {
                valid += 1
                sum += Double(value)
            }
        }
        mean = valid == 0 ? nil : sum / Double(valid)
        validShare = pixels == 0 ? 0 : Double(valid) / Double(pixels)
    }

    /// Figures: `coherence`, `validShare`. Below 0.4, half-way between LiCSAR's land and noise, the weight falls to -0.5; with less than
    /// half of the place measured to another -0.1. Nil if the place lies outside the grid or has no data: there is nothing to weigh.
    var evidence: Evidence? {
        guard let mean else { return nil }
        let doubt = 0.5 * max(0, 1 - mean / 0.4) + (validShare < 0.5 ? 0.1 : 0)
        return Evidence(
            test: .coherence, weight: doubt == 0 ? 0 : -doubt, figures: ["coherence": mean, "validShare": validShare], pairs: [])
    }
}

extension RasterGrid {
    /// The pixels whose centres lie within so many metres of a place; flat-Earth, good to a thousandth over a crop.
    func forEachPixel(within radius: Double, of place: GeoPoint, _ body: (_ y: Int, _ x: Int) -> Void) {
        let (row, column) = (geometry.row(latitude: place.latitude) - 0.5, geometry.column(longitude: place.longitude) - 0.5)
        guard let east = geometry.point(x: column + 1.5, y: row + 0.5), let south = geometry.point(x: column + 0.5, y: row + 1.5) else {
            return
        }
        let (perColumn, perRow) = (place.distance(to: east), place.distance(to: south))
        guard perColumn > 0, perRow > 0, radius.isFinite else { return }
        let rows = clamped(row - radius / perRow, row + radius / perRow, to: height)
        for y in rows {
            let dy = (Double(y) - row) * perRow
            let reach = max(0, radius * radius - dy * dy).squareRoot() / perColumn
            for x in clamped(column - reach, column + reach, to: width) { body(y, x) }
        }
    }

    private func clamped(_ from: Double, _ to: Double, to count: Int) -> Range<Int> {
        let first = min(max(from.rounded(.up), 0), Double(count))
        return Int(first)..<Int(min(max(to.rounded(.down) + 1, first), Double(count)))
    }
}
