#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Two independent random fields of mean 0 and variance 1 on a scene's pixels, with a power-law spectrum: what one transform gives.
///
/// Like `FractalField`, but quick, as a training set needs tens of thousands: nodes lie on every second pixel and the random numbers under
/// the transform are sums of uniform ones, which the transform makes normal anyway.
struct SceneFields {
    let first: [Float]
    let second: [Float]

    /// - Parameters:
    ///   - slope: of the 2-D power spectrum against the wave number.
    ///   - longest: pixels; no more power is added at longer waves.
    init(side: Int, slope: Double, longest: Double, using generator: inout SeededGenerator) {
        var size = 64
        while size < side / 2 + 8 { size *= 2 }
        var (real, imaginary) = ([Float](repeating: 0, count: size * size), [Float](repeating: 0, count: size * size))
        let corner = Float(Double(size) * 2 / longest)
        // By the square of the wave number, so that no root is needed.
        let half = size / 2
        let amplitudes = (0...2 * half * half).map { pow(max(Float($0), corner * corner), Float(-slope / 4)) }
        for y in 0..<size {
            let ky = min(y, size - y)
            for x in 0..<size where x + y > 0 {
                let kx = min(x, size - x)
                let amplitude = amplitudes[kx * kx + ky * ky]
                let (a, b) = generator.quickPair()
                real[y * size + x] = a * amplitude
                imaginary[y * size + x] = b * amplitude
            }
        }
        fourierTransform(real: &real, imaginary: &imaginary, size: size)
        first = Self.doubled(standardised(real), size: size, side: side)
        second = Self.doubled(standardised(imaginary), size: size, side: side)
    }

    /// Twice as many pixels each way: between two nodes lies (-a + 9 b + 9 c - d) / 16 of the four around (Catmull and Rom 1974).
    private static func doubled(_ nodes: [Float], size: Int, side: Int) -> [Float] {
        let rows = side / 2 + 3
        var wide = [Float](repeating: 0, count: rows * side)
        var result = [Float](repeating: 0, count: side * side)
        nodes.withUnsafeBufferPointer { nodes in
            wide.withUnsafeMutableBufferPointer { wide in
                for y in 0..<rows {
                    let row = y * size + 1
                    for x in 0..<side {
                        let i = row + x / 2
                        wide[y * side + x] =
                            x % 2 == 0 ? nodes[i] : (9 * (nodes[i] + nodes[i + 1]) - nodes[i - 1] - nodes[i + 2]) / 16
                    }
                }
            }
        }
        wide.withUnsafeBufferPointer { wide in
            result.withUnsafeMutableBufferPointer { result in
                for y in 0..<side {
                    let row = (y / 2) * side
                    for x in 0..<side {
                        let i = row + side + x
                        // Row 0 of the result is row 1 of the nodes.
                        result[y * side + x] =
                            y % 2 == 0
                            ? wide[i]
                            : (9 * (wide[i] + wide[min(i + side, wide.count - 1)]) - wide[i - side] - wide[min(i + 2 * side, wide.count - 1)]) / 16
                    }
                }
            }
        }
        return result
    }
}

extension SeededGenerator {
    /// Two independent values of mean 0, variance 1 and nearly normal: each the sum of four uniform ones (Irwin and Hall), never beyond 3.5.
    mutating func quickPair() -> (Float, Float) {
        (quickNormal(next()), quickNormal(next()))
    }

    private func quickNormal(_ bits: UInt64) -> Float {
        let sum = (bits & 0xffff) &+ (bits >> 16 & 0xffff) &+ (bits >> 32 & 0xffff) &+ (bits >> 48)
        // Four uniform values of variance 1/12 have a standard deviation of 1/sqrt(3).
        return (Float(sum) * (1 / 65536) - 2) * 1.732_050_8
    }
}
