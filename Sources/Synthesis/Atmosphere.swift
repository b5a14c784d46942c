public import Domain
public import Raster

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How restless the air is, over the whole of a region's acquisitions.
public struct AtmosphereModel: Hashable, Sendable {
    /// Metres of delay along the line of sight, standard deviation of one acquisition's turbulence: median over the acquisitions.
    /// Typical are 0.002 to 0.03.
    public let turbulence: Double
    /// Slope of turbulence's 2-D power spectrum against the wave number, 8/3 (two-dimensional) to 11/3 (three-dimensional); Hanssen 2001.
    public let slope: Double
    /// Metres of delay per metre of elevation, standard deviation over the acquisitions; up to 1.2e-4 is seen.
    public let stratification: Double

    public init(turbulence: Double, slope: Double = 11.0 / 3, stratification: Double) {
        self.turbulence = turbulence
        self.slope = slope
        self.stratification = stratification
    }

    /// The air of one acquisition. Interferograms that share a date share it, with opposite signs where it is the later date of one and the
    /// earlier of the other.
    ///
    /// - Returns: metres of delay; NaN over the sea.
    public func delay(on date: AcquisitionDate, over terrain: SyntheticTerrain, seed: UInt64) -> RasterGrid {
        var generator = SeededGenerator(seed: seed, purpose: "atmosphere", index: date.dayNumber)
        let strength = turbulence * exp(0.4 * generator.normal())
        let perMetre = Float(stratification * generator.normal())
        // 300 m between nodes: the finest turbulence lies far below the phase noise.
        let field = FractalField(spacing: 300, slope: slope, longest: 40_000, using: &generator)
        let geometry = terrain.geometry
        var delay = geometry.map(from: geometry.corner) { Float(strength) * field.value(east: $0, north: $1) }
        for i in delay.values.indices { delay.values[i] += perMetre * terrain.elevation.values[i] }
        return delay
    }
}
