import Checksums
import Detection
public import FoundationEssentials
public import NeuralNetwork

/// What a training tells while it runs.
public enum TrainingEvent: Sendable {
    case began(network: String, weights: Int, patches: Int, steps: Int, resumedAt: Int)
    /// - patchesPerSecond: since the training began or was resumed, validation included.
    case step(Int, of: Int, epoch: Int, loss: Double, patchesPerSecond: Double, remaining: Double)
    case epoch(EpochRecord, of: Int, isBest: Bool)
    case checkpoint(URL)
    case ended(early: Bool)
}

/// A training from its recipe to weights, with checkpoints on the way.
public struct TrainingRun: Sendable {
    public let recipe: Recipe
    public let data: TrainingData
    /// Where checkpoint and curves go; nil: nothing is written.
    public let folder: URL?

    public enum Beginning: Sendable {
        /// Refuses where there is a checkpoint.
        case anew
        /// Forgets a checkpoint.
        case restart
        case resume
    }

    public init(_ recipe: Recipe, _ data: TrainingData, folder: URL?) { (self.recipe, self.data, self.folder) = (recipe, data, folder) }

    public var checkpointLocation: URL? { folder?.appending(path: "\(recipe.name).checkpoint.safetensors") }

    /// Blocks for as long as it takes.
    /// - Parameters:
    ///   - shouldStop: asked after each step; a checkpoint is left.
    /// - Throws: `TrainingRunError`, `WeightFileError`, `DurableFileError`.
    public func run(
        _ beginning: Beginning = .anew, shouldStop: () -> Bool = { false }, report: (TrainingEvent) -> Void = { _ in }
    ) throws -> TrainedNetwork {
        if let folder { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
        let loop = try TrainingLoop(self, resuming: try checkpoint(for: beginning))
        report(
            .began(
                network: recipe.architecture.name, weights: loop.network.weightCount, patches: data.parts.reduce(0) { $0 + $1.patches.count },
                steps: loop.totalSteps, resumedAt: loop.trainer.steps))
        do {
            try loop.run(shouldStop: shouldStop, report: report)
        } catch NeuralNetwork.TrainingError.diverged(let step) {
            let kept = checkpointLocation.flatMap { FileManager.default.fileExists(atPath: $0.path) ? $0.path : nil }
            throw TrainingRunError.diverged(step: step, lastCheckpoint: kept)
        }
        return loop.result
    }

    private func checkpoint(for beginning: Beginning) throws -> Checkpoint? {
        guard let location = checkpointLocation else { return nil }
        let exists = FileManager.default.fileExists(atPath: location.path)
        switch beginning {
        case .anew:
            if exists { throw TrainingRunError.checkpointExists(path: location.path) }
        case .restart:
            if exists { try FileManager.default.removeItem(at: location) }
        case .resume:
            guard exists else { throw TrainingRunError.noCheckpoint(path: location.path) }
            return try Checkpoint(contentsOf: location, fingerprint: fingerprint())
        }
        return nil
    }

    /// Changes with everything that changes the weights: the recipe (not threads, checkpoints, calibration) and the data.
    func fingerprint() throws -> String {
        var text = Data(recipe.weightsText.utf8)
        for start in recipe.start.weights { text.append(contentsOf: try Checksums.sha256(ofFileAt: start).utf8) }
        for teacher in recipe.teachers.models { text.append(contentsOf: try Checksums.sha256(ofFileAt: teacher).utf8) }
        let sets = data.parts.map { ("\($0.name) \($0.share ?? -1)", $0.patches) } + data.validation.map { ($0.name, $0.patches) }
        for (name, patches) in sets {
            text.append(contentsOf: "\(name) \(patches.count)\n".utf8)
            for patch in patches {
                text.append(contentsOf: "\(patch.name) \(patch.group) \(patch.kind) \(patch.label.rawValue) \(patch.side) \(patch.weight)\n".utf8)
                // A sample of the levels: it finds data made anew with other settings.
                for index in stride(from: 0, to: patch.levels.count, by: 509) { text.append(patch.levels[index]) }
            }
        }
        return Checksums.sha256(of: text)
    }
}

extension Recipe {
    /// What of the recipe the weights depend on, the data aside; the same in every process, unlike a dictionary's order.
    var weightsText: String {
        var plan = training
        let rates = plan.rateMultipliers.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        plan.rateMultipliers = [:]
        let taught = teachers.models.isEmpty ? "" : " taught \(teachers.share)\(teachers.doubled > 0 ? " doubled \(teachers.doubled)" : "")"
        let kept = start.kept > 0 ? " kept \(start.kept)" : ""
        return "\(seed) \(architecture.name) \(input.rawValue) \(start.renewed) \(plan) \(rates) \(augmentation) \(balance)\(taught)\(kept)\n"
    }
}

/// Weights as a training leaves them: of the best epoch on validation.
public struct TrainedNetwork: Sendable {
    /// Gives logits.
    public let network: Network
    public let parameters: Parameters
    public let records: [EpochRecord]
    /// From 1.
    public let bestEpoch: Int
    /// NAME@checksum of the models whose judgement it learnt besides the labels.
    public let teachers: [String]
}
