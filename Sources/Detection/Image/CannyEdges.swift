/// Canny's edge detector (1986) on an image with holes: Gaussian filter, Sobel gradient, non-maximum suppression,
/// double threshold.
///
/// No data makes no edge: the Gaussian takes the mean of the valid pixels only, and a gradient is dropped where a pixel
/// under its 3 x 3 kernel has no data. What lies outside the image counts as no data. A wrap from 255 to 0 is an edge:
/// fringes are what it looks for.
struct CannyEdges {
    let settings: EdgeSettings

    /// `height * width` values, true on an edge.
    func edges(of image: GreyImage) -> [Bool] {
        let valid = image.valid
        let smooth = MaskedGaussian(sigma: settings.sigma).smooth(image, valid: valid)
        let gradient = Gradient(of: smooth, valid: valid, width: image.width, height: image.height)
        return connected(gradient)
    }

    /// The ridges above the low threshold that hang together (8 neighbours) with one above the high threshold.
    private func connected(_ gradient: Gradient) -> [Bool] {
        let ridges = gradient.ridges(above: Float(settings.low))
        var edges = [Bool](repeating: false, count: ridges.count)
        var open = ridges.indices.filter { ridges[$0] && gradient.magnitude[$0] > Float(settings.high) }
        for start in open { edges[start] = true }
        // A ridge never lies on the image's border, where its gradient would reach outside: neighbours need no check.
        let row = gradient.width
        let neighbours = [-row - 1, -row, -row + 1, -1, 1, row - 1, row, row + 1]
        while let pixel = open.popLast() {
            for step in neighbours where ridges[pixel + step] && !edges[pixel + step] {
                edges[pixel + step] = true
                open.append(pixel + step)
            }
        }
        return edges
    }
}

/// The Sobel gradient of an image, 0 where its kernel touches no data or the outside.
struct Gradient {
    let width: Int
    let height: Int
    let x: [Float]
    let y: [Float]
    /// |x| + |y|, as OpenCV's Canny measures it by default: the thresholds belong to this norm.
    let magnitude: [Float]

    init(of image: [Float], valid: [Bool], width: Int, height: Int) {
        var (gx, gy) = ([Float](repeating: 0, count: image.count), [Float](repeating: 0, count: image.count))
        var magnitude = gx
        image.withUnsafeBufferPointer { image in
            valid.withUnsafeBufferPointer { valid in
                gx.withUnsafeMutableBufferPointer { gx in
                    gy.withUnsafeMutableBufferPointer { gy in
                        magnitude.withUnsafeMutableBufferPointer { Self.measure(image, valid, width, height, gx, gy, $0) }
                    }
                }
            }
        }
        (self.width, self.height, x, y, self.magnitude) = (width, height, gx, gy, magnitude)
    }

    private static func measure(
        _ image: UnsafeBufferPointer<Float>, _ valid: UnsafeBufferPointer<Bool>, _ width: Int, _ height: Int,
        _ gx: UnsafeMutableBufferPointer<Float>, _ gy: UnsafeMutableBufferPointer<Float>, _ magnitude: UnsafeMutableBufferPointer<Float>
    ) {
        for row in stride(from: width, to: width * (height - 1), by: max(1, width)) {
            for i in row + 1..<max(row + 1, row + width - 1) {
                let (above, below) = (i - width, i + width)
                guard valid[i], valid[i - 1], valid[i + 1], valid[above], valid[above - 1], valid[above + 1],
                    valid[below],
                    valid[below - 1], valid[below + 1]
                else { continue }
                let (left, right) = (
                    image[above - 1] + 2 * image[i - 1] + image[below - 1],
                    image[above + 1] + 2 * image[i + 1] + image[below + 1]
                )
                let (top, bottom) = (
                    image[above - 1] + 2 * image[above] + image[above + 1],
                    image[below - 1] + 2 * image[below] + image[below + 1]
                )
                (gx[i], gy[i]) = (right - left, bottom - top)
                magnitude[i] = abs(gx[i]) + abs(gy[i])
            }
        }
    }

    /// Non-maximum suppression: pixels above the threshold that are the greatest along their own gradient's direction.
    func ridges(above threshold: Float) -> [Bool] {
        var ridges = [Bool](repeating: false, count: magnitude.count)
        // Only pixels inside the border have a magnitude, so their neighbours exist.
        for i in magnitude.indices where magnitude[i] > threshold {
            let step = stepAlongGradient(at: i)
            // On a plateau of two the first one counts, so that an edge stays one pixel wide.
            ridges[i] = magnitude[i] > magnitude[i - step] && magnitude[i] >= magnitude[i + step]
        }
        return ridges
    }

    /// The step to the next pixel along the gradient, rounded to one of four directions.
    private func stepAlongGradient(at i: Int) -> Int {
        let (ax, ay) = (abs(x[i]), abs(y[i]))
        let tangentOf22Degrees: Float = 0.414_213_56
        if ay < tangentOf22Degrees * ax { return 1 }
        if ax < tangentOf22Degrees * ay { return width }
        return x[i] * y[i] < 0 ? width - 1 : width + 1
    }
}
