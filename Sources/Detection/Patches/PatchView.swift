/// One of the ways to look at a square: mirrored or not, turned by quarters. Deformation is deformation in each of them.
struct PatchView: Hashable, Sendable {
    let isMirrored: Bool
    /// Quarter turns, anticlockwise.
    let turns: Int

    static let upright = PatchView(isMirrored: false, turns: 0)

    /// Where to read the view of a square of an image, pixel by pixel: the pixel (y, x) of the view is the image's
    /// `first + y * row + x * column`.
    struct Path {
        let first: Int
        let row: Int
        let column: Int
    }

    func path(origin: PatchOrigin, side: Int, width: Int) -> Path {
        let last = side - 1
        /// The place in the square that a place of the view shows.
        func place(_ y: Int, _ x: Int) -> (y: Int, x: Int) {
            var (y, x) = (y, x)
            for _ in 0..<turns { (y, x) = (x, last - y) }
            return (y, isMirrored ? last - x : x)
        }
        func index(_ y: Int, _ x: Int) -> Int {
            let place = place(y, x)
            return (origin.y + place.y) * width + origin.x + place.x
        }
        let first = index(0, 0)
        return Path(first: first, row: index(1, 0) - first, column: index(0, 1) - first)
    }
}
