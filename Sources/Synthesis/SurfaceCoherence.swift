import Raster

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How well the ground keeps its phase: bare lava for years, vegetation for days.
public struct SurfaceCoherence: Hashable, Sendable {
    /// Coherence of bare ground at once, 0 to 1.
    public let bare: Double
    /// Days after which bare ground has lost all but an e-th of it.
    public let lasting: Double
    /// Share of the land that is vegetated, 0 to 1.
    public let vegetated: Double
    /// Coherence of vegetated ground, 0 to 1.
    public let vegetation: Double

    public init(bare: Double = 0.93, lasting: Double = 400, vegetated: Double = 0.3, vegetation: Double = 0.08) {
        self.bare = bare
        self.lasting = lasting
        self.vegetated = vegetated
        self.vegetation = vegetation
    }

    /// Where the vegetation is: 0 (bare) to 1, NaN over the sea. The same for all pairs of a region.
    func vegetationCover(of terrain: SyntheticTerrain, seed: UInt64) -> RasterGrid {
        var generator = SeededGenerator(seed: seed, purpose: "vegetation")
        let field = FractalField(spacing: 200, slope: 3.2, longest: 40_000, using: &generator)
        var cover = terrain.geometry.map(from: terrain.geometry.corner) { field.value(east: $0, north: $1) }
        for i in cover.values.indices where terrain.elevation.values[i].isNaN { cover.values[i] = .nan }
        let sorted = cover.values.filter { !$0.isNaN }.sorted()
        guard !sorted.isEmpty else { return cover }
        let limit = sorted[min(sorted.count - 1, Int(Double(sorted.count) * (1 - vegetated)))]
        // Borders of vegetation are gradual: they take about half a standard deviation of the field.
        for i in cover.values.indices { cover.values[i] = 1 / (1 + exp((limit - cover.values[i]) * 8)) }
        return cover
    }

    /// The coherence that a processor would estimate, 0 to 1; NaN where `cover` is.
    func estimate(cover: RasterGrid, days: Int, seed: UInt64) -> RasterGrid {
        var generator = SeededGenerator(seed: seed, purpose: "coherence", index: days)
        let texture = FractalField(size: 256, spacing: 250, slope: 1.5, using: &generator)
        let lasts = bare * exp(-Double(days) / lasting)
        var coherence = cover.geometry.map(from: cover.geometry.corner) { texture.value(east: $0, north: $1) }
        for i in coherence.values.indices {
            let plant = cover.values[i]
            let mean = Float(lasts) * (1 - plant) + Float(vegetation) * plant
            // An estimate of a low coherence scatters by more (Touzi et al. 1999).
            coherence.values[i] = min(max(mean + 0.05 * (1 - mean * mean) * coherence.values[i], 0.01), 0.99)
            if plant.isNaN { coherence.values[i] = .nan }
        }
        return coherence
    }
}

/// The phase noise that is left after LiCSAR's multilooking and adaptive filter.
enum PhaseNoise {
    /// Standard deviation of the two components of a unit phasor, by coherence.
    ///
    /// A fit to the second differences of the phase along rows in real LiCSAR interferograms of lava and vegetation: 0.03 rad at a coherence
    /// of 0.8, 0.05 at 0.25, 0.1 at 0.13, and no phase left below 0.08. It hardly differs between neighbours and pixels two apart, so it
    /// is white.
    static func deviation(coherence: Float) -> Float {
        let useful = coherence - 0.07
        return useful > 0 ? 0.016 + 0.005 / useful : .infinity
    }

    /// Adds the noise to a phase and wraps it to [-pi, pi]; NaN stays NaN.
    static func add(to phase: inout RasterGrid, coherence: RasterGrid, using generator: inout SeededGenerator) {
        for i in phase.values.indices where !phase.values[i].isNaN {
            let (a, b) = generator.normalPair()
            let deviation = deviation(coherence: coherence.values[i])
            let clean = Float(wrapped(Double(phase.values[i])))
            let (x, y) = deviation.isFinite ? (cos(clean) + deviation * a, sin(clean) + deviation * b) : (a, b)
            phase.values[i] = atan2(y, x)
        }
    }
}
