import Checksums
import Detection
import Domain
import FoundationEssentials
import ModelStore
import NeuralNetwork

/// A store in a folder of its own, and models for it: the starter with its weights moved a little.
final class Workshop: Sendable {
    let folder: URL
    let store: ModelStore

    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let starter = repository.appending(path: "Tests/Models/starter.safetensors")

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = ModelStore(folder: folder.appending(path: "models"), shipped: Self.starter)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Writes NAME.safetensors with a card that fits, outside the store.
    func make(_ name: String, weights change: (inout [String: Tensor]) -> Void = { _ in }) throws -> URL {
        var tensors = try WeightFile(contentsOf: Self.starter).tensors
        // So that two models never have the same checksum.
        tensors["conv1.bias"]?.values[0] += Float(name.utf8.reduce(0) { $0 + Int($1) }) * 1e-6
        change(&tensors)
        let file = folder.appending(path: "\(name.split(separator: "/").joined(separator: "-")).safetensors")
        try WeightFile(name: name, tensors: tensors).write(to: file)
        let card = try String(decoding: Data(contentsOf: ModelCard.location(besideWeights: Self.starter)), as: UTF8.self)
            .replacing(try Checksums.sha256(ofFileAt: Self.starter), with: try Checksums.sha256(ofFileAt: file))
            .replacing("\"name\": \"starter\"", with: "\"name\": \"\(name)\"")
        try Data(card.utf8).write(to: ModelCard.location(besideWeights: file))
        return file
    }

    func install(_ name: String) throws -> ModelReference { try store.install(weights: try make(name)) }

    /// In the store, hidden files too.
    var files: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: store.folder.path).sorted() } }
}

let noon = Date(timeIntervalSince1970: 1_700_000_000)

/// Spoils the file of an installed model in place.
enum Damage: String, CaseIterable, Sendable {
    case truncated, flippedByte = "flipped byte", noCard = "no card", cardNotJSON = "card that is not JSON", notANumber = "NaN", wrongShape =
        "wrong shape"
    case gone

    /// What the refusal says.
    var words: String {
        switch self {
        case .truncated, .flippedByte: "is not the file its card describes"
        case .noCard: "has no model card"
        case .cardNotJSON: "the model card"
        case .notANumber: "holds a NaN or an infinity"
        case .wrongShape: "has the shape 191"
        case .gone: "cannot be read"
        }
    }

    func apply(to weights: URL) throws {
        let card = ModelCard.location(besideWeights: weights)
        switch self {
        case .truncated: try Data(contentsOf: weights).dropLast(1000).write(to: weights)
        case .flippedByte:
            var data = try Data(contentsOf: weights)
            data[data.count - 10] ^= 1
            try data.write(to: weights)
        case .noCard: try FileManager.default.removeItem(at: card)
        case .cardNotJSON: try Data("{\"name\": ".utf8).write(to: card)
        case .notANumber: try resign(weights, card) { $0["conv2.weight"]?.values[77] = .nan }
        case .wrongShape: try resign(weights, card) { $0["conv3.bias"] = Tensor(shape: [191], repeating: 0) }
        case .gone: try FileManager.default.removeItem(at: weights)
        }
    }

    /// Changes the weights and gives the card their checksum: what an adversary or a bad training run would leave.
    private func resign(_ weights: URL, _ card: URL, _ change: (inout [String: Tensor]) -> Void) throws {
        let before = try Checksums.sha256(ofFileAt: weights)
        var tensors = try WeightFile(contentsOf: weights).tensors
        change(&tensors)
        try WeightFile(name: "spoilt", tensors: tensors).write(to: weights)
        let text = try String(decoding: Data(contentsOf: card), as: UTF8.self).replacing(before, with: try Checksums.sha256(ofFileAt: weights))
        try Data(text.utf8).write(to: card)
    }
}
