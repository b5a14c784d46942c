/// From which P_max on a volcano's flags are told.
public struct FlagThresholds: Hashable, Sendable {
    public struct Tiers: Hashable, Sendable {
        /// A flag is told at all: false positives are counted from here.
        public var notify: Double
        /// A flag is an alert: confirmed positives are held to it.
        public var alert: Double

        public init(notify: Double = 0.5, alert: Double = 0.8) { (self.notify, self.alert) = (notify, alert) }
    }

    public var standard: Tiers
    /// Of the volcanoes that have some of their own, by the names that crops give them.
    public var volcanoes: [String: Tiers]

    public init(standard: Tiers = Tiers(), volcanoes: [String: Tiers] = [:]) { (self.standard, self.volcanoes) = (standard, volcanoes) }

    public func of(_ volcano: String) -> Tiers { volcanoes[volcano] ?? standard }
}
