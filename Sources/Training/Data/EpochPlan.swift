import Synthesis

/// Which patches an epoch shows, in which order: balanced between classes, sources, groups or kinds. The same seed and number of the epoch
/// give the same plan.
struct EpochPlan {
    struct Item: Hashable, Sendable {
        let part: Int
        let patch: Int
    }

    /// What is drawn from as one: a class of a part.
    private struct Stratum {
        let part: Int
        let label: PatchLabel
        /// Patches by group or kind; all in one where each patch counts alike.
        let pools: [[Int]]
        let count: Int
    }

    private let strata: [Stratum]
    private let quotas: [Int]
    private let seed: UInt64
    let count: Int

    /// - Parameter count: patches in an epoch; nil: as many as there are.
    init(_ parts: [TrainingData.Part], balance: Recipe.Balance, count wanted: Int?, batch: Int, seed: UInt64) {
        self.seed = seed
        strata = parts.enumerated().flatMap { index, part in
            PatchLabel.allCases.compactMap { label in Self.stratum(index, part, label, balance.evenly) }
        }
        let total = wanted ?? parts.reduce(0) { $0 + $1.patches.count }
        // Whole batches: a short one would have its own statistics.
        count = max(1, total / batch) * min(batch, max(1, total))
        quotas = Self.apportion(count, weights: Self.weights(strata, parts, positives: balance.positives))
    }

    private static func stratum(
        _ index: Int, _ part: TrainingData.Part, _ label: PatchLabel, _ evenly: Recipe.Balance.Evenness
    ) -> Stratum? {
        let chosen = part.patches.indices.filter { part.patches[$0].label == label }
        guard !chosen.isEmpty else { return nil }
        let key: (Int) -> String =
            switch evenly {
            case .patches: { _ in "" }
            case .groups: { part.patches[$0].group }
            case .kinds: { part.patches[$0].kind }
            }
        let pools = Dictionary(grouping: chosen, by: key).sorted { $0.key < $1.key }.map(\.value)
        return Stratum(part: index, label: label, pools: pools, count: chosen.count)
    }

    /// Within a class each part has its share of it; the classes have theirs of the epoch.
    private static func weights(_ strata: [Stratum], _ parts: [TrainingData.Part], positives: Double?) -> [Double] {
        let given = parts.reduce(0) { $0 + ($1.share ?? 0) }
        let others = parts.reduce(0) { $0 + ($1.share == nil ? $1.patches.count : 0) }
        // Parts without a share have what the others leave, by their counts.
        let shares = parts.map { $0.share ?? max(0, 1 - given) * Double($0.patches.count) / Double(max(1, others)) }
        guard let positives else { return strata.map { shares[$0.part] * Double($0.count) / Double(parts[$0.part].patches.count) } }
        func weight(_ stratum: Stratum) -> Double {
            parts[stratum.part].share == nil
                ? max(0, 1 - given) * Double(stratum.count)
                    / Double(max(1, strata.reduce(0) { $0 + (parts[$1.part].share == nil && $1.label == stratum.label ? $1.count : 0) }))
                : shares[stratum.part]
        }
        return strata.map { stratum in
            let ofClass = strata.filter { $0.label == stratum.label }.reduce(0) { $0 + weight($1) }
            return ofClass > 0 ? weight(stratum) / ofClass * (stratum.label == .deformation ? positives : 1 - positives) : 0
        }
    }

    /// Whole numbers that add up to `count`, nearest to the weights (largest remainders).
    static func apportion(_ count: Int, weights: [Double]) -> [Int] {
        let sum = weights.reduce(0, +)
        guard sum > 0 else { return weights.map { _ in 0 } }
        let exact = weights.map { $0 / sum * Double(count) }
        var whole = exact.map { Int($0) }
        let order = exact.indices.sorted { (exact[$0] - Double(whole[$0]), -$0) > (exact[$1] - Double(whole[$1]), -$1) }
        for index in order.prefix(count - whole.reduce(0, +)) { whole[index] += 1 }
        return whole
    }

    /// - Parameter epoch: from 0.
    func items(epoch: Int) -> [Item] {
        var random = SeededGenerator(seed: seed, purpose: "epoch", index: epoch)
        var items: [Item] = []
        items.reserveCapacity(count)
        for (stratum, quota) in zip(strata, quotas) {
            items += Self.draw(quota, from: stratum.pools, using: &random).map { Item(part: stratum.part, patch: $0) }
        }
        items.shuffle(using: &random)
        return items
    }

    /// Takes from one pool after the other, and from each without repeating any until all were taken.
    private static func draw(_ count: Int, from pools: [[Int]], using random: inout SeededGenerator) -> [Int] {
        var orders = pools.shuffled(using: &random).map { $0.shuffled(using: &random) }
        var next = Array(repeating: 0, count: orders.count)
        return (0..<count).map { number in
            let pool = number % orders.count
            if next[pool] == orders[pool].count {
                orders[pool].shuffle(using: &random)
                next[pool] = 0
            }
            next[pool] += 1
            return orders[pool][next[pool] - 1]
        }
    }
}
