import Domain
import Foundation
import Raster
import Testing

@testable import Detection

private func assess(_ scene: MadeScene, coherence: Float? = 0.7) throws -> DetectionResult {
    try Starter.detector().assess(
        phase: scene.phase(), coherence: coherence.map { scene.coherence($0) }, summit: #require(MadeScene.summit))
}

private func finding(_ scene: MadeScene) throws -> Finding {
    guard case .scored(let finding) = try assess(scene).result else { throw NotScored() }
    return finding
}

private func refusal(_ result: DetectionResult) throws -> NotAssessable {
    guard case .notAssessable(let refusal) = result.result else { throw NotScored() }
    #expect(result.probability == nil)
    return refusal
}

private struct NotScored: Error {}

private func quarter(_ y: Int, _ x: Int) -> Bool { y < 250 && x < 250 }

@Test(arguments: [UInt64(1), 2, 3])
func `a point source of four fringes is flagged near its place`(seed: UInt64) throws {
    let scene = MadeScene(peak: -25, seed: seed)
    let found = try finding(scene)
    #expect(found.pMax.value > 0.8)
    let place = try #require(scene.sourcePlace)
    #expect(found.place.distance(to: place) < 5000)
    #expect(abs(found.distance - found.place.distance(to: try #require(MadeScene.summit))) < 1)
    #expect(found.areaAbove80 > 0 && found.areaAbove80 < found.areaAbove50)
    #expect(
        found.patches
            == PatchCounts(
                total: 16, withoutData: 0, withoutEdges: found.patches.withoutEdges,
                classified: 16 - found.patches.withoutEdges))
    #expect(found.quality.validShare == 1)
    #expect(abs(try #require(found.quality.meanCoherence) - 0.7) < 1e-5)
}

@Test(arguments: [UInt64(1), 2, 3])
func `a quiet scene is not flagged`(seed: UInt64) throws {
    let found = try finding(MadeScene(seed: seed))
    #expect(found.pMax.value < 0.5)
    #expect(found.areaAbove50 == 0)
}

@Test func `a quiet scene without fringes never reaches the network`() throws {
    let found = try finding(MadeScene(turbulence: 0.2, noise: 0.05))
    #expect(found.patches == PatchCounts(total: 16, withoutData: 0, withoutEdges: 16, classified: 0))
    #expect(found.pMax.value == 0)
    #expect(found.place == MadeScene.summit)
    #expect(found.distance == 0)
}

@Test func `the probability is on the crop's grid, without data where the phase has none`() throws {
    let scene = MadeScene(peak: -25, valid: { y, x in (y - 230) * (y - 230) + (x - 290) * (x - 290) < 20_000 })
    let result = try assess(scene)
    let probability = try #require(result.probability)
    let phase = scene.phase()
    #expect(probability.geometry == phase.geometry)
    #expect(zip(probability.values, phase.values).allSatisfy { $1.isNaN ? $0.isNaN : (0...1).contains($0) })
    guard case .scored(let finding) = result.result else { throw NotScored() }
    #expect(abs(finding.pMax.value - Double(probability.values.filter { !$0.isNaN }.max() ?? 0)) < 1e-6)
    // About 247 km2 of an island at most.
    #expect(finding.areaAbove50 <= 20_000 * .pi * 0.01237)
}

@Test func `areas are square kilometres, with the cosine of the latitude`() throws {
    let equator = GridGeometry(width: 10, height: 10, west: 0, north: 0.005, pixelWidth: 0.001, pixelHeight: 0.001)
    let north = GridGeometry(width: 10, height: 10, west: 0, north: 60.005, pixelWidth: 0.001, pixelHeight: 0.001)
    #expect(abs(equator.squareKilometresPerPixel(row: 5) - 0.012364) < 1e-5)
    #expect(abs(north.squareKilometresPerPixel(row: 5) - 0.006182) < 1e-5)
}

@Test func `a crop without any data is outside the image`() throws {
    let refusal = try refusal(assess(MadeScene(valid: { _, _ in false })))
    #expect(refusal.reason == .outsideImage)
    #expect(refusal.quality.validShare == 0)
}

@Test(arguments: [(69, false), (72, true)])
func `below two per cent of data a crop is not assessable`(side: Int, assessable: Bool) throws {
    // 69 x 69 pixels are 1.90 % of the crop, 72 x 72 are 2.07 %: more than 5 % of a patch in both cases.
    let result = try assess(
        MadeScene(
            peak: -25, source: (250, 250),
            valid: { y, x in (215..<215 + side).contains(y) && (215..<215 + side).contains(x) }))
    if assessable {
        guard case .scored = result.result else { throw NotScored() }
    } else {
        #expect(try refusal(result).reason == .tooLittleValidArea)
        #expect(try refusal(result).explanation == "1.9 % of the crop has data, at least 2.0 % is needed")
    }
}

@Test func `data scattered so that no patch has enough is too little`() throws {
    let result = try assess(
        MadeScene(valid: { y, x in (y / 4 + x / 4) % 2 == 0 && y % 4 < 2 && x % 4 < 2 && y % 12 < 4 }))
    #expect(try refusal(result).reason == .tooLittleValidArea)
}

@Test(arguments: [(Float(0.09), false), (0.11, true)])
func `below a mean coherence of 0.1 a crop is not assessable`(coherence: Float, assessable: Bool) throws {
    let result = try assess(MadeScene(), coherence: coherence)
    if assessable {
        guard case .scored = result.result else { throw NotScored() }
    } else {
        #expect(try refusal(result).reason == .tooLittleCoherence)
    }
}

@Test func `a crop without coherence is assessed and says so`() throws {
    guard case .scored(let finding) = try assess(MadeScene(), coherence: nil).result else { throw NotScored() }
    #expect(finding.quality.meanCoherence == nil)
}

@Test(arguments: [Float(0.001), -3, 3.14159])
func `a constant raster holds no measurement`(value: Float) throws {
    let scene = MadeScene()
    let grid = RasterGrid(geometry: scene.geometry, values: [Float](repeating: value, count: 250_000))
    let result = try Starter.detector().assess(phase: grid, coherence: nil, summit: #require(MadeScene.summit))
    #expect(try refusal(result).reason == .constantPhase)
}

@Test(arguments: [(1, false), (30, false), (150, true), (224, true), (260, true)])
func `a raster smaller than a patch is filled up with no data`(side: Int, assessable: Bool) throws {
    let result = try assess(MadeScene(side: side, peak: -25, source: (Double(side) / 2, Double(side) / 2)))
    guard assessable else {
        let reason = try refusal(result).reason
        #expect([.tooLittleValidArea, .constantPhase].contains(reason))
        return
    }
    guard case .scored(let finding) = result.result else { throw NotScored() }
    #expect(result.probability?.width == side)
    #expect(finding.pMax.value > 0)
}

@Test func `phase and coherence on different grids are the caller's mistake`() throws {
    let (large, small) = (MadeScene(), MadeScene(side: 300))
    #expect(throws: DetectionError.self) {
        try Starter.detector().assess(
            phase: large.phase(), coherence: small.coherence(), summit: #require(MadeScene.summit))
    }
}

@Test func `crops in a batch get what they get alone, in their order`() throws {
    let summit = try #require(MadeScene.summit)
    let scenes = [
        MadeScene(peak: -25), MadeScene(valid: { _, _ in false }), MadeScene(peak: 25, valid: quarter), MadeScene(),
    ]
    let crops = scenes.map { VolcanoCrop(phase: $0.phase(), coherence: nil, summit: summit) }
    let detector = try Starter.detector()
    let together = try detector.assess(crops)
    for (crop, result) in zip(crops, together) {
        let alone = try detector.assess([crop])[0]
        switch (alone.result, result.result) {
        case (.scored(let a), .scored(let b)):
            #expect(abs(a.pMax.value - b.pMax.value) < 1e-5)
            #expect(a.place.distance(to: b.place) < 10)
        case (.notAssessable(let a), .notAssessable(let b)): #expect(a == b)
        default: Issue.record("\(alone.result) alone, \(result.result) together")
        }
    }
}

@Test func `no crops give no results`() throws {
    #expect(try Starter.detector().assess([]).isEmpty)
}
