#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the processor makes of the phase: the noise that multilooking leaves and what an adaptive filter takes away.
struct PhaseTexture {
    /// Independent looks averaged in a pixel.
    let looks: Double
    /// The filter's exponent (Goldstein and Werner 1998, doi 10.1029/1998GL900033); 0 is no filter.
    let filter: Double
    /// Whether good pixels come out as smooth as LiCSAR's, whatever their looks.
    let strong: Bool

    init(using generator: inout SeededGenerator) {
        looks = generator.logUniform(3...100)
        let drawn = generator.uniform()
        strong = drawn < 0.45
        filter = drawn > 0.72 ? generator.uniform(0.3...0.9) : 0
    }

    /// Wraps a phase with its noise to -pi...pi.
    func wrap(_ phase: [Float], coherence: [Float], side: Int, using generator: inout SeededGenerator) -> [Float] {
        var (real, imaginary) = ([Float](repeating: 0, count: phase.count), [Float](repeating: 0, count: phase.count))
        for i in phase.indices {
            let (a, b) = generator.quickPair()
            let g = coherence[i]
            let deviation = strong ? PhaseNoise.deviation(coherence: g) * g : ((1 - g * g) / (2 * Float(looks))).squareRoot()
            let clean = phase[i]
            if deviation.isFinite {
                (real[i], imaginary[i]) = (g * cos(clean) + deviation * a, g * sin(clean) + deviation * b)
            } else {
                (real[i], imaginary[i]) = (a, b)
            }
        }
        if filter > 0 { GoldsteinFilter(exponent: Float(filter)).apply(real: &real, imaginary: &imaginary, side: side) }
        // The C library's pi is the nearest Float, a little more than Swift's.
        return phase.indices.map { min(max(atan2(imaginary[$0], real[$0]), -.pi), .pi) }
    }
}

/// Goldstein and Werner's filter: in each window the Fourier spectrum is multiplied by a power of its own size, so that fringes grow over
/// noise. Windows overlap by half and are blended linearly.
struct GoldsteinFilter {
    static let window = 32
    let exponent: Float

    func apply(real: inout [Float], imaginary: inout [Float], side: Int) {
        let size = Self.window
        var (sumReal, sumImaginary) = ([Float](repeating: 0, count: real.count), [Float](repeating: 0, count: real.count))
        let ramp = (0..<size).map { Float(1 - abs(Double($0) + 0.5 - Double(size) / 2) / (Double(size) / 2)) }
        for top in stride(from: -size / 2, to: side, by: size / 2) {
            for left in stride(from: -size / 2, to: side, by: size / 2) {
                var (re, im) = ([Float](repeating: 0, count: size * size), [Float](repeating: 0, count: size * size))
                let rows = max(0, -top)..<min(size, side - top), columns = max(0, -left)..<min(size, side - left)
                guard !rows.isEmpty, !columns.isEmpty else { continue }
                for y in rows {
                    for x in columns {
                        re[y * size + x] = real[(top + y) * side + left + x]
                        im[y * size + x] = imaginary[(top + y) * side + left + x]
                    }
                }
                filter(&re, &im)
                for y in rows {
                    for x in columns {
                        let weight = ramp[y] * ramp[x]
                        sumReal[(top + y) * side + left + x] += weight * re[y * size + x]
                        sumImaginary[(top + y) * side + left + x] += weight * im[y * size + x]
                    }
                }
            }
        }
        (real, imaginary) = (sumReal, sumImaginary)
    }

    private func filter(_ re: inout [Float], _ im: inout [Float]) {
        fourierTransform(real: &re, imaginary: &im, size: Self.window)
        let power = re.indices.map { re[$0] * re[$0] + im[$0] * im[$0] }
        let scale = 1 / max(power.reduce(0, +) / Float(power.count), 1e-12)
        for i in re.indices {
            let weight = pow(power[i] * scale, exponent / 2)
            // The inverse transform is the forward one of the conjugate; both transpose, so that the square comes out as it went in.
            (re[i], im[i]) = (re[i] * weight, -im[i] * weight)
        }
        fourierTransform(real: &re, imaginary: &im, size: Self.window)
        for i in im.indices { im[i] = -im[i] }
    }
}
