import FoundationEssentials
import NeuralNetwork

/// Everything a training needs to go on as if it had never stopped, in one safetensors file.
struct Checkpoint {
    struct Progress: Codable {
        /// Of the recipe and the data, so that nothing else is resumed by mistake.
        var fingerprint: String
        /// Whole epochs made, and steps of the one under way.
        var epoch = 0
        var stepInEpoch = 0
        /// Sums over the epoch under way.
        var lossSum = 0.0
        var correct = 0
        var shown = 0
        var records: [EpochRecord] = []
        /// Of the best epoch, from 1; 0: none yet.
        var bestEpoch = 0
        var bestAUC = 0.0
    }

    var progress: Progress
    /// The trainer's.
    var state: WeightFile
    /// Weights of the best epoch.
    var best: [String: Tensor]
    /// The running mean of the weights.
    var average: [String: Tensor]

    private static let version = "1"

    func write(to url: URL) throws {
        var tensors = state.tensors
        for (name, tensor) in best { tensors["best:\(name)"] = tensor }
        for (name, tensor) in average { tensors["average:\(name)"] = tensor }
        var metadata = state.metadata
        metadata["progress"] = String(decoding: try JSONEncoder().encode(progress), as: UTF8.self)
        metadata["version"] = Self.version
        try DurableFile.write(WeightFile(name: url.lastPathComponent, tensors: tensors, metadata: metadata).encoded(), to: url)
    }

    /// - Throws: `WeightFileError`, `TrainingRunError` where it is no checkpoint of this training.
    init(contentsOf url: URL, fingerprint: String) throws {
        let file = try WeightFile(contentsOf: url)
        guard file.metadata["version"] == Self.version, let text = file.metadata["progress"] else {
            throw TrainingRunError.otherCheckpoint(path: url.path, reason: "it is no checkpoint of this version")
        }
        do { progress = try JSONDecoder().decode(Progress.self, from: Data(text.utf8)) } catch {
            throw TrainingRunError.otherCheckpoint(path: url.path, reason: "its progress cannot be read: \(error)")
        }
        guard progress.fingerprint == fingerprint else {
            throw TrainingRunError.otherCheckpoint(path: url.path, reason: "it was made with another recipe or other data")
        }
        func taken(_ prefix: String) -> [String: Tensor] {
            let chosen = file.tensors.filter { $0.key.hasPrefix(prefix) }
            return Dictionary(uniqueKeysWithValues: chosen.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
        }
        (best, average) = (taken("best:"), taken("average:"))
        state = WeightFile(
            name: file.name, tensors: file.tensors.filter { !$0.key.hasPrefix("best:") && !$0.key.hasPrefix("average:") }, metadata: file.metadata)
    }

    init(progress: Progress, state: WeightFile, best: [String: Tensor], average: [String: Tensor]) {
        (self.progress, self.state, self.best, self.average) = (progress, state, best, average)
    }
}

/// Why a training cannot begin, or ended early.
public enum TrainingRunError: Error, Hashable, Sendable, CustomStringConvertible {
    case otherCheckpoint(path: String, reason: String)
    case checkpointExists(path: String)
    case noCheckpoint(path: String)
    case diverged(step: Int, lastCheckpoint: String?)
    case interrupted(checkpoint: String?)
    case comparisonInterrupted(folder: String)
    case sharesWithoutPatches
    case noSurroundings(network: String)
    case otherInput(model: String, its: String, network: String)
    case keptAnew(network: String, layers: [String])

    public var description: String {
        switch self {
        case .otherCheckpoint(let path, let reason):
            "the checkpoint \(path) cannot be resumed: \(reason); give the same recipe and data, another --output folder, or --restart"
        case .checkpointExists(let path):
            "\(path) holds an unfinished training: go on with --resume, or begin anew with --restart"
        case .noCheckpoint(let path): "there is no checkpoint at \(path) to resume: leave --resume out"
        case .diverged(let step, let path):
            "the loss of step \(step) is not a finite number: lower the learning rate"
                + (path.map { "; the checkpoint \($0) holds the last good weights" } ?? "")
        case .interrupted(let path):
            "stopped before the end" + (path.map { "; go on with --resume: the checkpoint \($0) holds everything" } ?? "")
        case .comparisonInterrupted(let folder): "stopped before the end; the same command goes on from what \(folder) holds"
        case .sharesWithoutPatches: "no patch is left to train on: lower validation.share or add data"
        case .noSurroundings(let network):
            "\(network) cannot see patches in their surroundings, since \(SurroundingsFit.Problem.networkCannotSlide): leave training.surroundings out"
        case .otherInput(let model, let its, let network):
            "the model \(model) sees \(its) phase, the network \(network): name one with its input, or give another network.input"
        case .keptAnew(let network, let layers):
            "\(layers.prefix(3).joined(separator: ", ")) of \(network) begin anew, so nothing of them can be kept: leave network.kept out"
        }
    }
}
