#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A Gaussian filter that takes the weighted mean of the valid pixels under it (normalised convolution), cut at three
/// sigma.
struct MaskedGaussian {
    /// From the centre outwards.
    let weights: [Float]

    /// - Parameter sigma: pixels.
    init(sigma: Double) {
        let radius = max(1, Int((3 * sigma).rounded()))
        weights = (0...radius).map { Float(exp(-Double($0 * $0) / (2 * sigma * sigma))) }
    }

    /// The smoothed levels; 0 where nothing valid lies under the filter.
    func smooth(_ image: GreyImage, valid: [Bool]) -> [Float] {
        let levels = zip(image.levels, valid).map { $1 ? Float($0) : 0 }
        let shares = valid.map { $0 ? Float(1) : 0 }
        let sums = filter(levels, width: image.width)
        let norms = filter(shares, width: image.width)
        return zip(sums, norms).map { $1 > 0 ? $0 / $1 : 0 }
    }

    private func filter(_ values: [Float], width: Int) -> [Float] {
        // Along rows each row is a line of its own; along columns a step to the next row is a step of `width` in the
        // whole image.
        let alongRows = shiftedSum(values, line: width, step: 1)
        return shiftedSum(alongRows, line: values.count, step: width)
    }

    /// The sum of the values shifted by 0, +-step, +-2 steps... times the weights; nothing comes in over the ends of a
    /// line.
    private func shiftedSum(_ values: [Float], line: Int, step: Int) -> [Float] {
        var result = values.map { $0 * weights[0] }
        result.withUnsafeMutableBufferPointer { result in
            values.withUnsafeBufferPointer { values in
                for start in stride(from: 0, to: values.count, by: max(1, line)) {
                    for (distance, weight) in weights.enumerated().dropFirst() where distance * step < line {
                        let shift = distance * step
                        for i in start..<start + line - shift { result[i] += weight * values[i + shift] }
                        for i in start + shift..<start + line { result[i] += weight * values[i - shift] }
                    }
                }
            }
        }
        return result
    }
}
