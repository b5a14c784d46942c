public import Domain
public import Raster

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A shield volcano with a caldera, as in the Galapagos: a convex cone with a sunken summit.
public struct SyntheticVolcano: Hashable, Sendable {
    public let summit: GeoPoint
    /// Metres above sea level of the caldera's rim.
    public let height: Double
    /// Metres from the summit to where the flank has fallen to an e-th of the height.
    public let radius: Double
    /// Metres; 0 for a volcano without a caldera.
    public let calderaRadius: Double
    /// Metres below the rim.
    public let calderaDepth: Double

    public init(summit: GeoPoint, height: Double, radius: Double, calderaRadius: Double = 0, calderaDepth: Double = 0) {
        self.summit = summit
        self.height = height
        self.radius = radius
        self.calderaRadius = calderaRadius
        self.calderaDepth = calderaDepth
    }

    /// Metres that it adds to the terrain at `distance` metres from its summit.
    func rise(distance: Double) -> Double {
        let slope = distance / radius
        let cone = height * exp(-slope * slope.squareRoot())
        guard calderaRadius > 0 else { return cone }
        let inside = 1 / (1 + exp((distance - calderaRadius) / (0.06 * calderaRadius)))
        return cone - inside * calderaDepth
    }
}

/// Elevation over sea: volcanoes on a rough sea floor. What lies below sea level is sea.
public struct SyntheticTerrain: Sendable {
    /// Metres above sea level; NaN is sea.
    public let elevation: RasterGrid

    /// - Parameters:
    ///   - depth: metres of water far from the volcanoes.
    ///   - roughness: metres, standard deviation; gullies on the flanks grow with the height.
    public init(geometry: GridGeometry, volcanoes: [SyntheticVolcano], depth: Double = 130, roughness: Double = 40, seed: UInt64) {
        var generator = SeededGenerator(seed: seed, purpose: "terrain")
        let rough = FractalField(spacing: 200, slope: 3.6, longest: 25_000, using: &generator)
        let plane = LocalPlane(origin: geometry.corner)
        let places = volcanoes.map { volcano in
            (volcano, plane.east(longitude: volcano.summit.longitude), plane.north(latitude: volcano.summit.latitude))
        }
        elevation = geometry.map(from: geometry.corner) { east, north in
            // Coasts and rims are no circles: the noise also bends the distance.
            let noise = Double(rough.value(east: east, north: north))
            var rise = 0.0
            for (volcano, summitEast, summitNorth) in places {
                let (dx, dy) = (east - summitEast, north - summitNorth)
                rise += volcano.rise(distance: (dx * dx + dy * dy).squareRoot() * (1 + 0.08 * noise))
            }
            let height = rise - depth + noise * roughness * (0.5 + rise / 1000)
            return height > 0 ? Float(height) : .nan
        }
    }

    public var geometry: GridGeometry { elevation.geometry }

    /// Share of land, 0 to 1.
    public var landShare: Double {
        Double(elevation.values.reduce(0) { $0 + ($1.isNaN ? 0 : 1) }) / Double(elevation.values.count)
    }
}
