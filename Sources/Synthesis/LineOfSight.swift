public import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A motion of the ground, metres.
public struct Displacement: Hashable, Sendable {
    public let east: Double
    public let north: Double
    public let up: Double

    public init(east: Double, north: Double, up: Double) {
        self.east = east
        self.north = north
        self.up = up
    }
}

/// The direction from the ground to the satellite, and what a motion along it does to the phase.
public struct LineOfSight: Hashable, Sendable {
    /// Sentinel-1's C band, metres.
    public static let wavelength = 0.0554658

    /// Components of the unit vector from the ground to the satellite.
    public let east: Double
    public let north: Double
    public let up: Double
    public let pass: Pass

    /// Sentinel-1 looks to the right of its flight, so the satellite stands to the left of it, seen from the ground.
    ///
    /// - Parameters:
    ///   - incidence: degrees from the vertical, 29 to 46 for Sentinel-1.
    ///   - heading: of the flight, degrees clockwise from north: about -12 ascending, -168 descending.
    public init(incidence: Double, heading: Double) {
        let (theta, azimuth) = (incidence * radian, (heading - 90) * radian)
        east = sin(theta) * sin(azimuth)
        north = sin(theta) * cos(azimuth)
        up = cos(theta)
        pass = cos(heading * radian) > 0 ? .ascending : .descending
    }

    /// Metres towards the satellite.
    public func component(of motion: Displacement) -> Double {
        motion.east * east + motion.north * north + motion.up * up
    }

    /// Radians of interferometric phase for a motion of `metres` towards the satellite: towards is negative, as in LiCSAR's files.
    public static func phase(towardsSatellite metres: Double) -> Double { -4 * .pi / wavelength * metres }

    /// Metres of motion towards the satellite that give this (unwrapped) phase.
    public static func motion(phase: Double) -> Double { -phase * wavelength / (4 * .pi) }
}

/// To [-pi, pi].
func wrapped(_ phase: Double) -> Double { phase - 2 * .pi * (phase / (2 * .pi)).rounded() }

let radian = Double.pi / 180
