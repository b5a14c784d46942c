import Detection
import Foundation
import MapPicture
import Synthesis
import Training

/// A folder of a test's own, removed at its end.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "training-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    @discardableResult
    func write(_ text: String, to name: String) throws -> URL { try write(Data(text.utf8), to: name) }

    @discardableResult
    func write(_ data: Data, to name: String) throws -> URL {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
        return file
    }
}

/// Patches that are easy to tell apart: rings of phase, or noise.
enum MadePatches {
    static func patch(_ index: Int, side: Int = 240, label: PatchLabel? = nil) -> LabelledPatch {
        let label = label ?? (index % 2 == 0 ? .deformation : .background)
        var random = SeededGenerator(seed: 5, purpose: "made", index: index)
        let (x, y) = (Double(side) * (0.4 + 0.2 * random.uniform()), Double(side) * (0.4 + 0.2 * random.uniform()))
        let width = 10 + 10 * random.uniform()
        var levels = [UInt8](repeating: 0, count: side * side)
        for row in 0..<side {
            for column in 0..<side {
                let distance = ((Double(column) - x) * (Double(column) - x) + (Double(row) - y) * (Double(row) - y)).squareRoot()
                let value = label == .deformation ? distance / width * 256 : random.uniform() * 256
                let level = UInt8(truncatingIfNeeded: Int(value))
                levels[row * side + column] = level == 128 ? 129 : level
            }
        }
        // A corner without data.
        for row in 0..<side / 8 { for column in 0..<side / 8 { levels[row * side + column] = 128 } }
        return LabelledPatch(
            levels: levels, side: side, label: label, group: "volcano \(index / 2 % 8)", kind: label == .deformation ? "rings" : "noise",
            name: "made \(index)")
    }

    static func patches(_ count: Int, side: Int = 240) -> [LabelledPatch] { (0..<count).map { patch($0, side: side) } }

    static func png(_ patch: LabelledPatch) throws -> Data {
        try GreyPNG(width: patch.side, height: patch.side, levels: patch.levels).encoded()
    }

    /// A recipe whose training takes seconds.
    static func recipe(epochs: Int = 3, batch: Int = 8) throws -> Recipe {
        var recipe = Recipe()
        recipe.name = "rings"
        recipe.architecture = .alexNetPooled(width: 0.125)
        (recipe.training.epochs, recipe.training.batch, recipe.training.optimiser) = (epochs, batch, .adamw)
        (recipe.training.learningRate, recipe.training.weightDecay) = (0.002, 0.01)
        // Tests run side by side: more threads would only wait for each other.
        recipe.threads = 1
        return recipe
    }

    static func data(training: Int = 32, validation: Int = 12) throws -> TrainingData {
        try TrainingData(
            parts: [TrainingData.Part(name: "made", patches: patches(training))],
            validation: [TrainingData.ValidationSet(name: "held", patches: (1000..<1000 + validation).map { patch($0) })], summary: "made")
    }
}
