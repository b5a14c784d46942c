#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A colour in OKLab (Ottosson 2020): lightness 0 to 1, `a` from green to red, `b` from blue to yellow.
struct OKLabColour: Hashable {
    var lightness: Double
    var a: Double
    var b: Double

    init(_ lightness: Double, _ a: Double, _ b: Double) {
        self.lightness = lightness
        self.a = a
        self.b = b
    }

    /// sRGB as `0xRRGGBB`. Parts outside the gamut are clipped.
    var rgb: UInt32 {
        let l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
        let m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
        let s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
        let red = eightBit(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)
        let green = eightBit(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)
        let blue = eightBit(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)
        return red << 16 | green << 8 | blue
    }

    /// The colour at `share` (0 to 1) of the way to another.
    func mixed(with other: Self, share: Double) -> Self {
        Self(
            lightness + (other.lightness - lightness) * share, a + (other.a - a) * share, b + (other.b - b) * share)
    }
}

/// `over` on top of `under`, both `0xRRGGBB`, in sRGB.
func blend(_ over: UInt32, on under: UInt32, opacity: Double) -> UInt32 {
    let share = Int((min(max(opacity, 0), 1) * 256).rounded())
    func part(_ shift: UInt32) -> UInt32 {
        let (top, bottom) = (Int(over >> shift & 255), Int(under >> shift & 255))
        return UInt32(bottom + (top - bottom) * share / 256) << shift
    }
    return part(16) | part(8) | part(0)
}

private func cube(_ x: Double) -> Double { x * x * x }

private func eightBit(_ linear: Double) -> UInt32 {
    let x = min(max(linear, 0), 1)
    let encoded = x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055
    return UInt32((encoded * 255).rounded())
}
