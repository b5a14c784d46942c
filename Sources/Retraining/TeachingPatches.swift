import Detection
import Domain
import Raster
import Synthesis

/// A square of grey levels as the network takes it, with its label and how much it counts.
struct TeachingPatch: Sendable {
    /// `side * side` levels, row-major: 256 are one cycle, 128 is no data.
    var levels: [UInt8]
    let isDeformation: Bool
    let weight: Double
}

/// What a judged crop teaches: squares round the judged place, and, where the whole crop was rejected, the rest of it too; each with some
/// draws of the symmetries that physics allows.
struct TeachingPatches {
    /// Pixels along each side of the network's input.
    let side: Int
    /// Draws for each square, the square itself included.
    let draws: Int

    /// - Parameter weight: of the crop; its patches share it.
    func patches(of crop: ReviewedCrop, weight: Double, using random: inout SeededGenerator) -> [TeachingPatch] {
        guard crop.phase.width >= side, crop.phase.height >= side else { return [] }
        // As the detector shows it to the network.
        let grid = crop.phase.resampled(onto: crop.phase.geometry.withSquarePixels.filledUp(to: side))
        let levels = GreyScale.levels(of: grid.values)
        let place = crop.place ?? crop.centre
        let x = Int(grid.geometry.column(longitude: place.longitude)), y = Int(grid.geometry.row(latitude: place.latitude))
        var patches: [[UInt8]] = (0..<draws).map { draw in
            // The first as it is; the others moved by at most an eighth of a patch, so that the place stays well inside.
            let reach = draw == 0 ? 0 : side / 8
            let (dx, dy) = (Int.random(in: -reach...reach, using: &random), Int.random(in: -reach...reach, using: &random))
            let square = cut(levels, grid, x: x + dx - side / 2, y: y + dy - side / 2)
            return draw == 0 ? square : Symmetry(using: &random).apply(to: square, side: side)
        }
        if !crop.isDeformation, crop.place == nil || crop.place == crop.centre {
            for left in corners(grid.width) {
                for top in corners(grid.height) { patches.append(Symmetry(using: &random).apply(to: cut(levels, grid, x: left, y: top), side: side)) }
            }
        }
        // A square without data teaches nothing: the detector never shows one to the network.
        let shown = patches.filter { patch in patch.count { $0 != GreyScale.noData } * 20 > patch.count }
        return shown.map { TeachingPatch(levels: $0, isDeformation: crop.isDeformation, weight: weight / Double(shown.count)) }
    }

    private func corners(_ size: Int) -> [Int] { [0, size - side] }

    /// As near to the wish as the border allows.
    private func cut(_ levels: [UInt8], _ grid: RasterGrid, x: Int, y: Int) -> [UInt8] {
        let (left, top) = (min(max(0, x), grid.width - side), min(max(0, y), grid.height - side))
        return (top..<top + side).flatMap { levels[$0 * grid.width + left..<$0 * grid.width + left + side] }
    }
}

/// What turns an interferogram into another one that nature could have made: a quarter turn or a flip, another constant, another sign.
struct Symmetry {
    let isTransposed: Bool
    let flipsX: Bool
    let flipsY: Bool
    /// Levels added to the phase, whose zero is arbitrary.
    let offset: UInt8
    /// The order of the two acquisitions swapped.
    let isNegated: Bool

    init(isTransposed: Bool, flipsX: Bool, flipsY: Bool, offset: UInt8, isNegated: Bool) {
        self.isTransposed = isTransposed
        self.flipsX = flipsX
        self.flipsY = flipsY
        self.offset = offset
        self.isNegated = isNegated
    }

    init(using random: inout SeededGenerator) {
        self.init(
            isTransposed: .random(using: &random), flipsX: .random(using: &random), flipsY: .random(using: &random),
            offset: .random(in: 0...255, using: &random), isNegated: .random(using: &random))
    }

    func apply(to levels: [UInt8], side: Int) -> [UInt8] {
        var result = levels
        for y in 0..<side {
            for x in 0..<side {
                let (fromX, fromY) = (flipsX ? side - 1 - x : x, flipsY ? side - 1 - y : y)
                result[y * side + x] = moved(isTransposed ? levels[fromX * side + fromY] : levels[fromY * side + fromX])
            }
        }
        return result
    }

    private func moved(_ level: UInt8) -> UInt8 {
        guard level != GreyScale.noData else { return level }
        let moved = (isNegated ? 255 - level : level) &+ offset
        // The level of no data is taken: a valid one is its neighbour.
        return moved == GreyScale.noData ? moved + 1 : moved
    }
}
