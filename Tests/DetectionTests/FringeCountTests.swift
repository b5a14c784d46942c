import Domain
import Foundation
import Raster
import Testing

@testable import Detection

/// The share of a point source's peak that core minus ring leaves, depth in pixels: 1/(1 + r^2)^1.5 in the ring's
/// middle.
private func share(depth: Double) -> Double {
    let ring = 5350 / 111.2 / depth
    return 1 - 1 / ((1 + ring * ring) * (1 + ring * ring) * (1 + ring * ring)).squareRoot()
}

@Test(arguments: [-25.0, -9, -4, 6, 20])
func `fringes and their sign come out for a point source`(peak: Double) throws {
    let scene = MadeScene(peak: Float(peak), turbulence: 0.3)
    // The place is two kilometres off, as places are.
    let motion = try #require(FringeCount.motion(scene.phase(), y: scene.source.y + 12, x: scene.source.x - 15))
    let expected = abs(peak) / (2 * .pi) * share(depth: scene.depth)
    #expect(abs(motion.fringes - expected) < 0.12 * expected + 0.1, "\(motion.fringes), expected \(expected)")
    // Towards the satellite is positive, and the opposite of the phase: 2.77 cm a fringe.
    #expect((motion.centimetres > 0) == (peak < 0))
    #expect(abs(abs(motion.centimetres) - motion.fringes * 2.77329) < 1e-3)
}

@Test func `a ramp over the scene is no motion`() {
    var ramp = MadeScene(turbulence: 0, noise: 0.1).phase()
    for y in 0..<500 {
        for x in 0..<500 {
            ramp[y, x] = Float(
                (Double(x) * 0.1 + Double(y) * 0.05 + 3.14159).truncatingRemainder(dividingBy: 6.28318) - 3.14159)
        }
    }
    #expect(FringeCount.motion(ramp, y: 250, x: 250) == nil)
}

@Test func `noise cannot be counted`() {
    #expect(FringeCount.motion(MadeScene(peak: -25, noise: 3).phase(), y: 230, x: 290) == nil)
}

@Test func `an island too small for a ring cannot be counted`() {
    let island = MadeScene(peak: -25, valid: { y, x in (y - 230) * (y - 230) + (x - 290) * (x - 290) < 900 })
    #expect(FringeCount.motion(island.phase(), y: 230, x: 290) == nil)
}

@Test(arguments: [(-500.0, 200.0), (250, 1e9), (0, 0), (.nan, 3)])
func `a place off the grid or without data cannot be counted`(y: Double, x: Double) {
    let scene = MadeScene(peak: -25, valid: { y, x in y > 150 && x > 150 })
    #expect(FringeCount.motion(scene.phase(), y: y, x: x) == nil)
}

@Test func `a tear in the phase leaves the number of cycles open`() {
    // Half the scene is shifted by half a cycle along a line that ends inside: no unwrapping is right on both sides.
    var grid = MadeScene(peak: -12, turbulence: 0, noise: 0.1).phase()
    for y in 0..<500 {
        for x in 0..<500 where grid[y, x].isFinite {
            let angle = atan2(Double(y - 230), Double(x - 290)) + atan2(Double(y - 250), Double(x - 330)) * 3
            grid[y, x] = Float((Double(grid[y, x]) + 6 * angle).remainder(dividingBy: 6.283185307179586))
        }
    }
    #expect(FringeCount.motion(grid, y: 230, x: 290) == nil)
}
