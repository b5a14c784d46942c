import Checksums
import Detection
public import Evaluation
import FoundationEssentials

/// The figures of a comparison.
public struct ComparisonResult: Codable, Sendable {
    public let name: String
    public let folds: Int
    public let deformation: Int
    public let background: Int
    public let groups: Int
    public let methods: [Method]

    public struct Method: Codable, Sendable {
        public let name: String
        /// Mean over the folds, each by its own scores.
        public let auc: Double
        public let aucByFold: [Double]
        /// Of all folds together.
        public let accuracy: Double
        public let truePositiveRate: Double
        public let trueNegativeRate: Double
        /// Patches of the training folds, and how many patches were shown in all, means over the folds.
        public let trainedOn: Int
        public let presentations: Int
        /// Of the network; 0 for textures.
        public let weights: Int
        /// Of training and testing, mean over the folds.
        public let seconds: Double
        /// Scores of all patches, each from the fold in which it was tested.
        public let scores: [Double]
        public let labels: [Int]

        public var cases: [ScoredCase] { zip(scores, labels).map { ScoredCase(score: $0, isPositive: $1 == 1) } }
    }

    init(name: String, folds: Int, patches: [LabelledPatch], methods: [Method]) {
        self.name = name
        self.folds = folds
        deformation = patches.count { $0.label == .deformation }
        background = patches.count - deformation
        groups = Set(patches.map(\.group)).count
        self.methods = methods
    }

    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(self)
    }

    /// A table for a document.
    public var markdown: String {
        var lines = [
            "\(folds)-fold cross validation by group: \(deformation) patches with deformation, \(background) without, \(groups) groups.", "",
            "| method | AUC | by fold | accuracy | TPR | TNR | weights | trained on | shown | minutes |", "|---|---|---|---|---|---|---|---|---|---|",
        ]
        for method in methods {
            let cells = [
                method.name, digits(method.auc), method.aucByFold.map(digits).joined(separator: ", "), digits(method.accuracy),
                digits(method.truePositiveRate), digits(method.trueNegativeRate), method.weights > 0 ? "\(method.weights)" : "-",
                "\(method.trainedOn)", "\(method.presentations)", "\(Int((method.seconds / 60).rounded(.up)))",
            ]
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        lines += ["", "\"Trained on\", \"shown\" and minutes are means over the folds; accuracy, TPR and TNR are at equal odds (score 0)."]
        return lines.joined(separator: "\n") + "\n"
    }

    private func digits(_ value: Double) -> String { EvaluationPictures.digits(value) }
}

extension ComparisonResult.Method {
    init(name: String, folds: [FoldResult], patches: [LabelledPatch]) throws(EvaluationError) {
        self.name = name
        var scores = Array(repeating: 0.0, count: patches.count)
        for fold in folds { for (index, score) in zip(fold.indices, fold.scores) { scores[index] = score } }
        self.scores = scores
        labels = patches.map(\.label.rawValue)
        var areas: [Double] = []
        for fold in folds {
            areas.append(
                try ROCCurve(zip(fold.indices, fold.scores).map { ScoredCase(score: $1, isPositive: patches[$0].label == .deformation) }).area)
        }
        aucByFold = areas
        auc = areas.reduce(0, +) / Double(areas.count)
        let confusion = Confusion(zip(scores, patches).map { ScoredCase(score: $0, isPositive: $1.label == .deformation) }, above: 0)
        accuracy = confusion.accuracy ?? 0
        truePositiveRate = confusion.truePositiveRate ?? 0
        trueNegativeRate = confusion.trueNegativeRate ?? 0
        trainedOn = folds.reduce(0) { $0 + $1.trainedOn } / folds.count
        presentations = folds.reduce(0) { $0 + $1.presentations } / folds.count
        weights = folds.first?.weights ?? 0
        seconds = folds.reduce(0) { $0 + $1.seconds } / Double(folds.count)
    }
}

extension Comparison {
    /// Changes with everything that a fold's result depends on.
    static func key(_ patches: [LabelledPatch], _ folds: [Int], _ entry: ComparisonConfig.Entry, seed: UInt64) throws -> String {
        var text = Data("\(seed) ".utf8)
        switch entry.method {
        case .network(let recipe):
            text.append(contentsOf: "\(recipe.weightsText) \(recipe.validation.share) ".utf8)
            for start in recipe.start.weights { text.append(contentsOf: try Checksums.sha256(ofFileAt: start).utf8) }
        case .textures(let cost, let copies): text.append(contentsOf: "\(cost) \(copies)".utf8)
        }
        for (patch, fold) in zip(patches, folds) {
            text.append(contentsOf: "\(patch.name) \(patch.label.rawValue) \(fold)\n".utf8)
            for index in stride(from: 0, to: patch.levels.count, by: 1009) { text.append(patch.levels[index]) }
        }
        return Checksums.sha256(of: text)
    }
}
