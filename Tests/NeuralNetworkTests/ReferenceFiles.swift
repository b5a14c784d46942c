import FoundationEssentials
import NeuralNetwork

/// Reference values made by Fixtures/make_reference.py with PyTorch.
enum Reference {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let layers = fixture("layers")
    static let starterPatches = fixture("starter-patches")
    static let gradients = fixture("gradients")
    static let architectures = fixture("architectures")
    static let training = fixture("training")
    static let starterWeights = Result {
        try WeightFile(contentsOf: repository.appending(path: "Tests/Models/starter.safetensors"))
    }

    /// The reference that came with the starter model; nil where the shared material is absent.
    static let sharedStarter: URL? = {
        let file = repository.deletingLastPathComponent().appending(path: "shared/model/starter-reference.safetensors")
        return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }()

    private static func fixture(_ name: String) -> Result<WeightFile, any Error> {
        Result {
            try WeightFile(
                contentsOf: repository.appending(path: "Tests/NeuralNetworkTests/Fixtures/\(name).safetensors"))
        }
    }
}

extension WeightFile {
    func reference(_ name: String) throws -> Tensor {
        guard let tensor = tensors[name] else { throw WeightFileError(file: self.name, problem: .missingTensor(name)) }
        return tensor
    }
}

extension Tensor {
    /// Infinite where the shapes differ or a value is not a number.
    func greatestDifference(from other: Tensor) -> Float {
        guard shape == other.shape, values.allSatisfy(\.isFinite), other.values.allSatisfy(\.isFinite) else { return .infinity }
        return zip(values, other.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
}
