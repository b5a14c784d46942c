import Domain
import Raster

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Metres east and north of a point, flat: good to a few parts in a thousand within a degree.
struct LocalPlane {
    let origin: GeoPoint
    private let metresPerDegreeEast: Double
    /// Of the WGS 84 ellipsoid, between 110.57 km at the equator and 111.69 km at the poles.
    private let metresPerDegreeNorth: Double

    init(origin: GeoPoint) {
        self.origin = origin
        let latitude = origin.latitude * radian
        metresPerDegreeNorth = 111_132.95 - 559.85 * cos(2 * latitude)
        metresPerDegreeEast = 111_412.88 * cos(latitude) - 93.5 * cos(3 * latitude)
    }

    func east(longitude: Double) -> Double { (longitude - origin.longitude) * metresPerDegreeEast }
    func north(latitude: Double) -> Double { (latitude - origin.latitude) * metresPerDegreeNorth }
}

extension GridGeometry {
    /// One value for each pixel's centre, metres east and north of `origin`.
    func map(from origin: GeoPoint, _ value: (_ east: Double, _ north: Double) -> Float) -> RasterGrid {
        let plane = LocalPlane(origin: origin)
        let easts = (0..<width).map { plane.east(longitude: longitude(x: Double($0) + 0.5)) }
        var values = [Float]()
        values.reserveCapacity(width * height)
        for y in 0..<height {
            let north = plane.north(latitude: latitude(y: Double(y) + 0.5))
            for east in easts { values.append(value(east, north)) }
        }
        return RasterGrid(geometry: self, values: values)
    }

    /// The grid's north-west corner, from which fields are laid out.
    var corner: GeoPoint {
        guard let corner = GeoPoint(latitude: north, longitude: west) else { preconditionFailure("a grid lies on the Earth") }
        return corner
    }
}
