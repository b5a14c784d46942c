import CPixels

/// Wrapped phase as the network sees it, for those who make patches elsewhere: training, verdicts.
public enum GreyScale {
    /// The level that says "no data".
    public static let noData = GreyImage.noData

    /// The grey levels of phases in radians, also outside -pi...pi; a valid 128 becomes 129, NaN is no data.
    public static func levels(of phases: [Float]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: phases.count) { levels, count in
            count = phases.count
            guard let levels = levels.baseAddress else { return }
            pixels_grey(phases, count, levels)
        }
    }
}
