import Checksums
import Domain
import FoundationEssentials
import NeuralNetwork
import Testing

@testable import Detection

/// A copy of the starter model in a folder of its own, to be spoilt.
private func spoilt<Result>(
    card change: (inout String) -> Void = { _ in }, weights: (inout [String: Tensor]) -> Void = { _ in },
    signed: Bool = true,
    _ body: (URL) throws -> Result
) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "model-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "copy.safetensors")
    let original = try WeightFile(contentsOf: Starter.weights)
    var tensors = original.tensors
    weights(&tensors)
    try WeightFile(name: "copy", tensors: tensors).write(to: file)
    var card = try String(decoding: Data(contentsOf: ModelCard.location(besideWeights: Starter.weights)), as: UTF8.self)
    if signed {
        let old = try Checksums.sha256(ofFileAt: Starter.weights)
        card = card.replacing(old, with: try Checksums.sha256(ofFileAt: file))
    }
    change(&card)
    if !card.isEmpty { try Data(card.utf8).write(to: folder.appending(path: "copy.json")) }
    return try body(file)
}

private func message(_ error: ModelError?) -> String { error.map(String.init(describing:)) ?? "no error" }

@Test func `the starter model loads and is named by its checksum`() throws {
    let model = try Starter.model.get()
    #expect(model.id.description == "starter@d5ef47e8795a")
    #expect(model.card.calibrated == false)
    #expect(model.card.knownFailures.count >= 3)
}

@Test func `a copy signed anew loads too`() throws {
    let model = try spoilt { try CNNModel.load(weights: $0) }
    #expect(model.id.name == "starter")
}

@Test func `weights without a card are refused and told where it belongs`() throws {
    try spoilt(card: { $0 = "" }) { file in
        let error = #expect(throws: ModelError.self) { try CNNModel.load(weights: file) }
        #expect(message(error).contains("copy.json"))
    }
}

@Test func `a card that is not JSON is refused`() throws {
    try spoilt(card: { $0 = "{" }) { file in
        let error = #expect(throws: ModelError.self) { try CNNModel.load(weights: file) }
        guard case .unreadableCard = error else {
            Issue.record("\(message(error))")
            return
        }
    }
}

@Test func `weights with another checksum are refused before they are read`() throws {
    try spoilt(signed: false) { file in
        let error = #expect(throws: ModelError.self) { try CNNModel.load(weights: file) }
        guard case .wrongChecksum = error else {
            Issue.record("\(message(error))")
            return
        }
    }
}

@Test func `a tensor of the wrong shape is refused by name`() throws {
    try spoilt(weights: { $0["conv3.bias"] = Tensor(shape: [191], repeating: 0) }) { file in
        let error = #expect(throws: ModelError.self) { try CNNModel.load(weights: file) }
        #expect(message(error).contains("conv3.bias has the shape 191"))
    }
}

@Test func `weights with NaN are refused by name`() throws {
    try spoilt(weights: { $0["conv2.weight"]?.values[77] = .nan }) { file in
        let error = #expect(throws: ModelError.self) { try CNNModel.load(weights: file) }
        #expect(message(error).contains("conv2.weight holds a NaN or an infinity at index 77"))
    }
}

@Test(arguments: [
    (#""alexnet-half-pooled""#, #""resnet-9000""#, "resnet-9000"), (#""width": 224"#, #""width": 227"#, "227"),
    (#""no_data": 128"#, #""no_data": 0"#, "no data"), (#""divide": 128"#, #""divide": 0"#, "divide is 0"),
    (#""channels": 1"#, #""channels": 2"#, "conv1.weight"), (#""width": 224"#, #""width": 224, "encoding": "phasor""#, "phasor phase has 2"),
    (#""width": 224"#, #""width": 224, "encoding": "colour""#, "colour"),
    (#"["background", "deformation"]"#, #"["deformation", "background"]"#, "classes"),
])
func `a card that the network or the grey scale contradict is refused`(old: String, new: String, named: String) throws {
    try spoilt(card: { $0 = $0.replacing(old, with: new) }) { file in
        let error = #expect(throws: ModelError.self) { try CNNModel.load(weights: file) }
        #expect(message(error).contains(named))
    }
}

@Test func `a missing weight file is refused with its path`() throws {
    try spoilt { file in
        try FileManager.default.removeItem(at: file)
        let error = #expect(throws: ModelError.self) { try CNNModel.load(weights: file) }
        #expect(message(error).contains(file.path))
    }
}
