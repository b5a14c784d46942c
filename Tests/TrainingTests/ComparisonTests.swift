import Evaluation
import Foundation
import Testing

@testable import Training

@Test func `folds divide no group, and each has both classes and about as many patches`() {
    let patches = MadePatches.patches(64, side: 224)
    let folds = Comparison.folds(of: patches, count: 2, seed: 1)
    for group in Set(patches.map(\.group)) { #expect(Set(zip(patches, folds).filter { $0.0.group == group }.map(\.1)).count == 1) }
    for fold in 0..<2 {
        let chosen = zip(patches, folds).filter { $0.1 == fold }.map(\.0)
        #expect(chosen.count == 32 && Set(chosen.map(\.label)).count == 2)
    }
}

@Test func `textures see neither a phase offset nor the sign, and tell rings from noise`() throws {
    let extractor = try TextureFeatures()
    let rings = MadePatches.patch(0, side: 224), noise = MadePatches.patch(1, side: 224)
    let plain = try extractor.features(rings.levels, threads: 1)
    var turned = Warp.identity
    (turned.offset, turned.isReversed) = (77, true)
    let changed = try extractor.features(turned.apply(to: rings, output: 224), threads: 1)
    #expect(plain.count == 51 && plain.allSatisfy(\.isFinite))
    // The protected level moves a pixel's phase by a 256th of a cycle.
    for (a, b) in zip(plain, changed) { #expect(abs(a - b) < 0.02) }
    let other = try extractor.features(noise.levels, threads: 1)
    #expect(zip(plain, other).contains { abs($0 - $1) > 1 })
}

@Test func `a patch without data has textures that are numbers`() throws {
    #expect(try TextureFeatures().features(Array(repeating: 128, count: 224 * 224), threads: 1).allSatisfy(\.isFinite))
}

@Test func `a comparison of two methods is written, and taken up where it was stopped`() throws {
    let folder = try TemporaryFolder()
    for index in 0..<32 {
        let patch = MadePatches.patch(index, side: 227)
        try folder.write(
            MadePatches.png(patch), to: "chips/\(patch.label == .deformation ? "deformation" : "none")/v\(index / 2 % 8)_20200101_\(index).png")
    }
    try folder.write(
        "name: net\ndata: [{folder: chips}]\nnetwork: {architecture: alexnet-pooled-0.125}\nvalidation: {share: 25 %}\n"
            + "training: {batch: 4, epochs: 2, optimiser: adamw, learning_rate: 0.002}\n", to: "net.yaml")
    let file = try folder.write(
        "name: two\ndata: [{folder: chips}]\nmethods:\n  - {name: textures, textures: {cost: 10}}\n  - {name: net, recipe: net.yaml}\n",
        to: "compare.yaml")
    let config = try ComparisonConfig(contentsOf: file)
    let output = folder.url.appending(path: "out")
    var stops = 0
    #expect(throws: TrainingRunError.comparisonInterrupted(folder: output.path)) {
        try Comparison(config, folder: output).run(shouldStop: {
            stops += 1
            return stops > 36
        })
    }
    #expect(FileManager.default.fileExists(atPath: output.appending(path: "textures-fold1.json").path))
    var reports: [String] = []
    let result = try Comparison(config, folder: output).run(report: { reports.append($0) })
    #expect(!reports.contains { $0.contains("textures, fold 1") })
    #expect(result.methods.map(\.name) == ["textures", "net"] && result.methods[0].auc > 0.9)
    // Two epochs of a few steps teach the network nothing yet; that it was trained and scored everywhere is what counts here.
    #expect(result.methods.allSatisfy { $0.scores.count == 32 && $0.aucByFold.count == 2 && $0.presentations > 0 })
    #expect(result.methods.map(\.trainedOn) == [16, 12], "a network keeps a quarter for validation")
    #expect(result.markdown.contains("2-fold cross validation by group: 16 patches with deformation, 16 without"))
    for name in ["comparison.md", "comparison.json", "comparison.png"] {
        #expect(FileManager.default.fileExists(atPath: output.appending(path: name).path))
    }
}

@Test func `more folds than volcanoes are refused before anything is trained`() throws {
    let folder = try TemporaryFolder()
    for index in 0..<8 {
        let patch = MadePatches.patch(index, side: 227)
        let label = patch.label == .deformation ? "deformation" : "none"
        try folder.write(MadePatches.png(patch), to: "chips/\(label)/v\(index / 4)_20200101_\(index).png")
    }
    let file = try folder.write("name: a\nfolds: 3\ndata: [{folder: chips}]\nmethods: [{name: b, textures: {}}]", to: "compare.yaml")
    let output = folder.url.appending(path: "out")
    let error = #expect(throws: DataError.self) { try Comparison(ComparisonConfig(contentsOf: file), folder: output).run() }
    #expect("\(try #require(error))".contains("fold 3 of 3"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).isEmpty)
}

@Test(arguments: [
    ("name: a\nmethods: [{name: b, textures: {}}]", "data"),
    ("name: a\ndata: [{folder: x}]", "methods"),
    ("name: a\ndata: [{folder: x}]\nmethods: [{name: b}]", "either recipe"),
    ("name: a\ndata: [{folder: x}]\nmethods: [{name: b, textures: {costs: 1}}]", "did you mean cost?"),
    ("name: a\ndata: [{folder: x}]\nmethods: [{name: b, recipe: missing.yaml}]", "missing.yaml"),
])
func `a comparison that cannot be made says why`(text: String, expected: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "compare.yaml")
    let error = #expect(throws: RecipeError.self) { try ComparisonConfig(contentsOf: file) }
    #expect("\(error as Any)".contains(expected), "\(error as Any)")
}
