#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A place on the Earth, WGS 84, in degrees.
public struct GeoPoint: Hashable, Codable, Sendable {
    /// Degrees north, -90 to 90.
    public let latitude: Double
    /// Degrees east, -180 to 180.
    public let longitude: Double

    public init?(latitude: Double, longitude: Double) {
        guard (-90...90).contains(latitude), (-180...180).contains(longitude) else { return nil }
        self.latitude = latitude
        self.longitude = longitude
    }

    /// Great-circle distance in metres on a sphere of 6,371,008.8 m (haversine formula; at most 0.5 % from the ellipsoid).
    public func distance(to other: GeoPoint) -> Double {
        let (a, b) = (latitude * radian, other.latitude * radian)
        let (sinLat, sinLon) = (sin((b - a) / 2), sin((other.longitude - longitude) * radian / 2))
        let h = sinLat * sinLat + cos(a) * cos(b) * sinLon * sinLon
        return 2 * earthRadius * asin(min(1, h.squareRoot()))
    }

    /// Initial bearing towards the other point, degrees clockwise from north, 0 to 360.
    public func bearing(to other: GeoPoint) -> Double {
        let (a, b) = (latitude * radian, other.latitude * radian)
        let d = (other.longitude - longitude) * radian
        let degrees = atan2(sin(d) * cos(b), cos(a) * sin(b) - sin(a) * cos(b) * cos(d)) / radian
        return degrees < 0 ? degrees + 360 : degrees
    }
}

/// A latitude-longitude box. `west` may be greater than `east`: then it crosses the 180th meridian.
public struct GeoBox: Hashable, Codable, Sendable {
    public let south: Double
    public let west: Double
    public let north: Double
    public let east: Double

    public init?(south: Double, west: Double, north: Double, east: Double) {
        guard (-90...90).contains(south), (-90...90).contains(north), south <= north,
            (-180...180).contains(west), (-180...180).contains(east)
        else { return nil }
        self.south = south
        self.west = west
        self.north = north
        self.east = east
    }

    public func contains(_ point: GeoPoint) -> Bool {
        guard (south...north).contains(point.latitude) else { return false }
        return west <= east
            ? (west...east).contains(point.longitude) : point.longitude >= west || point.longitude <= east
    }
}

private let earthRadius = 6_371_008.8
private let radian = Double.pi / 180
