#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A periodic random field of mean 0 and variance 1 whose two-dimensional power spectrum falls with a power of the wave number, made by
/// filtering white noise in the Fourier domain.
public struct FractalField: Sendable {
    /// Nodes a side, a power of two.
    public let size: Int
    /// Metres between nodes; the field repeats after `size * spacing`.
    public let spacing: Double
    /// `size * size` values.
    private let nodes: [Float]

    /// - Parameters:
    ///   - size: nodes a side, a power of two.
    ///   - slope: of the 2-D power spectrum against the wave number: 8/3 to 11/3 for turbulence, about 4 for terrain.
    ///   - longest: metres; no more power is added at longer waves.
    public init(size: Int = 512, spacing: Double, slope: Double, longest: Double = .infinity, using generator: inout SeededGenerator) {
        precondition(size > 1 && size & (size - 1) == 0, "the size is a power of two")
        self.size = size
        self.spacing = spacing
        var (real, imaginary) = ([Float](repeating: 0, count: size * size), [Float](repeating: 0, count: size * size))
        let corner = Double(size) * spacing / longest
        for y in 0..<size {
            let ky = Double(min(y, size - y))
            for x in 0..<size where x + y > 0 {
                let kx = Double(min(x, size - x))
                let k = max((kx * kx + ky * ky).squareRoot(), corner)
                let (a, b) = generator.normalPair()
                let amplitude = Float(pow(k, -slope / 2))
                real[y * size + x] = a * amplitude
                imaginary[y * size + x] = b * amplitude
            }
        }
        fourierTransform(real: &real, imaginary: &imaginary, size: size)
        nodes = standardised(real)
    }

    /// The value at a place in metres, interpolated between 16 nodes (Catmull and Rom 1974).
    public func value(east: Double, north: Double) -> Float {
        let (x, y) = (east / spacing, north / spacing)
        let (left, bottom) = (x.rounded(.down), y.rounded(.down))
        let (weightsX, weightsY) = (catmullRom(Float(x - left)), catmullRom(Float(y - bottom)))
        let (column, row, mask) = (Int(left) - 1, Int(bottom) - 1, size - 1)
        var sum: Float = 0
        for j in 0..<4 {
            let start = ((row + j) & mask) * size
            var line: Float = 0
            for i in 0..<4 { line += weightsX[i] * nodes[start + ((column + i) & mask)] }
            sum += weightsY[j] * line
        }
        return sum
    }
}

/// Mean 0 and variance 1.
func standardised(_ values: [Float]) -> [Float] {
    let mean = values.reduce(0, +) / Float(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)
    let scale = 1 / max(variance, 1e-20).squareRoot()
    return values.map { ($0 - mean) * scale }
}

private func catmullRom(_ t: Float) -> SIMD4<Float> {
    let (t2, t3) = (t * t, t * t * t)
    return SIMD4(-t3 + 2 * t2 - t, 3 * t3 - 5 * t2 + 2, -3 * t3 + 4 * t2 + t, t3 - t2) * 0.5
}

/// Discrete Fourier transform of a square array, in place and transposed, not scaled: rows, then columns (Cooley and Tukey 1965).
func fourierTransform(real: inout [Float], imaginary: inout [Float], size: Int) {
    let roots = (0..<size / 2).map { k in
        let angle = 2 * Double.pi * Double(k) / Double(size)
        return (Float(cos(angle)), Float(sin(angle)))
    }
    real.withUnsafeMutableBufferPointer { re in
        imaginary.withUnsafeMutableBufferPointer { im in
            for pass in 0..<2 {
                for row in 0..<size {
                    let range = row * size..<(row + 1) * size
                    transformRow(real: .init(rebasing: re[range]), imaginary: .init(rebasing: im[range]), roots: roots)
                }
                guard pass == 0 else { break }
                for y in 0..<size {
                    for x in 0..<y {
                        re.swapAt(y * size + x, x * size + y)
                        im.swapAt(y * size + x, x * size + y)
                    }
                }
            }
        }
    }
}

private func transformRow(
    real: UnsafeMutableBufferPointer<Float>, imaginary: UnsafeMutableBufferPointer<Float>, roots: [(Float, Float)]
) {
    let size = real.count
    var reversed = 0
    for i in 1..<size {
        var bit = size >> 1
        while reversed & bit != 0 {
            reversed ^= bit
            bit >>= 1
        }
        reversed |= bit
        if i < reversed {
            real.swapAt(i, reversed)
            imaginary.swapAt(i, reversed)
        }
    }
    roots.withUnsafeBufferPointer { roots in
        var half = 1
        while half < size {
            let stride = size / (2 * half)
            for block in Swift.stride(from: 0, to: size, by: 2 * half) {
                for k in 0..<half {
                    let (c, s) = roots[k * stride]
                    let (low, high) = (block + k, block + k + half)
                    let re = real[high] * c - imaginary[high] * s
                    let im = real[high] * s + imaginary[high] * c
                    real[high] = real[low] - re
                    imaginary[high] = imaginary[low] - im
                    real[low] += re
                    imaginary[low] += im
                }
            }
            half *= 2
        }
    }
}
