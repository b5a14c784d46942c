/// How one patch becomes many: what the paper does to positives, done to all, and what physics allows of wrapped phase.
public struct Augmentation: Hashable, Sendable {
    /// Pixels, both ways, as far as the patch has a margin; 0: none.
    public var shift = 40
    /// Shifts are multiples of it.
    public var shiftStep = 10
    public var flips = true
    /// Degrees, one drawn for each presentation.
    public var rotations = [0, 22.5, 45, 67.5, 90]
    /// Factors along x and y, drawn separately and evenly in their logarithm; above 1 the pattern grows.
    public var scaleX = 0.8...1.25
    public var scaleY = 0.8...1.25
    /// A constant added to the phase: an interferogram's is arbitrary.
    public var phaseOffset = true
    /// Uplift and subsidence swapped: the order of two acquisitions.
    public var sign = true

    public init() {}

    /// Patches as they are, cut to their middle.
    public static var none: Augmentation {
        var none = Augmentation()
        (none.shift, none.flips, none.rotations, none.scaleX, none.scaleY) = (0, false, [0], 1...1, 1...1)
        (none.phaseOffset, none.sign) = (false, false)
        return none
    }
}
