import Synthesis

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One draw of the augmentation: an affine map from a patch's pixels to the network's, and a change of levels.
///
/// Pixels are taken from their nearest neighbour: a mean of wrapped phases is no phase where they wrap, and smooths the noise that tells
/// ground from water.
struct Warp: Hashable, Sendable {
    /// Where the middle of the output lies in the patch, pixels from its middle.
    var shiftX = 0.0
    var shiftY = 0.0
    /// From output to patch, both from their middles: x' = xx x + xy y, y' = yx x + yy y.
    var xx = 1.0
    var xy = 0.0
    var yx = 0.0
    var yy = 1.0
    /// Levels to add, 256 to a cycle.
    var offset: UInt8 = 0
    var isReversed = false

    static let identity = Warp()

    init() {}

    /// - Parameters:
    ///   - side: of the patch.
    ///   - output: side of what is made.
    init(_ augmentation: Augmentation, side: Int, output: Int, using random: inout SeededGenerator) {
        // Always the same number of draws, so that a switch changes nothing but what it switches.
        let draws = (0..<10).map { _ in random.uniform() }
        let rotations = augmentation.rotations
        let angle = (rotations.isEmpty ? 0 : rotations[min(rotations.count - 1, Int(draws[0] * Double(rotations.count)))]) * .pi / 180
        var (scaleX, scaleY) = (Self.scale(augmentation.scaleX, draws[1]), Self.scale(augmentation.scaleY, draws[2]))
        let (c, s) = Self.cosineAndSine(angle)
        let reach = max(abs(c) / scaleX + abs(s) / scaleX, abs(c) / scaleY + abs(s) / scaleY) * Double(output)
        // A patch with a margin is taken larger rather than with empty corners.
        if reach > Double(side), Double(side) > 1.2 * Double(output) {
            scaleX *= reach / Double(side)
            scaleY *= reach / Double(side)
        }
        let (flipX, flipY) = (augmentation.flips && draws[3] < 0.5 ? -1.0 : 1.0, augmentation.flips && draws[4] < 0.5 ? -1.0 : 1.0)
        (xx, xy) = (flipX * c / scaleX, flipX * -s / scaleX)
        (yx, yy) = (flipY * s / scaleY, flipY * c / scaleY)
        let roomX = (Double(side) - (abs(xx) + abs(xy)) * Double(output)) / 2, roomY = (Double(side) - (abs(yx) + abs(yy)) * Double(output)) / 2
        shiftX = Self.shift(augmentation, room: roomX, draws[5])
        shiftY = Self.shift(augmentation, room: roomY, draws[6])
        offset = augmentation.phaseOffset ? UInt8(truncatingIfNeeded: Int(draws[7] * 256)) : 0
        isReversed = augmentation.sign && draws[8] < 0.5
    }

    private static func scale(_ range: ClosedRange<Double>, _ draw: Double) -> Double {
        range.lowerBound * pow(range.upperBound / range.lowerBound, draw)
    }

    /// A multiple of the step, as far as there is room.
    private static func shift(_ augmentation: Augmentation, room: Double, _ draw: Double) -> Double {
        let steps = Int(min(Double(augmentation.shift), room) / Double(max(1, augmentation.shiftStep)))
        return steps > 0 ? Double((Int(draw * Double(2 * steps + 1)) - steps) * augmentation.shiftStep) : 0
    }

    /// Exact for quarter turns, so that they move whole pixels.
    private static func cosineAndSine(_ angle: Double) -> (Double, Double) {
        let quarters = angle / (.pi / 2)
        guard quarters == quarters.rounded() else { return (cos(angle), sin(angle)) }
        return [(1, 0), (0, 1), (-1, 0), (0, -1)][((Int(quarters) % 4) + 4) % 4]
    }

    /// What each level becomes; no data stays no data, and nothing else becomes it.
    var levelTable: [UInt8] {
        (0...255).map { level in
            guard level != Int(LabelledPatch.noData) else { return LabelledPatch.noData }
            let turned = UInt8(truncatingIfNeeded: (isReversed ? 256 - level : level) + Int(offset))
            return turned == LabelledPatch.noData ? LabelledPatch.noData + 1 : turned
        }
    }

    /// The patch under this map: `output * output` levels; no data where the patch does not reach.
    func apply(to patch: LabelledPatch, output: Int) -> [UInt8] {
        let table = levelTable
        let side = patch.side
        // Pixel centres; the constants move the map from middles to the upper left.
        let half = Double(output) / 2 - 0.5, middle = Double(side) / 2
        return patch.levels.withUnsafeBufferPointer { levels in
            [UInt8](unsafeUninitializedCapacity: output * output) { result, count in
                for row in 0..<output {
                    let y = Double(row) - half
                    let (startX, startY) = (middle + shiftX + xy * y, middle + shiftY + yy * y)
                    for column in 0..<output {
                        let x = Double(column) - half
                        let (sourceX, sourceY) = (startX + xx * x, startY + yx * x)
                        let isInside = sourceX >= 0 && sourceY >= 0 && sourceX < Double(side) && sourceY < Double(side)
                        result[row * output + column] =
                            isInside ? table[Int(levels[Int(sourceY) * side + Int(sourceX)])] : LabelledPatch.noData
                    }
                }
                count = output * output
            }
        }
    }
}
