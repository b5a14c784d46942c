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
        guard width > 0 else { return [] }
        return values.withUnsafeBufferPointer { values in
            guard let source = values.baseAddress else { return [] }
            return [Float](unsafeUninitializedCapacity: values.count) { result, count in
                guard let target = result.baseAddress else { return }
                withUnsafeTemporaryAllocation(of: Float.self, capacity: values.count) { alongRows in
                    guard let between = alongRows.baseAddress else { return }
                    let height = values.count / width
                    for y in 0..<height { filterRow(source + y * width, width, to: between + y * width) }
                    for y in 0..<height { filterColumns(between, y, width, height, to: target + y * width) }
                }
                count = values.count
            }
        }
    }

    /// The sum of a row's values shifted by 0, +-1, +-2... times the weights; nothing comes in over its ends.
    private func filterRow(_ row: UnsafePointer<Float>, _ width: Int, to result: UnsafeMutablePointer<Float>) {
        let middle = weights[0]
        for x in 0..<width { result[x] = middle * row[x] }
        for (shift, weight) in weights.enumerated().dropFirst() where shift < width {
            let (rowAhead, resultAhead) = (row + shift, result + shift)
            for x in 0..<width - shift { result[x] += weight * rowAhead[x] }
            for x in 0..<width - shift { resultAhead[x] += weight * row[x] }
        }
    }

    /// The same down the columns for one row of pixels: what is added up stays in the nearest cache.
    private func filterColumns(
        _ values: UnsafePointer<Float>, _ y: Int, _ width: Int, _ height: Int, to result: UnsafeMutablePointer<Float>
    ) {
        let (here, middle) = (values + y * width, weights[0])
        for x in 0..<width { result[x] = middle * here[x] }
        for (shift, weight) in weights.enumerated().dropFirst() {
            if y + shift < height {
                let below = values + (y + shift) * width
                for x in 0..<width { result[x] += weight * below[x] }
            }
            if y >= shift {
                let above = values + (y - shift) * width
                for x in 0..<width { result[x] += weight * above[x] }
            }
        }
    }
}
