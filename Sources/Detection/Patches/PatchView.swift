/// One of the ways to look at a picture or a part of it. Deformation is deformation in each of them.
struct PatchView: Hashable, Sendable {
    /// Left is right.
    var isMirrored = false
    /// Up is down.
    var isUpsideDown = false
    /// The phase is doubled, as half the wavelength would show it: half a fringe is a whole one.
    var isDoubled = false
    /// What it counts beside the others.
    var weight: Float = 1

    static let upright = PatchView()
    /// Turned by half; and upside down with twice the fringes, which the network sees less well and which errs elsewhere.
    static let others = [
        PatchView(isMirrored: true, isUpsideDown: true), PatchView(isUpsideDown: true, isDoubled: true, weight: 0.5),
    ]

    /// The log-odds of all views together.
    /// - Parameter others: begins with one for each of `PatchView.others`.
    static func mean(upright: Float, others: ArraySlice<Float>) -> Float {
        zip(Self.others, others).reduce(upright) { $0 + $1.0.weight * $1.1 } / Self.others.reduce(1) { $0 + $1.weight }
    }

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
