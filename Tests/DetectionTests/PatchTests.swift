import Domain
import Foundation
import Raster
import Testing

@testable import Detection

@Test(arguments: [224, 225, 300, 336, 337, 448, 500, 561, 700], [112, 56, 224])
func `patches cover every pixel and stay inside`(length: Int, stride: Int) {
    let offsets = PatchGrid.offsets(length: length, side: 224, stride: stride)
    #expect(offsets.first == 0)
    #expect(offsets.last == length - 224)
    #expect(Set(offsets).count == offsets.count)
    #expect(zip(offsets, offsets.dropFirst()).allSatisfy { $1 - $0 > 0 && $1 - $0 <= stride })
}

@Test func `a 500 x 500 crop has 16 patches at half overlap and 36 at a quarter`() {
    #expect(PatchGrid.offsets(length: 500, side: 224, stride: 112) == [0, 112, 224, 276])
    #expect(PatchGrid.origins(width: 500, height: 500, side: 224, stride: 112).count == 16)
    #expect(PatchGrid.origins(width: 500, height: 500, side: 224, stride: 56).count == 36)
}

@Test(arguments: [1, 31, 64, 261]) func `the pixels with data of every patch are counted`(side: Int) throws {
    let (width, height) = (300, 280)
    // A pattern that repeats nowhere near a vector's length.
    let values = (0..<width * height).map { $0 * $0 % 101 < 40 ? Float.nan : Float($0 % 7) - 3 }
    let geometry = GridGeometry(width: width, height: height, west: 14, north: 0.1, pixelWidth: 0.001, pixelHeight: 0.001)
    let crop = VolcanoCrop(
        phase: RasterGrid(geometry: geometry, values: values), coherence: nil, summit: try #require(GeoPoint(latitude: 0, longitude: 14.1)))
    let scene = Scene(
        crop, quality: Quality(validShare: 1, meanCoherence: nil), side: side, step: 1, edges: EdgeSettings(), threads: 1)
    let patches = scene.patches(side: side, stride: max(1, side / 2), settings: DetectionSettings())
    for patch in stride(from: 0, to: patches.count, by: max(1, patches.count / 40)).map({ patches[$0] }) {
        let valid = (0..<side).reduce(0) { sum, row in
            let first = (patch.origin.y + row) * width + patch.origin.x
            return sum + values[first..<first + side].count { !$0.isNaN }
        }
        #expect(patch.validShare == Double(valid) / Double(side * side))
    }
}

private let blank = GreyImage(width: 500, height: 500, levels: [UInt8](repeating: 7, count: 250_000))

private func patches(_ probability: (PatchOrigin) -> JudgedPatch.Outcome) -> [JudgedPatch] {
    PatchGrid.origins(width: 500, height: 500, side: 224, stride: 112).map {
        JudgedPatch(origin: $0, validShare: 0.2 + Double($0.x) / 400, outcome: probability($0))
    }
}

@Test func `the same probability everywhere gives a constant map`() {
    let merge = GaussianMerge(patches { _ in .classified(probability: 0.7) }, side: 224, width: 500, height: 500)
    let (map, greatest) = merge.probability(on: blank, width: 500, height: 500)
    #expect(map.allSatisfy { abs($0 - 0.7) < 1e-5 })
    #expect(greatest == map.max())
}

@Test(arguments: [2, 3, 7]) func `threads share the merge's rows and change nothing`(threads: Int) {
    let some = patches { .classified(probability: Float(($0.x + 3 * $0.y) % 97) / 97) }
    let alone = GaussianMerge(some, side: 224, width: 500, height: 500)
    let together = GaussianMerge(some, side: 224, width: 500, height: 500, threads: threads)
    #expect(together.probability(on: blank, width: 500, height: 500).map == alone.probability(on: blank, width: 500, height: 500).map)
    #expect(together.support == alone.support)
}

@Test(arguments: [1, 2, 3]) func `a part of the merged map is what the whole has there`(threads: Int) {
    let merge = GaussianMerge(
        patches { .classified(probability: Float(($0.x + 3 * $0.y) % 97) / 97) }, side: 224, width: 500, height: 500, threads: threads)
    let whole = merge.probability(on: blank, width: 500, height: 500).map
    let (part, greatest) = merge.probability(on: blank, width: 301, height: 467)
    let rows: [ArraySlice<Float>] = (0..<467).map { whole[500 * $0..<500 * $0 + 301] }
    #expect(part == Array(rows.joined()))
    #expect(greatest == part.max())
}

@Test func `a single hot patch has its place inside it, not in a corner`() throws {
    let merge = GaussianMerge(
        patches { .classified(probability: $0 == PatchOrigin(y: 112, x: 224) ? 0.9 : 0.1) }, side: 224, width: 500,
        height: 500)
    let spot = try #require(HotSpot(merge.support, on: blank))
    #expect(abs(spot.y - 224) < 30)
    #expect(abs(spot.x - 336) < 30)
}

@Test func `patches without data take no part, patches without edges count as 0`() {
    let half: (PatchOrigin) -> JudgedPatch.Outcome = { $0.x < 200 ? .classified(probability: 0.8) : .withoutData }
    let absent = GaussianMerge(patches(half), side: 224, width: 500, height: 500).probability(on: blank, width: 500, height: 500).map
    #expect(absent[250 * 500 + 300] == 0.8)
    #expect(absent[250 * 500 + 499].isNaN)
    let flat = GaussianMerge(
        patches { $0.x < 200 ? .classified(probability: 0.8) : .withoutEdges }, side: 224, width: 500, height: 500
    ).probability(on: blank, width: 500, height: 500).map
    #expect(flat[250 * 500 + 300] < 0.5)
    #expect(flat[250 * 500 + 499] == 0)
}

@Test func `of two hot areas the place is the stronger, not between`() throws {
    var support = [Float](repeating: 0.1, count: 400)
    support[2 * 20 + 3] = 0.95
    for x in 15...16 { support[17 * 20 + x] = 1 }
    let spot = try #require(HotSpot(support, on: GreyImage(width: 20, height: 20, levels: [UInt8](repeating: 7, count: 400))))
    #expect((spot.y, spot.x) == (17.5, 16))
}

@Test func `pixels without data do not count for the place`() throws {
    let support = [Float](repeating: 0.5, count: 100)
    func image(_ hasData: (Int) -> Bool) -> GreyImage {
        GreyImage(width: 10, height: 10, levels: (0..<100).map { hasData($0) ? 7 : GreyImage.noData })
    }
    let spot = try #require(HotSpot(support, on: image { $0 % 10 >= 6 }))
    #expect((spot.y, spot.x) == (5, 8))
    #expect(HotSpot(support, on: image { _ in false }) == nil)
    #expect(HotSpot([Float](repeating: 0, count: 100), on: image { _ in true }) == nil)
}

@Test func `a view reads the square mirrored and upside down`() {
    let image: [Int] = [
        9, 9, 9, 9, 9,
        9, 1, 2, 3, 9,
        9, 4, 5, 6, 9,
        9, 7, 8, 0, 9,
    ]
    func read(_ view: PatchView, height: Int = 3) -> [Int] {
        let path = view.path(origin: PatchOrigin(y: 1, x: 1), height: height, width: 3, imageWidth: 5)
        return (0..<3 * height).map { image[path.first + $0 / 3 * path.row + $0 % 3 * path.column] }
    }
    #expect(read(.upright) == [1, 2, 3, 4, 5, 6, 7, 8, 0])
    #expect(read(PatchView(isMirrored: true)) == [3, 2, 1, 6, 5, 4, 0, 8, 7])
    #expect(read(PatchView(isUpsideDown: true)) == [7, 8, 0, 4, 5, 6, 1, 2, 3])
    #expect(read(PatchView(isMirrored: true, isUpsideDown: true)) == [0, 8, 7, 6, 5, 4, 3, 2, 1])
    #expect(read(PatchView(isUpsideDown: true), height: 2) == [4, 5, 6, 1, 2, 3])
}

@Test func `a doubtful patch is looked at in two views, whose log-odds' mean counts, and a clear one in one`() throws {
    let model = try Starter.model.get()
    let rings = (0..<224 * 224).map { i -> UInt8 in
        let (dx, dy) = (Double(i % 224 - 90) / 60, Double(i / 224 - 130) / 45)
        return UInt8(truncatingIfNeeded: Int(700 / (1 + dx * dx + dy * dy)))
    }
    func turned(_ at: (Int, Int) -> Int) -> [UInt8] { (0..<224 * 224).map { rings[at($0 / 224, $0 % 224)] } }
    let alone = try model.probabilities(of: [rings, turned { (223 - $0) * 224 + 223 - $1 }], threads: 1)
    let mean = alone.reduce(0) { $0 + log($1 / (1 - $1)) / 2 }
    let together = try model.probabilities(of: [rings], viewsFrom: alone[0], threads: 1)[0]
    #expect(abs(log(together / (1 - together)) - mean) < 1e-3)
    #expect(Set(alone.map { Int($0 * 1e4) }).count > 1, "the views differ")
    #expect(try model.probabilities(of: [rings], viewsFrom: alone[0] + 1e-6, threads: 1) == [alone[0]])
}
