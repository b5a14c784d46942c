import Foundation
import Testing

@testable import Detection

private let canny = CannyEdges(settings: EdgeSettings())

private func image(_ width: Int, _ height: Int, _ level: (_ y: Int, _ x: Int) -> UInt8) -> GreyImage {
    GreyImage(width: width, height: height, levels: (0..<height).flatMap { y in (0..<width).map { level(y, $0) } })
}

/// A binary PGM of OpenCV's: "P5\n<width> <height>\n255\n" and the pixels.
private func portableGreyMap(_ name: String) throws -> GreyImage {
    let data = try Data(contentsOf: Starter.repository.appending(path: "Tests/DetectionTests/Fixtures/\(name).pgm"))
    let lines = data.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
    let sizes = String(decoding: lines[1], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    return GreyImage(width: sizes[0], height: sizes[1], levels: Array(lines[3]))
}

@Test func `edges are those of OpenCV, but for rounding`() throws {
    let rings = try portableGreyMap("rings")
    let expected = try portableGreyMap("rings-edges").levels.map { $0 > 0 }
    let found = canny.edges(of: rings).pixels
    // OpenCV mirrors the image at its border, here it counts as no data: compared beyond the filter's reach.
    let inside = found.indices.filter { (8..<152).contains($0 % 160) && (8..<152).contains($0 / 160) }
    let either = inside.count { found[$0] || expected[$0] }
    let both = inside.count { found[$0] && expected[$0] }
    #expect(either > 1000)
    #expect(Double(both) > 0.99 * Double(either), "\(both) of \(either)")
}

@Test func `a step is found where it is, one pixel wide`() {
    let edges = canny.edges(of: image(40, 30) { _, x in x < 17 ? 20 : 220 }).pixels
    for y in 1..<29 {
        let columns = (0..<40).filter { edges[y * 40 + $0] }
        #expect(columns.count == 1, "row \(y): \(columns)")
        #expect(columns.allSatisfy { (16...17).contains($0) }, "row \(y): \(columns)")
    }
}

@Test func `the border of no data makes no edge`() {
    let island = image(80, 80) { y, x in
        let (dy, dx) = (y - 40, x - 40)
        return dy * dy + dx * dx < 600 ? 250 : 128
    }
    #expect(!canny.edges(of: island).pixels.contains(true))
}

@Test func `scattered holes make no edge`() {
    let holes = image(80, 80) { y, x in (y * 7 + x * 13) % 5 == 0 ? 128 : 30 }
    #expect(!canny.edges(of: holes).pixels.contains(true))
}

@Test func `a wrap is an edge beside a mask too`() {
    // One fringe wraps at x = 30, the mask begins at x = 50.
    let edges = canny.edges(of: image(80, 40) { _, x in x >= 50 ? 128 : x < 30 ? 250 : 5 }).pixels
    #expect((5..<35).allSatisfy { y in (29...30).contains { edges[y * 80 + $0] } })
    #expect(!(0..<40).contains { y in (40..<80).contains { edges[y * 80 + $0] } })
}

@Test func `a gentle ramp has no edge and a weak step alone neither`() {
    #expect(!canny.edges(of: image(60, 60) { _, x in UInt8(20 + x) }).pixels.contains(true))
    #expect(!canny.edges(of: image(60, 60) { _, x in x < 30 ? 60 : 100 }).pixels.contains(true))
}

@Test func `bands of rows side by side give the edges of the whole`() throws {
    let rough = image(301, 260) { y, x in
        (y - 100) * (y - 100) + (x - 80) * (x - 80) < 900 || (x * 31 + y * 17) % 97 == 0 ? 128 : UInt8((x * x / 40 + y * (x / 30 + 2)) % 256)
    }
    let whole = canny.edges(of: rough).pixels
    #expect(whole.count { $0 } > 500)
    for threads in [2, 3, 4] { #expect(canny.edges(of: rough, threads: threads).pixels == whole, "\(threads) threads") }
}

@Test func `a square holds as many edge pixels as are counted, whether strong ridges are enough or weak ones are followed`() {
    // Steps of 60 levels, weak ridges, that are higher towards the upper border.
    let steps = image(160, 150) { y, x in UInt8(40 + (60 + max(0, 80 - y)) * (x / 20 % 2)) }
    let side = 61
    var strict = EdgeSettings()
    strict.low = strict.high
    let (edges, strong) = (canny.edges(of: steps), CannyEdges(settings: strict).edges(of: steps))
    func count(_ edges: EdgeMap, _ origin: PatchOrigin) -> Int {
        (0..<side * side).count { edges.pixels[(origin.y + $0 / side) * steps.width + origin.x + $0 % side] }
    }
    var followed = 0
    for origin in [(0, 0), (30, 40), (80, 7), (89, 99)].map({ PatchOrigin(y: $0, x: $1) }) {
        let found = count(edges, origin)
        if count(strong, origin) < found { followed += 1 }
        let fresh = canny.edges(of: steps)
        for least in [0, 0.5, Double(found), Double(found) + 0.5, 1e9] {
            #expect(fresh.holds(least, at: origin, side: side) == (Double(found) >= least), "\(origin) \(least) of \(found)")
        }
    }
    #expect(followed > 1)
}

@Test(arguments: [(1, 1), (2, 5), (3, 3)])
func `an image too small for a gradient has no edge`(width: Int, height: Int) {
    #expect(!canny.edges(of: image(width, height) { y, x in UInt8((y + x) % 2 * 200) }).pixels.contains(true))
}
