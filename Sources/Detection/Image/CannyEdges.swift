import CPixels
import Teamwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Canny's edge detector (1986) on an image with holes: Gaussian filter, Sobel gradient, non-maximum suppression,
/// double threshold.
///
/// No data makes no edge: the Gaussian takes the mean of the valid pixels only, and a gradient is dropped where a pixel
/// under its 3 x 3 kernel has no data. What lies outside the image counts as no data. A wrap from 255 to 0 is an edge:
/// fringes are what it looks for.
struct CannyEdges {
    let settings: EdgeSettings
    /// The Gaussian from its centre outwards, cut at three sigma.
    private let weights: [Float]

    init(settings: EdgeSettings) {
        self.settings = settings
        let radius = max(1, Int((3 * settings.sigma).rounded()))
        weights = (0...radius).map { Float(exp(-Double($0 * $0) / (2 * settings.sigma * settings.sigma))) }
    }

    /// - Parameter threads: how many share the rows.
    func edges(of image: GreyImage, threads: Int = 1) -> EdgeMap { EdgeMap(ridges: ridges(of: image, threads: threads), width: image.width) }

    /// Pixels that are the greatest along their gradient: 1 above the low threshold, 2 above the high one.
    private func ridges(of image: GreyImage, threads: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: image.levels.count) { result, count in
            count = image.levels.count
            guard let target = result.baseAddress, count > 0 else { return }
            let bands = max(1, min(threads, image.height / 64))
            // Each band writes its own rows.
            nonisolated(unsafe) let shared = target
            Team.share(bands, among: bands) { band, _ in
                findRidges(of: image, rows: image.height * band / bands..<image.height * (band + 1) / bands, to: shared)
            }
        }
    }

    private func findRidges(of image: GreyImage, rows: Range<Int>, to target: UnsafeMutablePointer<UInt8>) {
        let (width, radius) = (Int32(image.width), Int32(weights.count - 1))
        image.levels.withUnsafeBufferPointer { levels in
            weights.withUnsafeBufferPointer { weights in
                var edges = pixels_edges(
                    levels: levels.baseAddress, width: width, height: Int32(image.height), weights: weights.baseAddress, radius: radius,
                    low: Float(settings.low), high: Float(settings.high))
                withUnsafeTemporaryAllocation(of: Float.self, capacity: pixels_ridges_scratch(width, radius)) { scratch in
                    pixels_ridges(&edges, Int32(rows.lowerBound), Int32(rows.upperBound), scratch.baseAddress, target)
                }
            }
        }
    }
}

/// An image's edges. Where they go on from strong ridges along weak ones is followed only when that decides something.
final class EdgeMap {
    /// 1 above the low threshold, 2 above the high one.
    private let ridges: [UInt8]
    private let width: Int
    /// True on an edge.
    private(set) lazy var pixels = connected()

    init(ridges: [UInt8], width: Int) { (self.ridges, self.width) = (ridges, width) }

    /// Whether a square holds at least so many pixels on edges. Strong ridges are enough for most.
    func holds(_ least: Double, at origin: PatchOrigin, side: Int) -> Bool {
        func count(_ map: UnsafeRawBufferPointer, from level: UInt8) -> Double {
            Double(pixels_count_from(map.square(at: origin, side: side, width: width), width, Int32(side), level))
        }
        return ridges.withUnsafeBytes { count($0, from: 2) } >= least || pixels.withUnsafeBytes { count($0, from: 1) } >= least
    }

    /// The ridges above the low threshold that hang together (8 neighbours) with one above the high threshold.
    private func connected() -> [Bool] {
        var edges = [Bool](repeating: false, count: ridges.count)
        var open: [Int] = []
        // A ridge never lies on the image's border, where its gradient would reach outside: neighbours need no check.
        let neighbours = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1]
        ridges.withUnsafeBufferPointer { ridges in
            edges.withUnsafeMutableBufferPointer { edges in
                for start in ridges.indices where ridges[start] == 2 && !edges[start] {
                    edges[start] = true
                    open.append(start)
                    while let pixel = open.popLast() {
                        for step in neighbours where ridges[pixel + step] > 0 && !edges[pixel + step] {
                            edges[pixel + step] = true
                            open.append(pixel + step)
                        }
                    }
                }
            }
        }
        return edges
    }
}
