import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How Sentinel-1 flies over a place. It looks to the right of its flight.
enum SatelliteTrack {
    /// Heading of the ground track, degrees clockwise from north.
    ///
    /// A circular orbit of 98.18 degrees inclination and 98.6 minutes (ESA, Sentinel-1 orbit), over an Earth that turns below it.
    /// Beyond the orbit's turning latitude the heading is due west.
    static func heading(_ pass: Pass, latitude: Double) -> Double {
        let cosLatitude = max(cos(latitude * .pi / 180), 1e-6)
        let east = min(max(cos(98.18 * .pi / 180) / cosLatitude, -1), 1)
        let north = (1 - east * east).squareRoot()
        let turnOfTheEarth = 98.6 / 1436.07 * cosLatitude
        let direction = pass == .ascending ? 1.0 : -1.0
        let degrees = atan2(east - turnOfTheEarth, direction * north) * 180 / .pi
        return degrees < 0 ? degrees + 360 : degrees
    }
}
