import Domain
import Synthesis
import Testing

@Suite("Point sources and the line of sight")
struct DeformationSourceTests {
    @Test func `a point source follows Mogi's formula`() {
        // A million cubic metres at 4 km: (1 - 0.25) / pi x 1e6 x 4000 / 5000^3 = 7.6394 mm up and 5.7296 mm outwards, 3 km east of it.
        let motion = MogiSource(depth: 4000, volumeChange: 1e6).displacement(east: 3000, north: 0)
        #expect(abs(motion.up - 0.007_639_4) < 1e-7)
        #expect(abs(motion.east - 0.005_729_6) < 1e-7)
        #expect(motion.north == 0)
    }

    @Test func `the lift above the source is what was asked for, and the volume under it fits`() {
        let source = MogiSource(depth: 3000, uplift: 0.1)
        #expect(abs(source.displacement(east: 0, north: 0).up - 0.1) < 1e-12)
        // The volume under the uplift is 2 (1 - nu) times the source's volume change (Delaney and McTigue 1994).
        var volume = 0.0
        let step = 50.0
        for ring in 0..<40_000 {
            let radius = (Double(ring) + 0.5) * step
            volume += 2 * .pi * radius * step * source.displacement(east: radius, north: 0).up
        }
        #expect(abs(volume / source.volumeChange - 1.5) < 0.01)
    }

    @Test func `uplift comes towards the satellite and lowers the phase`() {
        for heading in [-12.0, -168.0] {
            let sight = LineOfSight(incidence: 34, heading: heading)
            #expect(abs(sight.east * sight.east + sight.north * sight.north + sight.up * sight.up - 1) < 1e-12)
            #expect(sight.component(of: Displacement(east: 0, north: 0, up: 0.01)) > 0)
        }
        #expect(abs(LineOfSight.phase(towardsSatellite: LineOfSight.wavelength / 2) + 2 * .pi) < 1e-12)
        #expect(abs(LineOfSight.motion(phase: LineOfSight.phase(towardsSatellite: 0.013)) - 0.013) < 1e-15)
    }

    @Test func `an ascending satellite looks from the west, a descending one from the east`() {
        let (ascending, descending) = (LineOfSight(incidence: 40, heading: -12), LineOfSight(incidence: 40, heading: -168))
        #expect(ascending.pass == .ascending && ascending.east < 0)
        #expect(descending.pass == .descending && descending.east > 0)
    }
}
