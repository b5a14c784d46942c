#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A rectangular dislocation in an elastic half-space (Okada 1985, Bull. Seism. Soc. Am. 75, 1135-1154): a dyke or a sill that opens, or a
/// fault that slips.
///
/// Lamé's constants are equal unless `poissonRatio` says otherwise.
public struct OkadaRectangle: DeformationSource, Hashable {
    /// Metres below the surface of the rectangle's centre; its upper edge lies below the surface too.
    public let depth: Double
    /// Degrees clockwise from north; the rectangle dips to the right of it.
    public let strike: Double
    /// Degrees from the horizontal, 0 to 90.
    public let dip: Double
    /// Metres along strike.
    public let length: Double
    /// Metres down the dip.
    public let width: Double
    /// Metres by which the hanging wall moves, uniform over the rectangle.
    public let slip: Slip
    public let poissonRatio: Double

    /// Metres of relative motion of the two sides.
    public struct Slip: Hashable, Sendable {
        /// Left-lateral is positive.
        public let alongStrike: Double
        /// Thrust is positive.
        public let upDip: Double
        /// Opening is positive.
        public let opening: Double

        public init(alongStrike: Double = 0, upDip: Double = 0, opening: Double = 0) {
            self.alongStrike = alongStrike
            self.upDip = upDip
            self.opening = opening
        }
    }

    public init(depth: Double, strike: Double, dip: Double, length: Double, width: Double, slip: Slip, poissonRatio: Double = 0.25) {
        precondition(length > 0 && width > 0 && (0...90).contains(dip), "a rectangle has sides and dips by 0 to 90 degrees")
        precondition(depth - width / 2 * sin(dip * radian) >= 0, "the upper edge lies below the surface")
        self.depth = depth
        self.strike = strike
        self.dip = dip
        self.length = length
        self.width = width
        self.slip = slip
        self.poissonRatio = poissonRatio
    }

    /// A dyke: steep and open.
    /// - Parameter top: metres from the surface to the upper edge.
    public static func dyke(top: Double, strike: Double, dip: Double, length: Double, width: Double, opening: Double) -> OkadaRectangle {
        OkadaRectangle(
            depth: top + width / 2 * sin(dip * radian), strike: strike, dip: dip, length: length, width: width,
            slip: Slip(opening: opening))
    }

    /// Cubic metres that open, or 0 for a fault.
    public var volumeChange: Double { slip.opening * length * width }

    public func displacement(east: Double, north: Double) -> Displacement {
        // Okada's formulae divide by cos(dip): vertical and horizontal rectangles are taken as a thousandth of a degree off.
        let angle = min(max(dip, 0.001), 89.999) * radian
        let frame = Frame(sinDip: sin(angle), cosDip: cos(angle), strike: strike * radian)
        let bottom = depth + width / 2 * frame.sinDip
        // Okada's origin: below it lies the lower left corner.
        let along = frame.along(east: east, north: north) + length / 2
        let across = frame.across(east: east, north: north) + width / 2 * frame.cosDip
        let p = across * frame.cosDip + bottom * frame.sinDip
        let q = across * frame.sinDip - bottom * frame.cosDip
        var sum = SIMD3<Double>.zero
        for (xi, eta, sign) in [(along, p, 1.0), (along, p - width, -1), (along - length, p, -1), (along - length, p - width, 1)] {
            sum += sign * Corner(xi: xi, eta: eta, q: q, frame: frame, mediumRatio: 1 - 2 * poissonRatio).motion(slip)
        }
        sum /= 2 * .pi
        return Displacement(
            east: frame.sinStrike * sum.x - frame.cosStrike * sum.y, north: frame.cosStrike * sum.x + frame.sinStrike * sum.y, up: sum.z)
    }
}

/// The directions of a rectangle.
private struct Frame {
    let sinDip: Double
    let cosDip: Double
    let sinStrike: Double
    let cosStrike: Double

    init(sinDip: Double, cosDip: Double, strike: Double) {
        self.sinDip = sinDip
        self.cosDip = cosDip
        sinStrike = sin(strike)
        cosStrike = cos(strike)
    }

    func along(east: Double, north: Double) -> Double { cosStrike * north + sinStrike * east }
    /// Positive to the left of the strike, up the dip.
    func across(east: Double, north: Double) -> Double { sinStrike * north - cosStrike * east }
}

/// One of the four terms of Chinnery's notation: Okada's equations 25 to 29.
private struct Corner {
    let xi: Double, eta: Double, q: Double
    let frame: Frame
    let mediumRatio: Double

    func motion(_ slip: OkadaRectangle.Slip) -> SIMD3<Double> {
        let (s, c) = (frame.sinDip, frame.cosDip)
        let r = (xi * xi + eta * eta + q * q).squareRoot()
        let y = eta * c + q * s
        let d = eta * s - q * c
        let x = (xi * xi + q * q).squareRoot()
        // Above an edge R + eta or R + xi is 0 and Okada sets the terms to 0.
        let overEta = r + eta > 1e-9 ? 1 / (r * (r + eta)) : 0
        let overXi = r + xi > 1e-9 ? 1 / (r * (r + xi)) : 0
        let logEta = r + eta > 1e-9 ? log(r + eta) : -log(r - eta)
        let theta = abs(q) < 1e-9 ? 0 : atan(xi * eta / (q * r))
        let i5 = abs(xi) < 1e-9 ? 0 : mediumRatio * 2 / c * atan((eta * (x + q * c) + x * (r + x) * s) / (xi * (r + x) * c))
        let i4 = mediumRatio / c * (log(r + d) - s * logEta)
        let i3 = mediumRatio * (y / (c * (r + d)) - logEta) + s / c * i4
        let i2 = mediumRatio * -logEta - i3
        let i1 = mediumRatio * (-xi / (c * (r + d))) - s / c * i5
        var motion = SIMD3<Double>.zero
        if slip.alongStrike != 0 {
            let x: Double = xi * q * overEta + theta + i1 * s
            let y: Double = y * q * overEta + q * c / (r + eta) + i2 * s
            let z: Double = d * q * overEta + q * s / (r + eta) + i4 * s
            motion -= slip.alongStrike * SIMD3(x, y, z)
        }
        if slip.upDip != 0 {
            let x: Double = q / r - i3 * s * c
            let y: Double = y * q * overXi + c * theta - i1 * s * c
            let z: Double = d * q * overXi + s * theta - i5 * s * c
            motion -= slip.upDip * SIMD3(x, y, z)
        }
        if slip.opening != 0 {
            let closing: Double = xi * q * overEta - theta
            let x: Double = q * q * overEta - i3 * s * s
            let across: Double = -d * q * overXi - s * closing - i1 * s * s
            let z: Double = y * q * overXi + c * closing - i5 * s * s
            motion += slip.opening * SIMD3(x, across, z)
        }
        return motion
    }
}
