import Domain
import Foundation
import Raster
import Testing

@testable import Evidence

private let summit = GeoPoint(latitude: -0.83, longitude: -91.17)!
private let geometry = GridGeometry.crop(around: summit)

/// - Parameter value: of (metres north, metres east) of the summit.
private func grid(_ value: (Double, Double) -> Double) -> RasterGrid {
    RasterGrid(
        geometry: geometry,
        values: (0..<geometry.width * geometry.height).map { i in
            let (y, x) = (Double(i / geometry.width), Double(i % geometry.width))
            return Float(value((249.5 - y) * 111.2, (x - 249.5) * 111.2))
        })
}

private func wrapped(_ phase: Double) -> Double { phase - 2 * .pi * (phase / (2 * .pi)).rounded() }

/// A 1,500 m shield with a second, lower one 15 km to the north-east.
private func height(_ north: Double, _ east: Double) -> Double {
    1500 * exp(-(north * north + east * east) / 72e6) + 900 * exp(-(pow(north - 11_000, 2) + pow(east - 11_000, 2)) / 40e6)
}

private let terrain = grid(height)

/// Two fringes that fall off within 4 km.
private func source(_ north: Double, _ east: Double) -> Double { 12.6 / pow(1 + (north * north + east * east) / 16e6, 1.5) }

private func fit(_ phase: RasterGrid, area: Double = 0) throws -> PhaseElevationFit {
    try #require(PhaseElevationFit(phase: phase, elevation: terrain, leavingOut: FlaggedDisc(place: summit, area: area)))
}

struct PhaseElevationTests {
    @Test(arguments: [-17.3, -6, 3.2, 8, 26.4]) func `a stratified delay is found with its slope and speaks for atmosphere`(slope: Double) throws {
        let found = try fit(grid { wrapped(slope * height($0, $1) / 1000 + 2) })
        #expect(abs(found.slope - slope) < 0.11)
        #expect(found.coherence > 0.97 && abs(found.relief - 1150) < 200)
        #expect(found.evidence.weight == -0.8)
        #expect(found.evidence.figures["slope"] == found.slope)
    }

    @Test func `a source at the summit of quiet ground is not explained away`() throws {
        let found = try fit(grid { wrapped(source($0, $1) + 1) }, area: 300)
        #expect(abs(found.slope) < 1.5)
        #expect(found.evidence.weight == 0.2)
        // Without the disc the fit would take part of the source for delay.
        let blind = try fit(grid { wrapped(source($0, $1) + 1) })
        #expect(abs(blind.slope) > abs(found.slope))
    }

    @Test func `a source in a stratified scene leaves a weak argument only`() throws {
        let found = try fit(grid { wrapped(source($0, $1) - 6 * height($0, $1) / 1000) }, area: 300)
        #expect(abs(found.slope + 6) < 1)
        #expect(found.evidence.weight < 0 && found.evidence.weight > -0.3)
    }

    @Test func `noise says nothing`() throws {
        var state: UInt64 = 1
        let found = try fit(
            grid { _, _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return (Double(state >> 11) / Double(1 << 53) * 2 - 1) * .pi
            })
        #expect(found.coherence < 0.05 && found.evidence.weight == 0)
    }

    @Test func `flat land, and too few pixels, cannot be fitted`() {
        let disc = FlaggedDisc(place: summit, area: 100)
        #expect(PhaseElevationFit(phase: terrain, elevation: grid { _, east in 50 + east / 1000 }, leavingOut: disc) == nil)
        let few = grid { north, east in north > 27_000 && east < -24_000 ? 1 : .nan }
        #expect(PhaseElevationFit(phase: few, elevation: terrain, leavingOut: disc) == nil)
    }

    @Test(arguments: [(0.0, 3000.0), (-5, 3000), (113.1, 6000), (5000, 12_000)])
    func `the disc grows with the flagged area within bounds`(area: Double, radius: Double) {
        #expect(abs(FlaggedDisc(place: summit, area: area).radius - radius) < 5)
    }
}

struct CoherenceAtPlaceTests {
    @Test(arguments: [(0.9, 0.0), (0.4, 0), (0.2, -0.25), (0.04, -0.45)]) func `poor coherence casts doubt, good coherence proves nothing`(
        value: Double, weight: Double
    ) throws {
        let found = try #require(CoherenceAtPlace(grid { _, _ in value }, place: summit).evidence)
        #expect(abs(found.weight - weight) < 1e-6)
        #expect(found.figures["validShare"] == 1)
    }

    @Test func `only the surroundings of the place count`() throws {
        let found = CoherenceAtPlace(grid { north, east in north * north + east * east < 3.2e3 * 3.2e3 ? 0.8 : 0.1 }, place: summit)
        #expect(abs(try #require(found.mean) - 0.8) < 1e-6)
    }

    @Test func `a place mostly without data is doubted, one without any is not weighed`() throws {
        let half = CoherenceAtPlace(grid { _, east in east > 500 ? 0.7 : .nan }, place: summit)
        #expect(abs(half.validShare - 0.4) < 0.05)
        #expect(try #require(half.evidence).weight == -0.1)
        #expect(CoherenceAtPlace(grid { _, _ in .nan }, place: summit).evidence == nil)
        let elsewhere = try #require(GeoPoint(latitude: 50, longitude: 10))
        #expect(CoherenceAtPlace(grid { _, _ in 0.5 }, place: elsewhere).evidence == nil)
    }

    @Test func `the disc has the area of a disc`() {
        var pixels = 0
        terrain.forEachPixel(within: 3000, of: summit) { _, _ in pixels += 1 }
        let area = Double(pixels) * 111.2 * 111.2
        #expect(abs(area / (.pi * 9e6) - 1) < 0.02)
    }
}

struct WeighingTests {
    @Test func `each test appears once, only where there is material, within -1 and 1`() throws {
        let id = try #require(InterferogramID("106A_09048_000909/20240118_20240211"))
        let other = try #require(InterferogramID("106A_09048_000909/20240106_20240130"))
        let p = try #require(Probability(0.93))
        let flagged = ScoredPair(interferogram: id, pMax: p, place: summit)
        let history = [flagged, ScoredPair(interferogram: other, pMax: p, place: summit)]
        let all = EvidenceWeighing(rules: .standard).weigh(
            flagged, history: history, phase: grid { wrapped(source($0, $1)) }, coherence: grid { _, _ in 0.5 }, elevation: terrain,
            flaggedArea: 300)
        #expect(all.map(\.test) == [.independentPair, .sharedDate, .coherence, .phaseElevation])
        #expect(all.allSatisfy { (-1...1).contains($0.weight) })
        #expect(EvidenceWeighing(rules: .standard).weigh(flagged, history: []).isEmpty)
    }
}
