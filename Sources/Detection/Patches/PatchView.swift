/// One of the ways to look at a picture or a part of it. Deformation is deformation in each of them.
struct PatchView: Hashable, Sendable {
    /// Left is right.
    var isMirrored = false
    /// Up is down.
    var isUpsideDown = false

    static let upright = PatchView()
    static let turnedByHalf = PatchView(isMirrored: true, isUpsideDown: true)

    /// Where to read the view of a part of an image, pixel by pixel: the pixel (y, x) of the view is the image's
    /// `first + y * row + x * column`.
    struct Path {
        let first: Int
        let row: Int
        let column: Int
    }

    func path(origin: PatchOrigin, height: Int, width: Int, imageWidth: Int) -> Path {
        let (y, x) = (isUpsideDown ? height - 1 : 0, isMirrored ? width - 1 : 0)
        return Path(
            first: (origin.y + y) * imageWidth + origin.x + x, row: isUpsideDown ? -imageWidth : imageWidth, column: isMirrored ? -1 : 1)
    }
}
