import Checksums
import FoundationEssentials
import NeuralNetwork
import Testing

@testable import Detection

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The starter with a second network in its file, of random weights, for as long as the body runs.
private func withSecondLook<Result>(
    named architecture: String? = "alexnet-pooled-0.25", from: Double = 0, weights change: (inout [String: Tensor]) -> Void = { _ in },
    _ body: (URL) throws -> Result
) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "second-look-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "both.safetensors")
    var other = second.parameters.weightFile(name: "second").tensors
    change(&other)
    try WeightFile(contentsOf: Starter.weights).with(secondLook: WeightFile(name: "second", tensors: other)).write(to: file)
    let card = try ModelCard(besideWeights: Starter.weights)
    let joined = ModelCard(
        name: "both", architecture: card.architecture, sha256: try Checksums.sha256(ofFileAt: file), layers: card.layers, input: card.input,
        classes: card.classes, training: card.training, metrics: [], knownFailures: [], calibration: nil,
        secondLook: architecture.map { ModelCard.SecondLook(architecture: $0, model: "deep@0123456789ab", from: from) })
    try joined.encoded().write(to: ModelCard.location(besideWeights: file))
    return try body(file)
}

private let second = {
    let network = try! Architecture.alexNetPooled(width: 0.25).stored()
    return (network: network, parameters: network.initialParameters(seed: 4))
}()

/// Rings of some strength round the middle, from none to many.
private let patches: [[UInt8]] = (0..<6).map { strength in
    (0..<224 * 224).map { index in
        let (dx, dy) = (Double(index % 224) - 112, Double(index / 224) - 112)
        let phase = Double(strength) * 5 / (1 + (dx * dx + dy * dy) / 1600)
        return UInt8(truncatingIfNeeded: 40 + Int(phase * 256 / (2 * .pi)))
    }
}

@Test(arguments: [0, 0.3, 1]) func `what is still doubtful is shown to the second network too, and the mean of both networks' log-odds counts`(
    share: Double
)
    throws
{
    let first = try Starter.model.get().probabilities(of: patches, threads: 1)
    let classifier = try Classifier(second.network, second.parameters, input: ModelCard.Input(), surroundings: nil)
    let images = patches.map { GreyImage(width: 224, height: 224, levels: $0) }
    let others = try classifier.logOdds(
        ofEach: images.indices.map { Classifier.Patch(image: $0, origin: PatchOrigin(y: 0, x: 0)) }, in: images, threads: 1)
    let turned = try Starter.model.get().probabilities(of: patches.map { Array($0.reversed()) }, threads: 1)
    let from = first.sorted()[2]
    let own = zip(first, turned).map { one, other in ([one, other].reduce(0) { $0 + log($1 / (1 - $1)) }) / 2 }
    // Of those that are looked at again, all, some or none go to the second network.
    let again = own.indices.filter { first[$0] >= from }.map { 1 / (1 + exp(-own[$0])) }.sorted()
    let secondFrom = share == 0 ? 0 : share == 1 ? 1 : (again[0] + again[1]) / 2
    let both = try withSecondLook(from: secondFrom) { try CNNModel.load(weights: $0) }
    #expect(both.card.secondLook?.model == "deep@0123456789ab")
    let found = try both.probabilities(of: patches, viewsFrom: from, threads: 1)
    for (index, probability) in first.enumerated() {
        let isShown = 1 / (1 + exp(-own[index])) >= secondFrom
        let mean = isShown ? (own[index] + Double(others[index])) / 2 : own[index]
        let expected = probability >= from ? 1 / (1 + exp(-mean)) : probability
        #expect(abs(found[index] - expected) < 1e-5, "patch \(index)")
    }
    // The second network says other things; rings look nearly the same turned by half.
    #expect(share == 1 || zip(found, first).contains { abs($0 - $1) > 0.01 })
    // One view of each is the first network's alone.
    #expect(try both.probabilities(of: patches, threads: 1) == first)
}

@Test func `a second network that is missing, unknown or unannounced is refused`() throws {
    func message(named architecture: String?, from: Double = 0, _ change: (inout [String: Tensor]) -> Void = { _ in }) throws -> String {
        try withSecondLook(named: architecture, from: from, weights: change) { file in
            String(describing: #expect(throws: ModelError.self) { try CNNModel.load(weights: file) })
        }
    }
    #expect(try message(named: "alexnet-pooled-0.25") { $0 = [:] }.contains("there is no conv1"))
    #expect(try message(named: "deep-thought").contains("deep-thought"))
    #expect(try message(named: nil).contains("second_look."))
    #expect(try message(named: "alexnet-pooled-0.25", from: -0.1).contains("begins at -0.1"))
}

@Test func `cards with another second look judge differently`() throws {
    let plain = try ModelCard(besideWeights: Starter.weights)
    let both = try withSecondLook { try ModelCard(besideWeights: $0) }
    #expect(!plain.judges(like: both))
    #expect(both.judges(like: both))
}
