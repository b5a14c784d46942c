import Detection
import FoundationEssentials

enum Starter {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let weights = repository.appending(path: "Tests/Models/starter.safetensors")
    static let model = Result { () throws(ModelError) in try CNNModel.load(weights: weights) }

    static func detector() throws -> VolcanoDetector { VolcanoDetector(model: try model.get(), threads: 2) }
}
