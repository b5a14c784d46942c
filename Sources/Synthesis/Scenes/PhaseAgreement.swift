#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How well a wrapped phase tells the phase behind it: the mean cosine of their difference over the pixels with data in a square round each pixel, -1 to 1.
///
/// Noise is about 0, also where a filter has made threads of it.
struct PhaseAgreement {
    /// From here on a person sees the fringes.
    static let least: Float = 0.5
    /// Pixels to each side: wide enough for a dozen of a filter's threads, whose chance agreement would mislead a smaller square.
    static let reach = 7
    let values: [Float]

    /// - Parameters:
    ///   - wrapped: radians, `side * side`; NaN is no data.
    ///   - phase: radians, `side * side`.
    init(of wrapped: [Float], with phase: [Float], side: Int) {
        var sum = [Float](repeating: 0, count: side * side), count = sum
        for i in sum.indices where !wrapped[i].isNaN { (sum[i], count[i]) = (cos(wrapped[i] - phase[i]), 1) }
        for along in [(start: side, step: 1), (start: 1, step: side)] {
            Self.addUp(&sum, side: side, along)
            Self.addUp(&count, side: side, along)
        }
        values = sum.indices.map { sum[$0] / max(count[$0], 1) }
    }

    /// Each value becomes the sum of those within reach in its row or column.
    private static func addUp(_ values: inout [Float], side: Int, _ along: (start: Int, step: Int)) {
        var line = [Float](repeating: 0, count: side + 2 * reach + 1)
        for first in 0..<side {
            let start = first * along.start
            for i in 0..<side { line[reach + 1 + i] = values[start + i * along.step] }
            var sum = line[0...2 * reach].reduce(0, +)
            for i in 0..<side {
                sum += line[i + 2 * reach + 1] - line[i]
                values[start + i * along.step] = sum
            }
        }
    }
}
