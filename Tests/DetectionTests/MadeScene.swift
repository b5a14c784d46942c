import Domain
import Foundation
import Raster

/// A volcano's crop made for these tests: a point source under turbulence and noise.
struct MadeScene {
    var side = 500
    /// Phase at the source's centre, radians. Negative: towards the satellite.
    var peak: Float = 0
    /// Pixels, from the upper left corner.
    var source = (y: 230.0, x: 290.0)
    /// Pixels; the signal falls to a third at this distance.
    var depth = 35.0
    /// Radians.
    var turbulence: Float = 0.8
    var noise: Float = 0.3
    /// False where there is no data.
    var valid: @Sendable (_ y: Int, _ x: Int) -> Bool = { _, _ in true }
    var seed: UInt64 = 1

    static let summit = GeoPoint(latitude: -1, longitude: -80)

    var geometry: GridGeometry {
        GridGeometry(width: side, height: side, west: -80.25, north: -0.75, pixelWidth: 0.001, pixelHeight: 0.001)
    }

    func phase() -> RasterGrid {
        var random = SplitMix(state: seed)
        // A few long waves stand for turbulence.
        let waves = (0..<10).map { _ in
            (
                ky: random.uniform(-0.03, 0.03), kx: random.uniform(-0.03, 0.03), offset: random.uniform(0, 6.3),
                size: random.uniform(-1, 1)
            )
        }
        var grid = RasterGrid(geometry: geometry, values: [Float](repeating: .nan, count: side * side))
        for y in 0..<side {
            for x in 0..<side where valid(y, x) {
                let (dy, dx) = (Float(Double(y) + 0.5 - source.y), Float(Double(x) + 0.5 - source.x))
                let r = (dy * dy + dx * dx) / Float(depth * depth)
                var phase =
                    peak / powf(1 + r, 1.5) + noise
                    * (random.uniform(-1, 1) + random.uniform(-1, 1) + random.uniform(-1, 1))
                for wave in waves {
                    phase += turbulence / 2 * wave.size * cosf(wave.ky * Float(y) + wave.kx * Float(x) + wave.offset)
                }
                grid[y, x] = atan2f(sinf(phase), cosf(phase))
            }
        }
        return grid
    }

    func coherence(_ value: Float = 0.7) -> RasterGrid {
        RasterGrid(geometry: geometry, values: [Float](repeating: value, count: side * side))
    }

    var sourcePlace: GeoPoint? {
        GeoPoint(latitude: geometry.latitude(y: source.y), longitude: geometry.longitude(x: source.x))
    }
}

/// Steele, Lea and Flood 2014: the same numbers on every machine.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func uniform(_ low: Float, _ high: Float) -> Float { low + (high - low) * Float(next() >> 40) * 0x1p-24 }
}
