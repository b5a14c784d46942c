import CPixels

/// Where a support map is at its highest.
struct HotSpot {
    /// The centre of the place, fractional pixels; 0.5 is the centre of the first pixel.
    let y: Double
    let x: Double

    /// The centroid of the valid pixels above 0.9 of the maximum that hang together with it (4 neighbours): of two
    /// separate hot areas the stronger, not the middle between them. Nil where no valid pixel has support.
    init?(_ support: [Float], on image: GreyImage) {
        let (levels, width) = (image.levels, image.width)
        let peak = pixels_peak(support, levels, support.count)
        guard peak >= 0 else { return nil }
        let limit = 0.9 * support[peak]
        var seen = [Bool](repeating: false, count: support.count)
        var open = [peak]
        seen[peak] = true
        var (sumX, sumY, count) = (0, 0, 0)
        while let pixel = open.popLast() {
            let (y, x) = pixel.quotientAndRemainder(dividingBy: width)
            if levels[pixel] != GreyImage.noData { (sumX, sumY, count) = (sumX + x, sumY + y, count + 1) }
            func visit(_ neighbour: Int) {
                guard !seen[neighbour], support[neighbour] > limit else { return }
                seen[neighbour] = true
                open.append(neighbour)
            }
            if x > 0 { visit(pixel - 1) }
            if x + 1 < width { visit(pixel + 1) }
            if y > 0 { visit(pixel - width) }
            if pixel + width < support.count { visit(pixel + width) }
        }
        (self.y, self.x) = (Double(sumY) / Double(count) + 0.5, Double(sumX) / Double(count) + 0.5)
    }
}
