/// Something under the ground that moves its surface. Elastic sources are linear: twice the strength moves everything twice as far.
public protocol DeformationSource: Sendable {
    /// The motion of the surface.
    ///
    /// - Parameters:
    ///   - east: metres from the point above the source.
    ///   - north: metres from the point above the source.
    func displacement(east: Double, north: Double) -> Displacement
}

/// A small sphere that swells in an elastic half-space (Mogi 1958, Bull. Earthq. Res. Inst. 36, 99-134).
///
/// With d the depth, R the distance from the source and nu Poisson's ratio, the surface moves by
/// (1 - nu) / pi x volumeChange x (east, north, d) / R^3.
public struct MogiSource: DeformationSource, Hashable {
    /// Metres below the surface, positive.
    public let depth: Double
    /// Cubic metres; negative deflates.
    public let volumeChange: Double
    public let poissonRatio: Double

    public init(depth: Double, volumeChange: Double, poissonRatio: Double = 0.25) {
        precondition(depth > 0, "a Mogi source lies below the surface")
        self.depth = depth
        self.volumeChange = volumeChange
        self.poissonRatio = poissonRatio
    }

    /// The source that lifts the ground above it by `uplift` metres.
    public init(depth: Double, uplift: Double, poissonRatio: Double = 0.25) {
        self.init(depth: depth, volumeChange: uplift * .pi * depth * depth / (1 - poissonRatio), poissonRatio: poissonRatio)
    }

    public func displacement(east: Double, north: Double) -> Displacement {
        let squared = east * east + north * north + depth * depth
        let scale = (1 - poissonRatio) / .pi * volumeChange / (squared * squared.squareRoot())
        return Displacement(east: scale * east, north: scale * north, up: scale * depth)
    }
}
