import Domain
import Raster
import Synthesis
import Testing

@testable import Retraining

struct TeachingPatchesTests {
    private let side = 224

    private func crop(_ isDeformation: Bool, place: (Double, Double)?, size: Int = 500, withoutData: Range<Int> = 0..<0) -> ReviewedCrop {
        let geometry = GridGeometry(width: size, height: size, west: -91, north: 0, pixelWidth: 0.001, pixelHeight: 0.001)
        // The phase says where a pixel is: column by column from -3 to 3.
        var grid = RasterGrid(geometry: geometry, values: (0..<size * size).map { Float($0 % size) / Float(size) * 6 - 3 })
        for x in withoutData { for y in 0..<size { grid[y, x] = .nan } }
        return ReviewedCrop(
            name: "a.tif", isDeformation: isDeformation, volcano: "353050", episode: "e", phase: grid,
            centre: GeoPoint(latitude: -0.25, longitude: -90.75)!, place: place.flatMap { GeoPoint(latitude: $0.0, longitude: $0.1) })
    }

    private func patches(_ crop: ReviewedCrop, draws: Int = 6) -> [TeachingPatch] {
        var random = SeededGenerator(seed: 3)
        return TeachingPatches(side: side, draws: draws).patches(of: crop, weight: 2, using: &random)
    }

    @Test func `a judged place gives its square and draws of it, which share the crop's weight`() {
        let taught = patches(crop(true, place: (-0.15, -90.65)))
        #expect(taught.count == 6 && taught.allSatisfy { $0.isDeformation && $0.levels.count == side * side })
        #expect(abs(taught.reduce(0) { $0 + $1.weight } - 2) < 1e-9)
        // The first is the square itself: column 350 of 500 in its middle, to the level.
        let middle = Float(taught[0].levels[112 * side + 112]) / 255 * 2 * .pi - .pi
        #expect(abs(middle - (350.0 / 500 * 6 - 3)) < 0.05)
        #expect(Set(taught.map(\.levels)).count == 6, "every draw is another one")
    }

    @Test func `at 64 degrees they are what the detector shows the network: square pixels, filled up with no data`() {
        let place = GeoPoint(latitude: 64, longitude: -18)!
        let geometry = GridGeometry(width: 500, height: 500, west: -18.25, north: 64.25, pixelWidth: 0.001, pixelHeight: 0.001)
        let grid = RasterGrid(geometry: geometry, values: (0..<250_000).map { Float($0 % 500) / 500 * 6 - 3 })
        let taught = patches(
            ReviewedCrop(
                name: "a.tif", isDeformation: true, volcano: "373030", episode: "e", phase: grid, centre: place, place: place), draws: 1)
        #expect(taught.count == 1)
        let row = taught[0].levels.prefix(side)
        #expect(row.count { $0 != 128 } == 219 && row.suffix(5).allSatisfy { $0 == 128 })
        // All 500 columns of the crop in 219.
        #expect(row[0] < 10 && row[218] > 245)
    }

    @Test func `a crop that was rejected as a whole gives its corners too, one with a place does not`() {
        #expect(patches(crop(false, place: nil)).count == 10)
        #expect(patches(crop(false, place: (-0.15, -90.65))).count == 6)
        #expect(patches(crop(true, place: nil)).count == 6)
    }

    @Test func `what shows no data, or is smaller than the network's input, teaches nothing`() {
        #expect(patches(crop(true, place: nil, withoutData: 0..<500)).isEmpty)
        #expect(patches(crop(true, place: nil, size: 200)).isEmpty)
        // A place at the border is as near to the middle as the border allows.
        #expect(patches(crop(true, place: (0, -91))).count == 6)
    }

    @Test func `a symmetry moves pixels and phases, keeps what is no data, and makes none of what is data`() {
        let levels: [UInt8] = [0, 1, 2, 128, 127, 129, 200, 255, 77]
        func apply(_ transposed: Bool, _ x: Bool, _ y: Bool, _ offset: UInt8, _ negated: Bool) -> [UInt8] {
            Symmetry(isTransposed: transposed, flipsX: x, flipsY: y, offset: offset, isNegated: negated).apply(to: levels, side: 3)
        }
        #expect(apply(false, false, false, 0, false) == levels)
        #expect(apply(true, false, false, 0, false) == [0, 128, 200, 1, 127, 255, 2, 129, 77])
        #expect(apply(false, true, false, 0, false) == [2, 1, 0, 129, 127, 128, 77, 255, 200])
        #expect(apply(false, false, true, 0, false) == [200, 255, 77, 128, 127, 129, 0, 1, 2])
        // 127 + 1 and 255 - 127 would be the level of no data.
        #expect(apply(false, false, false, 1, false) == [1, 2, 3, 128, 129, 130, 201, 0, 78])
        #expect(apply(false, false, false, 0, true) == [255, 254, 253, 128, 129, 126, 55, 0, 178])
    }
}
