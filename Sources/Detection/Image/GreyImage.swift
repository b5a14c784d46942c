import CPixels
import Raster
import Teamwork

/// Wrapped phase as grey levels 0...255, what the network sees.
///
/// One cycle is 256 levels, so that a phase offset is a rotation: -pi and +pi, the same angle, are both 0, and 0 would
/// be 128. 128 means "no data", and a valid 128 becomes 129.
struct GreyImage {
    static let noData: UInt8 = 128

    let width: Int
    let height: Int
    /// `height * width` levels, row-major.
    let levels: [UInt8]

    init(width: Int, height: Int, levels: [UInt8]) {
        precondition(levels.count == width * height, "an image has width x height levels")
        self.width = width
        self.height = height
        self.levels = levels
    }

    /// - Parameters:
    ///   - phase: radians; NaN is no data.
    ///   - least: a side shorter than this is filled up with no data, to the east and the south; one that is longer, to the next multiple of
    ///     `step` more.
    ///   - threads: how many share the rows.
    init(_ phase: RasterGrid, atLeast least: Int, step: Int = 1, threads: Int = 1) {
        let (width, height) = (Self.filled(phase.width, least, step), Self.filled(phase.height, least, step))
        var levels = [UInt8](repeating: Self.noData, count: width * height)
        levels.withUnsafeMutableBufferPointer { levels in
            phase.values.withUnsafeBufferPointer { values in
                guard let levels = levels.baseAddress, let values = values.baseAddress else { return }
                // Each band of rows is one thread's.
                nonisolated(unsafe) let (source, target) = (values, levels)
                Team.share(threads, among: threads) { band, _ in
                    for y in phase.height * band / threads..<phase.height * (band + 1) / threads {
                        pixels_grey(source + y * phase.width, phase.width, target + y * width)
                    }
                }
            }
        }
        self.init(width: width, height: height, levels: levels)
    }

    /// A side of so many pixels filled up, as in `init(_:atLeast:step:threads:)`.
    static func filled(_ length: Int, _ least: Int, _ step: Int) -> Int { least + (max(0, length - least) + step - 1) / step * step }
}
