import Detection
import Foundation
import Glibc
import NeuralNetwork
import Testing

@testable import Training

@Test func `teachers are learnt from besides the labels, and the card names them`() throws {
    let folder = try TemporaryFolder()
    let data = try MadePatches.data()
    var recipe = try MadePatches.recipe()
    let teacher = try ModelPackage(TrainingRun(recipe, data, folder: nil).run(), recipe, data)
    let location = try teacher.write(to: folder.url)
    // A pupil that is told every label wrongly, and learns nearly all from a teacher that was told them rightly.
    let swapped = data.parts[0].patches.map {
        LabelledPatch(
            levels: $0.levels, side: $0.side, label: $0.label == .deformation ? .background : .deformation, group: $0.group, kind: $0.kind,
            name: $0.name)
    }
    let misled = try TrainingData(parts: [TrainingData.Part(name: "made", patches: swapped)], validation: data.validation, summary: "swapped")
    recipe.name = "pupil"
    #expect((try TrainingRun(recipe, misled, folder: nil).run().records.last?.auc ?? 1) < 0.1)
    recipe.teachers.models = [location, location]
    recipe.teachers.share = 0.95
    let taught = try TrainingRun(recipe, misled, folder: nil).run()
    #expect((taught.records.last?.auc ?? 0) > 0.7)
    let name = "rings@\(teacher.card.sha256.prefix(12))"
    #expect(taught.teachers == [name, name])
    #expect(try ModelPackage(taught, recipe, misled).card.training.teachers == [name, name])
    // A checkpoint belongs to its teachers too.
    let fingerprint = try TrainingRun(recipe, misled, folder: nil).fingerprint()
    recipe.teachers.models = [location]
    #expect(try TrainingRun(recipe, misled, folder: nil).fingerprint() != fingerprint)
}

@Test func `a model takes another in for a second look, and a training that begins with it takes its own network alone`() throws {
    let folder = try TemporaryFolder()
    let data = try MadePatches.data(training: 16)
    var recipe = try MadePatches.recipe(epochs: 1)
    recipe.name = "deep"
    let deep = try ModelPackage(TrainingRun(recipe, data, folder: nil).run(), recipe, data)
    recipe.secondLook.model = try deep.write(to: folder.url)
    (recipe.name, recipe.seed) = ("both", 2)
    let trained = try TrainingRun(recipe, data, folder: nil).run()
    let package = try ModelPackage(trained, recipe, data)
    let location = try package.write(to: folder.url)
    let model = try CNNModel.load(weights: location)
    #expect(
        model.card.secondLook == ModelCard.SecondLook(architecture: deep.card.architecture, model: "deep@\(deep.card.sha256.prefix(12))", from: 0.1))
    let file = try WeightFile(contentsOf: location)
    let (first, second) = (file.firstLook.tensors, file.secondLook.tensors)
    #expect(try second.mapValues(\.values) == WeightFile(data: deep.weights, name: "deep").tensors.mapValues(\.values))
    recipe.secondLook.model = nil
    let alone = try ModelPackage(trained, recipe, data)
    #expect(try first.mapValues(\.values) == WeightFile(data: alone.weights, name: "alone").tensors.mapValues(\.values))
    recipe.start.weights = [location]
    #expect(try StartingPoint(recipe).new.isEmpty)
    recipe.secondLook.model = location
    recipe.input = .phasor
    recipe.start.weights = []
    let error = #expect(throws: TrainingRunError.otherInput(model: "both", its: "grey", network: "phasor")) { try recipe.checkWeights() }
    #expect(error.map { "\($0)".contains("network.input") } == true)
}

@Test func `a target is the label's share and the teachers' mean log-odds'`() throws {
    let folder = try TemporaryFolder()
    let data = try MadePatches.data(training: 16)
    var recipe = try MadePatches.recipe(epochs: 1)
    recipe.teachers.models = try (1...2).map { seed in
        recipe.seed = UInt64(seed)
        recipe.name = "teacher-\(seed)"
        return try ModelPackage(TrainingRun(recipe, data, folder: nil).run(), recipe, data).write(to: folder.url)
    }
    let teachers = try #require(try Teachers(recipe))
    let patches = Array(data.parts[0].patches.prefix(4))
    let batch = Batch(
        tensor: Preprocessing.batch(patches, input: [1, 224, 224]), labels: patches.map(\.label.rawValue), weights: nil)
    let targets = try teachers.targets(batch, threads: 1)
    let said = try teachers.models.map { try $0.probabilities(of: patches.map { $0.centre(224) }, threads: 1) }
    for (item, patch) in patches.enumerated() {
        let logOdds = said.map { log($0[item] / (1 - $0[item])) }.reduce(0, +) / 2
        let expected = 0.8 / (1 + exp(-logOdds)) + 0.2 * Double(patch.label.rawValue)
        #expect(abs(Double(targets[2 * item + 1]) - expected) < 1e-4)
        #expect(abs(targets[2 * item] + targets[2 * item + 1] - 1) < 1e-6)
    }
    recipe.teachers.doubled = 0.5
    let both = try #require(try Teachers(recipe)).targets(batch, threads: 1)
    let twice = patches.map { $0.centre(224).map { level -> UInt8 in level == 128 ? 128 : level &* 2 == 0 ? 129 : level &* 2 &+ 128 } }
    let saidOfTwice = try teachers.models.map { try $0.probabilities(of: twice, threads: 1) }
    for (item, patch) in patches.enumerated() {
        func logOdds(_ said: [[Double]]) -> Double { said.map { log($0[item] / (1 - $0[item])) }.reduce(0, +) / 2 }
        let expected = 0.8 / (1 + exp(-(logOdds(said) + logOdds(saidOfTwice) / 2) / 1.5)) + 0.2 * Double(patch.label.rawValue)
        #expect(abs(Double(both[2 * item + 1]) - expected) < 2e-3)
    }
    recipe.teachers.doubled = 0
    recipe.input = .phasor
    let error = #expect(throws: TrainingRunError.otherInput(model: "teacher-1", its: "grey", network: "phasor")) { try Teachers(recipe) }
    #expect("\(error as Any)".contains("network.input"))
    recipe.teachers.models = [folder.url.appending(path: "none.safetensors")]
    #expect(throws: ModelError.self) { try TrainingRun(recipe, data, folder: nil).run() }
}
