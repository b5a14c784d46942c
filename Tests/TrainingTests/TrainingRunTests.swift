import Detection
import Evaluation
import Foundation
import Glibc
import NeuralNetwork
import Testing

@testable import Training

private func weights(_ trained: TrainedNetwork) -> [String: [UInt32]] {
    trained.parameters.weightFile(name: "").tensors.mapValues { $0.values.map(\.bitPattern) }
}

@Test(arguments: InputEncoding.allCases)
func `a small network learns rings from noise, and its package is calibrated, checked and loadable`(_ input: InputEncoding) throws {
    let folder = try TemporaryFolder()
    var recipe = try MadePatches.recipe()
    recipe.input = input
    let data = try MadePatches.data()
    let trained = try TrainingRun(recipe, data, folder: folder.url).run()
    #expect(trained.records.count == 3)
    #expect((trained.records.last?.auc ?? 0) > 0.95)
    let package = try ModelPackage(trained, recipe, data)
    let model = try CNNModel.load(weights: try package.write(to: folder.url))
    #expect(model.card.calibrated && model.card.calibration != nil)
    #expect(
        model.card.training.seed == 1
            && model.card.training.counts?.first == ModelCard.Count(source: "made", use: "training", deformation: 16, background: 16))
    #expect(model.card.input == ModelCard.Input(input))
    // What the loaded model says is what the card was measured with.
    let scores = try model.probabilities(of: data.validation[0].patches.map { $0.centre(224) }, threads: 1)
    for (loaded, measured) in zip(scores, package.scores[0].probabilities) { #expect(abs(loaded - measured) < 1e-4) }
    for file in ["rings.curves.csv", "rings.curves.png"] {
        #expect(FileManager.default.fileExists(atPath: folder.url.appending(path: file).path))
    }
}

@Test func `the same recipe gives the same weights, with more threads and across an interruption too`() throws {
    let data = try MadePatches.data()
    var recipe = try MadePatches.recipe(epochs: 2)
    (recipe.training.averaging, recipe.training.surroundings) = (0.9, 0.4)
    recipe.training.rateMultipliers = ["fc.": 2, "conv1.": 0.5, "conv5.": 1.5]
    recipe.threads = 2
    let whole = try TrainingRun(recipe, data, folder: nil).run()
    recipe.threads = 1
    let folder = try TemporaryFolder()
    let run = TrainingRun(recipe, data, folder: folder.url)
    // 4 steps an epoch: after the third, at an epoch's end, and in the second epoch.
    for (round, stopAt) in [3, 4, 6].enumerated() {
        var step = 0
        #expect(throws: TrainingRunError.interrupted(checkpoint: run.checkpointLocation?.path)) {
            try run.run(round == 0 ? .anew : .resume, shouldStop: { step == stopAt }) { if case .step(let made, _, _, _, _, _) = $0 { step = made } }
        }
    }
    let resumed = try run.run(.resume)
    #expect(weights(resumed) == weights(whole))
    #expect(resumed.records == whole.records)
    recipe.seed = 2
    #expect(try weights(TrainingRun(recipe, data, folder: nil).run()) != weights(whole))
}

@Test func `an unfinished training is not overwritten, and another one's checkpoint not resumed`() throws {
    let folder = try TemporaryFolder()
    let data = try MadePatches.data(training: 16)
    var recipe = try MadePatches.recipe(epochs: 2)
    let run = TrainingRun(recipe, data, folder: folder.url)
    #expect(throws: TrainingRunError.noCheckpoint(path: run.checkpointLocation?.path ?? "")) { try run.run(.resume) }
    #expect(throws: TrainingRunError.self) { try run.run(shouldStop: { true }) }
    #expect(throws: TrainingRunError.checkpointExists(path: run.checkpointLocation?.path ?? "")) { try run.run() }
    recipe.training.learningRate = 0.003
    let error = #expect(throws: TrainingRunError.self) { try TrainingRun(recipe, data, folder: folder.url).run(.resume) }
    #expect("\(error as Any)".contains("another recipe or other data"))
    let damaged = try #require(run.checkpointLocation)
    try Data(contentsOf: damaged).prefix(1000).write(to: damaged)
    #expect(throws: WeightFileError.self) { try run.run(.resume) }
    #expect(throws: Never.self) { try TrainingRun(recipe, data, folder: folder.url).run(.restart) }
}

@Test func `a loss that is no number stops the training and keeps the last good checkpoint`() throws {
    let folder = try TemporaryFolder()
    let data = try MadePatches.data(training: 16)
    var recipe = try MadePatches.recipe(epochs: 3)
    (recipe.checkpoint.steps, recipe.training.warmUp, recipe.training.schedule) = (1, 0, .constant)
    // A first step that is stopped after its checkpoint, then a rate under which the weights overflow.
    let run = TrainingRun(recipe, data, folder: folder.url)
    #expect(throws: TrainingRunError.self) { try run.run(shouldStop: { true }) }
    let location = try #require(run.checkpointLocation)
    let good = try Data(contentsOf: location)
    let checkpoint = try Checkpoint(contentsOf: location, fingerprint: run.fingerprint())
    (recipe.training.optimiser, recipe.training.learningRate) = (.adamw, 1e38)
    let wild = TrainingRun(recipe, data, folder: folder.url)
    var resumed = checkpoint
    resumed.progress.fingerprint = try wild.fingerprint()
    let loop = try TrainingLoop(wild, resuming: resumed)
    #expect(throws: TrainingError.self) { try loop.run(shouldStop: { false }, report: { _ in }) }
    #expect(try Data(contentsOf: location) == good)
    let error = #expect(throws: TrainingRunError.self) { try TrainingRun(recipe, data, folder: nil).run() }
    #expect("\(error as Any)".contains("lower the learning rate"))
}

@Test func `a training shows a share of its steps with what is round the patches, and measures both`() throws {
    var recipe = try MadePatches.recipe(epochs: 2)
    recipe.training.surroundings = 0.25
    #expect((0..<12).filter(recipe.training.showsSurroundings) == [3, 7, 11])
    let made = try MadePatches.data()
    let wide = try TrainingData(
        parts: [TrainingData.Part(name: "wide", patches: MadePatches.patches(32, side: 320))],
        validation: made.validation + [TrainingData.ValidationSet(name: "wide", patches: (1000..<1012).map { MadePatches.patch($0, side: 320) })],
        summary: "made")
    let trained = try TrainingRun(recipe, wide, folder: nil).run()
    // Patches of 240 pixels have too little round them.
    #expect(trained.records.allSatisfy { $0.validation.map(\.name) == ["held", "wide", "wide surrounded"] })
    recipe.training.surroundings = 0
    #expect(try weights(TrainingRun(recipe, wide, folder: nil).run()) != weights(trained))
    recipe.training.surroundings = 1
    recipe.architecture = .resNet50
    #expect(throws: TrainingRunError.noSurroundings(network: "resnet50")) { try TrainingRun(recipe, wide, folder: nil).run() }
}

@Test func `a batch shows patches with what is round them as it shows them alone`() throws {
    let patch = MadePatches.patch(0, side: 320)
    let maker = BatchMaker(
        parts: [TrainingData.Part(name: "wide", patches: [patch])], augmentation: Augmentation(), input: [1, 224, 224], seed: 3)
    let items = [EpochPlan.Item(part: 0, patch: 0)]
    for epoch in 0..<4 {
        let alone = maker.batch(items, 0..<1, epoch: epoch), wide = maker.batch(items, 0..<1, epoch: epoch, surroundings: 48)
        #expect(alone.tensor.shape == [1, 1, 224, 224] && wide.tensor.shape == [1, 1, 320, 320])
        for row in stride(from: 0, to: 224, by: 31) {
            #expect(wide.tensor.values[(row + 48) * 320 + 48..<(row + 48) * 320 + 272] == alone.tensor.values[row * 224..<(row + 1) * 224])
        }
    }
}

@Test func `patience ends a training that gets no better`() throws {
    var recipe = try MadePatches.recipe(epochs: 12)
    (recipe.training.learningRate, recipe.training.patience) = (1e-9, 2)
    var endedEarly = false
    let run = TrainingRun(recipe, try MadePatches.data(training: 8, validation: 8), folder: nil)
    let trained = try run.run(report: { if case .ended(let early) = $0 { endedEarly = early } })
    #expect(endedEarly && trained.records.count < 12)
    #expect(trained.records.count == trained.bestEpoch + 2)
}

@Test func `a training goes on from a model of this project, and from weights for other classes`() throws {
    let folder = try TemporaryFolder()
    let data = try MadePatches.data(training: 16)
    var recipe = try MadePatches.recipe(epochs: 2)
    let first = try TrainingRun(recipe, data, folder: nil).run()
    let location = try ModelPackage(first, recipe, data).write(to: folder.url)
    recipe.start.weights = [location]
    let start = try StartingPoint(recipe)
    #expect(start.new.isEmpty)
    #expect(start.parameters["fc.weight"]?.values == (try WeightFile(contentsOf: location)).tensors["fc.weight"]?.values)
    // Of several, their mean, which the card tells and a checkpoint depends on.
    let earlier = try WeightFile(contentsOf: location)
    (recipe.name, recipe.seed) = ("second", recipe.seed + 1)
    recipe.start.weights = []
    let second = try ModelPackage(TrainingRun(recipe, data, folder: nil).run(), recipe, data).write(to: folder.url)
    recipe.start.weights = [location, second]
    let later = try WeightFile(contentsOf: second).tensors["conv1.weight"]?.values ?? []
    let mean = zip(earlier.tensors["conv1.weight"]?.values ?? [], later).map { Float(Float16(($0 + $1) / 2)) }
    #expect(!mean.isEmpty && mean != later)
    #expect(try StartingPoint(recipe).parameters["conv1.weight"]?.values == mean)
    let fingerprint = try TrainingRun(recipe, data, folder: nil).fingerprint()
    let third = try ModelPackage(TrainingRun(recipe, data, folder: nil).run(), recipe, data).card.training.startedFrom
    #expect(third == "\(location.lastPathComponent), \(second.lastPathComponent)")
    recipe.start.weights = [location]
    #expect(try TrainingRun(recipe, data, folder: nil).fingerprint() != fingerprint)
    // The same trunk with a head of 1000 classes.
    var tensors = try WeightFile(contentsOf: location).tensors
    tensors["fc.weight"] = Tensor(shape: [1000, 64], repeating: 0.1)
    tensors["fc.bias"] = Tensor(shape: [1000], repeating: 0)
    try WeightFile(name: "other", tensors: tensors).write(to: location)
    let other = try StartingPoint(recipe)
    #expect(Set(other.new) == ["fc.weight", "fc.bias"])
    #expect(other.settings(recipe, threads: 1).rateMultipliers["fc.weight"] == 10)
    #expect(throws: Never.self) { try TrainingRun(recipe, data, folder: nil).run() }
    // Of a layer that begins anew nothing can be kept.
    recipe.start.kept = 0.5
    let refusal = #expect(throws: TrainingRunError.self) { try StartingPoint(recipe) }
    #expect("\(refusal as Any)".contains("network.kept"))
    recipe.start.kept = 0
    // Weights for a grey picture are none for its phasor.
    recipe.input = .phasor
    let error = #expect(throws: WeightFileError.self) { try StartingPoint(recipe) }
    #expect("\(try #require(error))".contains("conv1.weight"))
}

@Test func `of what a training begins with, the share that is kept is in what comes out`() throws {
    let folder = try TemporaryFolder()
    let data = try MadePatches.data(training: 16)
    var recipe = try MadePatches.recipe(epochs: 1)
    recipe.isHalfPrecision = false
    recipe.start.weights = [try ModelPackage(TrainingRun(recipe, data, folder: nil).run(), recipe, data).write(to: folder.url)]
    let begun = try StartingPoint(recipe).parameters
    let fingerprint = try TrainingRun(recipe, data, folder: nil).fingerprint()
    for averaging in [0, 0.9] {
        recipe.training.averaging = averaging
        recipe.start.kept = 0
        let learnt = try TrainingRun(recipe, data, folder: nil).run()
        recipe.start.kept = 0.25
        let mixed = try TrainingRun(recipe, data, folder: nil).run()
        var moved: Float = 0
        for name in begun.names {
            let (from, to) = (try #require(begun[name]).values, try #require(learnt.parameters[name]).values)
            for ((a, b), found) in zip(zip(from, to), try #require(mixed.parameters[name]).values) {
                #expect(abs(found - (0.25 * a + 0.75 * b)) < 1e-5)
                moved = max(moved, abs(a - b))
            }
        }
        #expect(moved > 0.001)
        // Epochs are measured as what comes out.
        #expect(mixed.records.last?.validation != learnt.records.last?.validation)
    }
    recipe.training.averaging = 0
    #expect(try TrainingRun(recipe, data, folder: nil).fingerprint() != fingerprint)
    recipe.architecture = .alexNetPooled(width: 0.25)
    #expect(throws: WeightFileError.self) { try StartingPoint(recipe) }
}

@Test func `a model that cannot be calibrated is kept and says so`() throws {
    let data = try MadePatches.data(), recipe = try MadePatches.recipe()
    let trained = try TrainingRun(recipe, data, folder: nil).run()
    let swapped = try TrainingData(
        parts: data.parts,
        validation: [
            TrainingData.ValidationSet(
                name: "swapped",
                patches: data.validation[0].patches.map {
                    LabelledPatch(
                        levels: $0.levels, side: $0.side, label: $0.label == .deformation ? .background : .deformation, group: $0.group,
                        kind: $0.kind,
                        name: $0.name)
                })
        ], summary: "swapped")
    let package = try ModelPackage(trained, recipe, swapped)
    #expect(package.calibrationProblem == .notIncreasing && !package.card.calibrated)
}
