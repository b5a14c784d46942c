/// How many pixels of a mask are set in any rectangle, in constant time (Crow 1984).
struct SummedArea {
    private let width: Int
    /// (height + 1) x (width + 1): the count above and to the left.
    private let sums: [Int32]

    init(_ mask: [Bool], width: Int, height: Int) {
        self.width = width
        var sums = [Int32](repeating: 0, count: (width + 1) * (height + 1))
        sums.withUnsafeMutableBufferPointer { sums in
            mask.withUnsafeBufferPointer { mask in
                for y in 0..<height {
                    var row: Int32 = 0
                    for x in 0..<width {
                        row &+= mask[y * width + x] ? 1 : 0
                        sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] &+ row
                    }
                }
            }
        }
        self.sums = sums
    }

    /// Pixels set in the square of this side whose upper left pixel is (y, x).
    func count(y: Int, x: Int, side: Int) -> Int {
        let line = width + 1
        let (top, bottom) = (y * line, (y + side) * line)
        return Int(sums[bottom + x + side] - sums[bottom + x] - sums[top + x + side] + sums[top + x])
    }
}
