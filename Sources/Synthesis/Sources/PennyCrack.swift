#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A horizontal circular crack under pressure, as a flat magma body.
///
/// The crack opens as one in an infinite body does (Sneddon 1946: by maxOpening x sqrt(1 - (r / radius)^2)), each part of it moving the
/// surface as a small horizontal tensile dislocation (Okada 1985, point source). Good while the depth is at least the radius; a shallower
/// crack opens somewhat more in its middle than this (Fialko et al. 2001, doi 10.1046/j.1365-246X.2001.00452.x).
public struct PennyCrack: DeformationSource, Hashable {
    /// Metres below the surface, positive.
    public let depth: Double
    /// Metres.
    public let radius: Double
    /// Metres by which its middle opens; negative closes.
    public let maxOpening: Double

    public init(depth: Double, radius: Double, maxOpening: Double) {
        precondition(depth > 0 && radius > 0, "a crack lies below the surface and has a radius")
        self.depth = depth
        self.radius = radius
        self.maxOpening = maxOpening
    }

    /// Cubic metres.
    public var volumeChange: Double { 2.0 / 3 * .pi * radius * radius * maxOpening }

    public func displacement(east: Double, north: Double) -> Displacement {
        var sum = Displacement(east: 0, north: 0, up: 0)
        for part in Self.parts {
            let (x, y) = (east - part.east * radius, north - part.north * radius)
            let squared = x * x + y * y + depth * depth
            // A horizontal point crack of volume V moves the surface by 3 V / (2 pi) d^2 / R^5 (x, y, d), whatever Poisson's ratio.
            let scale = 3 * part.share * volumeChange / (2 * .pi) * depth * depth / (squared * squared * squared.squareRoot())
            sum = Displacement(east: sum.east + scale * x, north: sum.north + scale * y, up: sum.up + scale * depth)
        }
        return sum
    }

    /// Places in the unit circle, each with its share of the volume: rings of equal volume, at the radius that halves each.
    private static let parts: [(east: Double, north: Double, share: Double)] = {
        let rings = 5, around = 10
        return (0..<rings).flatMap { ring in
            // The share of the volume within r is 1 - (1 - r^2)^(3/2).
            let within = (Double(ring) + 0.5) / Double(rings)
            let r = (1 - pow(1 - within, 2.0 / 3)).squareRoot()
            return (0..<around).map { step in
                let angle = 2 * Double.pi * (Double(step) + 0.5 * Double(ring % 2)) / Double(around)
                return (r * cos(angle), r * sin(angle), 1 / Double(rings * around))
            }
        }
    }()
}
