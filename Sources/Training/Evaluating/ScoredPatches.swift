public import Detection
public import Evaluation
public import FoundationEssentials

/// Labelled patches with a model's probabilities.
public struct ScoredPatches: Sendable {
    public let name: String
    public let patches: [LabelledPatch]
    /// One for each patch; empty before they are scored.
    public let probabilities: [Double]

    public init(name: String, patches: [LabelledPatch], probabilities: [Double] = []) {
        (self.name, self.patches, self.probabilities) = (name, patches, probabilities)
    }

    public var cases: [ScoredCase] { zip(patches, probabilities).map { ScoredCase(score: $1, isPositive: $0.label == .deformation) } }

    /// What a model says of each patch's middle, looked at as a detector does. Blocks.
    public func scored(by model: CNNModel, threads: Int, progress: (Int) -> Void = { _ in }) throws -> ScoredPatches {
        var result: [Double] = []
        result.reserveCapacity(patches.count)
        for start in stride(from: 0, to: patches.count, by: 64) {
            let some = patches[start..<min(start + 64, patches.count)]
            result += try model.probabilities(
                of: some.map { $0.centre(model.side) }, viewsFrom: DetectionSettings().viewsFrom, threads: threads)
            progress(result.count)
        }
        return ScoredPatches(name: name, patches: patches, probabilities: result)
    }

    /// Writes sets as a table: set, name, group, kind, label, fringes, signal_to_noise, probability.
    /// - Throws: `DurableFileError`.
    public static func write(_ sets: [ScoredPatches], to url: URL) throws {
        var text = "set,name,group,kind,label,fringes,signal_to_noise,probability\n"
        for set in sets {
            for (patch, probability) in zip(set.patches, set.probabilities) {
                let fields = [
                    set.name, patch.name, patch.group, patch.kind, "\(patch.label.rawValue)", patch.fringes.map { "\($0)" } ?? "",
                    patch.signalToNoise.map { "\($0)" } ?? "", "\(probability)",
                ]
                text += fields.map(\.csvField).joined(separator: ",") + "\n"
            }
        }
        try DurableFile.write(Data(text.utf8), to: url)
    }
}
