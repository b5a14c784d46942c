/// Wrapped phase as the network sees it, for those who make patches elsewhere: training, verdicts.
public enum GreyScale {
    /// The level that says "no data".
    public static let noData = GreyImage.noData

    /// The grey level of a phase in radians, also outside -pi...pi; a valid 128 becomes 129, NaN is no data.
    public static func level(_ phase: Float) -> UInt8 { GreyImage.level(phase) }
}
