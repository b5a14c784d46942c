import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Gabor energies of wrapped phase: how strong fringes of each width and direction are, and how unevenly they lie.
///
/// Gabor filters rather than dual-tree wavelets: both give energies by scale and direction, but a Gabor filter takes the complex phase as
/// it is, so that the energies do not see where the phase wraps, what constant was added, or which way the ground moved; and they are
/// convolutions, which the engine has. 6 directions at 4 scales (fringes of about 6, 12, 24 and 48 pixels), mean and deviation of each
/// energy over the valid pixels, in logarithms; with the valid share and the phase's local order 51 features.
struct TextureFeatures {
    static let directions = 6
    private static let sides = [224, 112, 56, 28]
    private static let kernel = 13

    private let filters: [CompiledNetwork]

    init() throws {
        filters = try Self.sides.map { side in
            let layer = Convolution(
                "gabor", from: 1, to: 2 * Self.directions, kernel: Extent(Self.kernel, Self.kernel), stride: 1,
                padding: Extent(Self.kernel / 2, Self.kernel / 2), bias: false)
            let network = try Network("gabor", input: [1, side, side], layers: [.convolution(layer)])
            let weights = Tensor(shape: [2 * Self.directions, 1, Self.kernel, Self.kernel], values: Self.bank)
            return try CompiledNetwork(network, Parameters(weights: WeightFile(name: "gabor", tensors: ["gabor.weight": weights]), for: network))
        }
    }

    /// Real and imaginary parts, one direction after the other, of filters for fringes 6 pixels wide; without response to a constant.
    private static let bank: [Float] = {
        var values: [Float] = []
        let half = kernel / 2, sigma = 3.0, frequency = 2 * Double.pi / 6
        for direction in 0..<directions {
            let angle = Double.pi * Double(direction) / Double(directions)
            var (even, odd, sum, weight) = ([Double](), [Double](), 0.0, 0.0)
            for y in -half...half {
                for x in -half...half {
                    let envelope = exp(-Double(x * x + y * y) / (2 * sigma * sigma))
                    let along = Double(x) * cos(angle) + Double(y) * sin(angle)
                    even.append(envelope * cos(frequency * along))
                    odd.append(envelope * sin(frequency * along))
                    sum += even[even.count - 1]
                    weight += envelope
                }
            }
            var index = 0
            for y in -half...half {
                for x in -half...half {
                    even[index] -= sum / weight * exp(-Double(x * x + y * y) / (2 * sigma * sigma))
                    index += 1
                }
            }
            values += even.map { Float($0 / weight) } + odd.map { Float($0 / weight) }
        }
        return values
    }()

    /// - Parameter levels: 224 x 224 grey levels.
    func features(_ levels: [UInt8], threads: Int) throws -> [Double] {
        var plane = PhasePlane(levels, side: Self.sides[0])
        var result = [plane.validShare] + plane.order
        for (index, filter) in filters.enumerated() {
            if index > 0 { plane = plane.halved }
            let side = plane.side
            let batch = Tensor(shape: [2, 1, side, side], values: plane.cosine + plane.sine)
            let answers = try filter.forward(batch, threads: threads).values
            let count = side * side, item = 2 * Self.directions * count
            for direction in 0..<Self.directions {
                var (sum, squares, seen) = (0.0, 0.0, 0.0)
                for pixel in 0..<count where plane.weight[pixel] > 0.5 {
                    var energy = 0.0
                    for part in [2 * direction * count, (2 * direction + 1) * count] {
                        let (c, s) = (Double(answers[part + pixel]), Double(answers[item + part + pixel]))
                        energy += c * c + s * s
                    }
                    (sum, squares, seen) = (sum + energy, squares + energy * energy, seen + 1)
                }
                let mean = sum / max(seen, 1)
                result += [log(mean + 1e-6), log(max(0, squares / max(seen, 1) - mean * mean).squareRoot() + 1e-6)]
            }
        }
        return result
    }
}

/// The phase as a complex number on the unit circle, 0 without data.
private struct PhasePlane {
    let side: Int
    let cosine: [Float]
    let sine: [Float]
    /// 1 with data.
    let weight: [Float]

    init(_ levels: [UInt8], side: Int) {
        self.side = side
        cosine = levels.map { $0 == LabelledPatch.noData ? 0 : Self.table[Int($0)].0 }
        sine = levels.map { $0 == LabelledPatch.noData ? 0 : Self.table[Int($0)].1 }
        weight = levels.map { $0 == LabelledPatch.noData ? 0 : 1 }
    }

    private init(side: Int, cosine: [Float], sine: [Float], weight: [Float]) {
        (self.side, self.cosine, self.sine, self.weight) = (side, cosine, sine, weight)
    }

    private static let table: [(Float, Float)] = (0...255).map {
        let angle = (Double($0) / 128 - 1) * .pi
        return (Float(cos(angle)), Float(sin(angle)))
    }

    var validShare: Double { Double(weight.reduce(0, +)) / Double(weight.count) }

    /// Mean and deviation of |sum of 4 x 4 neighbours| / 4 / 4: 1 where the phase is even, 0.25 in noise.
    var order: [Double] {
        let (c, s) = (Self.sums(cosine, side, 4), Self.sums(sine, side, 4))
        let lengths = zip(c, s).map { Double(($0 * $0 + $1 * $1).squareRoot()) / 16 }
        let mean = lengths.reduce(0, +) / Double(lengths.count)
        let variance = lengths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(lengths.count)
        return [mean, variance.squareRoot()]
    }

    /// Half as many pixels each way: means of the complex numbers, which fade where fringes are too narrow.
    var halved: PhasePlane {
        func means(_ values: [Float]) -> [Float] { Self.sums(values, side, 2).map { $0 / 4 } }
        return PhasePlane(side: side / 2, cosine: means(cosine), sine: means(sine), weight: means(weight))
    }

    private static func sums(_ values: [Float], _ side: Int, _ block: Int) -> [Float] {
        let small = side / block
        var result = [Float](repeating: 0, count: small * small)
        for y in 0..<small * block { for x in 0..<small * block { result[y / block * small + x / block] += values[y * side + x] } }
        return result
    }
}
