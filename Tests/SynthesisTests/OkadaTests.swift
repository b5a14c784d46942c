import Testing

@testable import Synthesis

/// Okada's own check list: table 2 of Okada 1985. Depths there are of the lower edge, x along strike, y to its left.
@Suite struct OkadaTests {
    struct Case: Sendable {
        let x: Double, y: Double, depth: Double, dip: Double
        let slip: OkadaRectangle.Slip
        let motion: (x: Double, y: Double, z: Double)
    }

    static let strike = OkadaRectangle.Slip(alongStrike: 1), thrust = OkadaRectangle.Slip(upDip: 1), open = OkadaRectangle.Slip(opening: 1)
    static let table2: [Case] = [
        Case(x: 2, y: 3, depth: 4, dip: 70, slip: strike, motion: (-8.689e-3, -4.298e-3, -2.747e-3)),
        Case(x: 2, y: 3, depth: 4, dip: 70, slip: thrust, motion: (-4.682e-3, -3.527e-2, -3.564e-2)),
        Case(x: 2, y: 3, depth: 4, dip: 70, slip: open, motion: (-2.660e-4, 1.056e-2, 3.214e-3)),
        Case(x: 0, y: 0, depth: 4, dip: 90, slip: strike, motion: (0, 5.253e-3, 0)),
        Case(x: 0, y: 0, depth: 4, dip: 90, slip: thrust, motion: (0, 0, 0)),
        Case(x: 0, y: 0, depth: 4, dip: 90, slip: open, motion: (1.223e-2, 0, -1.606e-2)),
    ]

    @Test(arguments: table2) func `agrees with the published check list`(_ check: Case) {
        // Length 3, width 2; the origin lies above the lower left corner.
        let (s, c) = (sin(check.dip * radian), cos(check.dip * radian))
        let rectangle = OkadaRectangle(depth: check.depth - s, strike: 90, dip: check.dip, length: 3, width: 2, slip: check.slip)
        let motion = rectangle.displacement(east: check.x - 1.5, north: check.y - c)
        // The list has four digits.
        #expect(abs(motion.east - check.motion.x) < 1.5e-5)
        #expect(abs(motion.north - check.motion.y) < 1.5e-5)
        #expect(abs(motion.up - check.motion.z) < 1.5e-5)
    }

    /// The volume that the surface gains, summed over a wide square of `step` metres.
    private func uplift(_ source: some DeformationSource, reach: Double = 200_000, step: Double = 1000) -> Double {
        var volume = 0.0
        for north in stride(from: -reach, through: reach, by: step) {
            for east in stride(from: -reach, through: reach, by: step) { volume += source.displacement(east: east, north: north).up }
        }
        return volume * step * step
    }

    @Test func `a sill lifts the surface by its own volume`() {
        let volume = 1e6
        let sill = OkadaRectangle(depth: 3000, strike: 30, dip: 0, length: 2000, width: 1000, slip: .init(opening: 0.5))
        #expect(sill.volumeChange == volume)
        #expect(abs(uplift(sill) / volume - 1) < 0.01)
    }

    @Test func `a penny crack lifts the surface by its own volume`() {
        let crack = PennyCrack(depth: 3000, radius: 1500, maxOpening: 0.3)
        #expect(abs(uplift(crack) / crack.volumeChange - 1) < 0.01)
    }

    @Test func `a Mogi source lifts the surface by more than its own volume, by 2 (1 - nu)`() {
        let source = MogiSource(depth: 3000, volumeChange: 1e6)
        // A Mogi source's uplift falls slower: 2 % of it lies beyond 200 km.
        #expect(abs(uplift(source) / 1.5e6 - 1) < 0.03)
    }

    @Test func `far away a small sill and a small crack of one volume are the same`() {
        let sill = OkadaRectangle(depth: 4000, strike: 0, dip: 0, length: 200, width: 200, slip: .init(opening: 1))
        let crack = PennyCrack(depth: 4000, radius: 100, maxOpening: sill.volumeChange / (2.0 / 3 * .pi * 1e4))
        for place in [(0.0, 0.0), (2000, 1000), (-5000, 3000)] {
            let (a, b) = (sill.displacement(east: place.0, north: place.1), crack.displacement(east: place.0, north: place.1))
            #expect(abs(a.up - b.up) < 0.01 * abs(a.up))
            #expect(abs(a.east - b.east) < 0.01 * abs(a.up))
        }
    }

    @Test func `a dyke pushes its sides apart and a rotated one does the same along its own strike`() {
        let north = OkadaRectangle.dyke(top: 500, strike: 0, dip: 90, length: 4000, width: 2000, opening: 1)
        let motion = north.displacement(east: 2000, north: 0)
        #expect(motion.east > 0.01)
        #expect(north.displacement(east: -2000, north: 0).east < -0.01)
        let east = OkadaRectangle.dyke(top: 500, strike: 90, dip: 90, length: 4000, width: 2000, opening: 1)
        let turned = east.displacement(east: 0, north: -2000)
        #expect(abs(turned.north + motion.east) < 1e-9)
        #expect(abs(turned.up - motion.up) < 1e-9)
    }

    @Test func `a thrust lifts the hanging wall`() {
        let thrust = OkadaRectangle(depth: 3000, strike: 0, dip: 30, length: 10_000, width: 4000, slip: .init(upDip: 1))
        #expect(thrust.displacement(east: 0, north: 0).up > 0.1)
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
