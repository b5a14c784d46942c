import Domain
import Raster
import Testing

@testable import Detection

/// What lies on a crop's square pixels near the equator, as LiCSAR's grid of degrees shows it at 64 degrees.
private func atHighLatitude(_ phase: RasterGrid) -> RasterGrid {
    let degrees = GridGeometry(width: 500, height: 500, west: -18.25, north: 64.25, pixelWidth: 0.001, pixelHeight: 0.001)
    let columns = degrees.withSquarePixels.width
    precondition(phase.width == columns && phase.height == 500, "as many columns as square pixels need")
    return RasterGrid(geometry: degrees, values: (0..<250_000).map { phase[$0 / 500, (2 * ($0 % 500) + 1) * columns / 1000] })
}

/// The left part of a made scene: a round source under turbulence and noise.
private let onSquarePixels = {
    let scene = MadeScene(peak: -25, source: (230, 120)).phase()
    let part = GridGeometry(width: 219, height: 500, west: -80.25, north: 0.25, pixelWidth: 0.001, pixelHeight: 0.001)
    return RasterGrid(geometry: part, values: (0..<500).flatMap { scene.values[$0 * 500..<$0 * 500 + 219] })
}()

private func assess(_ phase: RasterGrid) throws -> (finding: Finding, probability: RasterGrid) {
    let centre = try #require(phase.geometry.point(x: Double(phase.width) / 2, y: 250))
    let result = try Starter.detector().assess(phase: phase, coherence: nil, summit: centre)
    guard case .scored(let finding) = result.result else { throw NotScored() }
    return (finding, try #require(result.probability))
}

private struct NotScored: Error {}

@Test func `a source is as probable at 64 degrees as at the equator, for the network sees the same picture`() throws {
    let (equator, north) = (try assess(onSquarePixels), try assess(atHighLatitude(onSquarePixels)))
    #expect(equator.finding.pMax.value > 0.5)
    #expect(north.finding.pMax == equator.finding.pMax)
    #expect(north.finding.patches == equator.finding.patches)
}

@Test func `the place, the map and the areas at 64 degrees are those of the crop's own grid`() throws {
    let (equator, north) = (try assess(onSquarePixels), try assess(atHighLatitude(onSquarePixels)))
    // 1 degree of longitude there is as long as 0.438 at the equator.
    #expect(abs((north.finding.place.longitude + 18.25) * 219 / 500 - (equator.finding.place.longitude + 80.25)) < 1e-6)
    #expect(abs((64.25 - north.finding.place.latitude) - (0.25 - equator.finding.place.latitude)) < 1e-9)
    #expect((north.probability.width, north.probability.height) == (500, 500))
    #expect(north.probability.values == atHighLatitude(equator.probability).values)
    #expect(abs(north.finding.areaAbove50 / equator.finding.areaAbove50 - 1) < 0.01)
    let (there, here) = (try #require(north.finding.motion), try #require(equator.finding.motion))
    #expect(abs(there.centimetres / here.centimetres - 1) < 0.2, "\(there) at 64 degrees, \(here) at the equator")
}

@Test func `what has no data at 64 degrees has no probability`() throws {
    var phase = atHighLatitude(onSquarePixels)
    // A column that square pixels leave out.
    for y in 0..<500 { phase[y, 102] = .nan }
    let probability = try assess(phase).probability
    #expect(zip(probability.values, phase.values).allSatisfy { !$1.isNaN || $0.isNaN })
}

@Test func `crops of all latitudes become pictures of few widths, as patches cover what has data`() throws {
    var widths: Set<Int> = []
    for latitude in stride(from: -78.0, through: 78, by: 3) {
        let geometry = GridGeometry(width: 500, height: 500, west: 0, north: latitude + 0.25, pixelWidth: 0.001, pixelHeight: 0.001)
        let crop = VolcanoCrop(
            phase: RasterGrid(geometry: geometry, values: (0..<250_000).map { Float($0 % 6) - 3 }), coherence: nil,
            summit: try #require(GeoPoint(latitude: latitude, longitude: 0.25)))
        let scene = Scene(
            crop, quality: Quality(validShare: 1, meanCoherence: nil), side: 224, step: 16, edges: EdgeSettings(), threads: 1)
        widths.insert(scene.image.width)
        let patches = scene.patches(side: 224, stride: 112, settings: DetectionSettings())
        let end = patches.map { $0.origin.x + 224 }.max() ?? 0
        #expect(end >= scene.phase.width && end < max(225, scene.phase.width + 16), "at latitude \(latitude)")
    }
    #expect(widths == [224, 320, 416, 512])
}
