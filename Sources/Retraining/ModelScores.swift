public import Detection
public import Domain

/// What a model says of judged crops.
public struct ModelScores: Hashable, Sendable {
    public struct Case: Hashable, Codable, Sendable {
        public let name: String
        public let volcano: String
        public let isDeformation: Bool
        /// Nil where the crop is not assessable.
        public let pMax: Double?

        public init(name: String, volcano: String, isDeformation: Bool, pMax: Double?) {
            self.name = name
            self.volcano = volcano
            self.isDeformation = isDeformation
            self.pMax = pMax
        }

        /// What is not assessable is flagged by nobody.
        func isFlagged(from threshold: Double) -> Bool { (pMax ?? -1) >= threshold }
    }

    public let model: ModelID
    public let cases: [Case]

    public init(model: ModelID, cases: [Case]) {
        self.model = model
        self.cases = cases
    }

    /// Looks at every crop as the daemon does. Blocks.
    /// - Throws: `DetectionError`.
    public init(of crops: [ReviewedCrop], by detector: VolcanoDetector, progress: (Int) -> Void = { _ in }) throws {
        var cases: [Case] = []
        for crop in crops {
            let result = try detector.assess(phase: crop.phase, coherence: nil, summit: crop.centre).result
            var pMax: Double?
            if case .scored(let finding) = result { pMax = finding.pMax.value }
            cases.append(Case(name: crop.name, volcano: crop.volcano, isDeformation: crop.isDeformation, pMax: pMax))
            progress(cases.count)
        }
        self.init(model: detector.model.id, cases: cases)
    }

    /// How many of each class are flagged from a tier's thresholds on.
    public func counts(_ tier: KeyPath<FlagThresholds.Tiers, Double>, of thresholds: FlagThresholds) -> FlagCounts {
        let flagged = cases.filter { $0.isFlagged(from: thresholds.of($0.volcano)[keyPath: tier]) }
        return FlagCounts(
            positives: cases.count { $0.isDeformation }, kept: flagged.count { $0.isDeformation }, negatives: cases.count { !$0.isDeformation },
            falsePositives: flagged.count { !$0.isDeformation })
    }

    /// The probability that a crop with deformation scores higher than one without (the area under the ROC curve); nil where a class is
    /// missing. A crop that is not assessable scores below all others.
    public var area: Double? {
        let positives = cases.filter(\.isDeformation).map { $0.pMax ?? -1 }
        let negatives = cases.filter { !$0.isDeformation }.map { $0.pMax ?? -1 }.sorted()
        guard !positives.isEmpty, !negatives.isEmpty else { return nil }
        let wins = positives.reduce(0.0) { sum, score in
            let below = negatives.partitioningIndex { $0 >= score }
            let notAbove = negatives.partitioningIndex { $0 > score }
            return sum + Double(below) + Double(notAbove - below) / 2
        }
        return wins / Double(positives.count * negatives.count)
    }
}

/// Flags among judged crops.
public struct FlagCounts: Hashable, Codable, Sendable {
    public let positives: Int
    public let kept: Int
    public let negatives: Int
    public let falsePositives: Int

    public init(positives: Int, kept: Int, negatives: Int, falsePositives: Int) {
        self.positives = positives
        self.kept = kept
        self.negatives = negatives
        self.falsePositives = falsePositives
    }
}

extension [Double] {
    /// The first index whose element passes, in a sorted array.
    fileprivate func partitioningIndex(_ passes: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if passes(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
