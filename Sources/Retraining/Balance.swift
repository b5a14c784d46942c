/// How much each judged crop counts in a training: so that a place that was flagged again and again, and judged each time, does not
/// swamp the rest. Pure.
public struct Balance: Hashable, Sendable {
    /// The most that the crops of one episode count together, in crops.
    public var perEpisode: Double
    /// The most that the crops of one volcano count together, in crops, for each class.
    public var perVolcano: Double

    public init(perEpisode: Double = 3, perVolcano: Double = 8) {
        self.perEpisode = perEpisode
        self.perVolcano = perVolcano
    }

    /// What matters of a crop.
    public struct Case: Hashable, Sendable {
        public let volcano: String
        public let episode: String
        public let isDeformation: Bool

        public init(volcano: String, episode: String, isDeformation: Bool) {
            self.volcano = volcano
            self.episode = episode
            self.isDeformation = isDeformation
        }
    }

    private struct Group: Hashable {
        let name: String
        let isDeformation: Bool
    }

    /// The weight of each crop, over 0 and at most 1, in their order.
    public func weights(_ cases: [Case]) -> [Double] {
        var weights = [Double](repeating: 1, count: cases.count)
        limit(&weights, to: perEpisode, cases.map { Group(name: "\($0.volcano) \($0.episode)", isDeformation: $0.isDeformation) })
        limit(&weights, to: perVolcano, cases.map { Group(name: $0.volcano, isDeformation: $0.isDeformation) })
        return weights
    }

    /// Shrinks the members of each group whose weights add up to more.
    private func limit(_ weights: inout [Double], to most: Double, _ groups: [Group]) {
        let totals = zip(groups, weights).reduce(into: [Group: Double]()) { $0[$1.0, default: 0] += $1.1 }
        for (index, group) in groups.enumerated() {
            if let total = totals[group], total > most { weights[index] *= most / total }
        }
    }
}
