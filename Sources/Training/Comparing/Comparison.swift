import Detection
import Evaluation
public import FoundationEssentials
import NeuralNetwork
import Synthesis

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Cross validation of several methods on the same folds. What is finished is kept in the folder, and not done again.
public struct Comparison: Sendable {
    public let config: ComparisonConfig
    public let folder: URL

    public init(_ config: ComparisonConfig, folder: URL) { (self.config, self.folder) = (config, folder) }

    /// Trains and scores every method on every fold. Blocks for as long as it takes.
    /// - Parameters:
    ///   - shouldStop: asked often; checkpoints are left.
    ///   - report: told what is being done.
    /// - Throws: `TrainingRunError.comparisonInterrupted`, `DataError`, `DurableFileError`.
    public func run(shouldStop: () -> Bool = { false }, report: (String) -> Void = { _ in }) throws -> ComparisonResult {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let cache = PatchCache(folder: folder.appending(path: "patches"))
        let patches = try config.data.flatMap { part in
            try part.patchSource(threads: config.threads, cache: cache).patches(least: 224) { report("\(part.name): \($0) of \($1) patches") }
        }
        try TrainingData.requireBothClasses(patches, "the data of the comparison")
        let folds = Self.folds(of: patches, count: config.folds, seed: config.seed)
        for fold in 0..<config.folds {
            let tested = zip(patches, folds).filter { $0.1 == fold }.map(\.0)
            // A group is never divided: there may be fewer groups than folds.
            try TrainingData.requireBothClasses(tested, "fold \(fold + 1) of \(config.folds) (take fewer folds)")
        }
        var methods: [ComparisonResult.Method] = []
        for entry in config.methods {
            var results: [FoldResult] = []
            for fold in 0..<config.folds {
                do { results.append(try result(entry, fold, patches, folds, shouldStop, report)) } catch TrainingRunError.interrupted {
                    throw TrainingRunError.comparisonInterrupted(folder: folder.path)
                }
            }
            methods.append(try ComparisonResult.Method(name: entry.name, folds: results, patches: patches))
        }
        let result = ComparisonResult(name: config.name, folds: config.folds, patches: patches, methods: methods)
        try DurableFile.write(result.encoded(), to: folder.appending(path: "comparison.json"))
        try DurableFile.write(Data(result.markdown.utf8), to: folder.appending(path: "comparison.md"))
        let named = methods.map { ($0.name, $0.cases) }
        try DurableFile.write(EvaluationPictures.curves(named), to: folder.appending(path: "comparison.png"))
        return result
    }

    /// Which fold each patch is tested in; a group is never divided, and groups with deformation are spread evenly.
    static func folds(of patches: [LabelledPatch], count: Int, seed: UInt64) -> [Int] {
        let deforming = Set(patches.filter { $0.label == .deformation }.map(\.group))
        let others = Set(patches.map(\.group)).subtracting(deforming)
        var fold: [String: Int] = [:]
        for groups in [deforming, others] {
            let sizes = Dictionary(patches.map { ($0.group, 1) }, uniquingKeysWith: +)
            // The largest first, each to the fold that has least: one volcano may hold a quarter of the patches.
            let order = groups.sorted { (sizes[$1] ?? 0, TrainingData.draw(seed, $0), $0) < (sizes[$0] ?? 0, TrainingData.draw(seed, $1), $1) }
            var held = Array(repeating: 0, count: count)
            for group in order {
                let least = held.indices.min { (held[$0], $0) < (held[$1], $1) } ?? 0
                fold[group] = least
                held[least] += sizes[group] ?? 0
            }
        }
        return patches.map { fold[$0.group] ?? 0 }
    }

    private func result(
        _ entry: ComparisonConfig.Entry, _ fold: Int, _ patches: [LabelledPatch], _ folds: [Int], _ shouldStop: () -> Bool,
        _ report: (String) -> Void
    ) throws -> FoldResult {
        let name = entry.name.map { $0.isLetter || $0.isNumber ? String($0).lowercased() : "-" }.joined() + "-fold\(fold + 1)"
        let file = folder.appending(path: "\(name).json")
        let key = try Self.key(patches, folds, entry, seed: config.seed)
        if FileManager.default.fileExists(atPath: file.path) {
            let kept = try JSONDecoder().decode(FoldResult.self, from: Data(contentsOf: file))
            if kept.key == key { return kept }
        }
        let training = zip(patches, folds).filter { $0.1 != fold }.map(\.0)
        let tested = zip(patches, folds).filter { $0.1 == fold }.map(\.0)
        let began = ContinuousClock.now
        let scored: (scores: [Double], trainedOn: Int, presentations: Int, weights: Int)
        switch entry.method {
        case .network(let recipe):
            scored = try network(recipe, name, training, tested, shouldStop) { report("\(entry.name), fold \(fold + 1): \($0)") }
        case .textures(let cost, let copies):
            scored = try textures(cost, copies, training, tested, shouldStop) { report("\(entry.name), fold \(fold + 1): \($0)") }
        }
        let result = FoldResult(
            key: key, fold: fold, indices: folds.indices.filter { folds[$0] == fold }, scores: scored.scores, trainedOn: scored.trainedOn,
            presentations: scored.presentations, weights: scored.weights, seconds: (ContinuousClock.now - began) / .seconds(1))
        try DurableFile.write(JSONEncoder().encode(result), to: file)
        return result
    }

    private func network(
        _ original: Recipe, _ name: String, _ training: [LabelledPatch], _ tested: [LabelledPatch], _ shouldStop: () -> Bool,
        _ report: (String) -> Void
    ) throws -> (scores: [Double], trainedOn: Int, presentations: Int, weights: Int) {
        var recipe = original
        recipe.name = name
        recipe.threads = config.threads
        let held = TrainingData.heldGroups(of: training, share: max(0.05, recipe.validation.share), seed: recipe.seed)
        let data = try TrainingData(
            parts: [TrainingData.Part(name: "fold", patches: training.filter { !held.contains($0.group) })],
            validation: [TrainingData.ValidationSet(name: "held", patches: training.filter { held.contains($0.group) })], summary: name)
        let run = TrainingRun(recipe, data, folder: folder)
        let isBegun = run.checkpointLocation.map { FileManager.default.fileExists(atPath: $0.path) } ?? false
        let trained = try run.run(isBegun ? .resume : .anew, shouldStop: shouldStop) { event in
            switch event {
            case .step(let step, let steps, _, let loss, _, let remaining): report("step \(step) of \(steps), loss \(loss), \(Int(remaining)) s left")
            case .epoch(let record, _, _): report("epoch \(record.epoch), AUC \(record.auc)")
            default: break
            }
        }
        let margins = try Scoring.margins(of: tested, CompiledNetwork(trained.network, trained.parameters), threads: config.threads)
        if let checkpoint = run.checkpointLocation { try FileManager.default.removeItem(at: checkpoint) }
        let shown = (trained.records.last?.steps ?? 0) * recipe.training.batch
        return (margins, data.parts.reduce(0) { $0 + $1.patches.count }, shown, trained.network.weightCount)
    }

    private func textures(
        _ cost: Double, _ copies: Int, _ training: [LabelledPatch], _ tested: [LabelledPatch], _ shouldStop: () -> Bool, _ report: (String) -> Void
    ) throws -> (scores: [Double], trainedOn: Int, presentations: Int, weights: Int) {
        let extractor = try TextureFeatures()
        func vector(_ patch: LabelledPatch, _ levels: [UInt8]) throws -> [Double] {
            if shouldStop() { throw TrainingRunError.interrupted(checkpoint: nil) }
            return try extractor.features(levels, threads: config.threads)
        }
        var (vectors, labels) = ([[Double]](), [Bool]())
        for (index, patch) in training.enumerated() {
            for copy in 0...copies {
                var random = SeededGenerator(seed: config.seed, purpose: "texture copy \(copy)", index: index)
                let warp = copy == 0 ? Warp.identity : Warp(Augmentation(), side: patch.side, output: 224, using: &random)
                vectors.append(try vector(patch, warp.apply(to: patch, output: 224)))
                labels.append(patch.label == .deformation)
            }
            report("textures of \(index + 1) of \(training.count) patches")
        }
        let machine = try SupportVectorMachine(features: vectors, isPositive: labels, cost: cost)
        let scores = try tested.map { machine.decision(try vector($0, $0.centre(224))) }
        return (scores, training.count, vectors.count, 0)
    }
}

/// One method on one fold.
struct FoldResult: Codable, Sendable {
    let key: String
    let fold: Int
    /// Of the patches that were tested.
    let indices: [Int]
    /// Above 0 is deformation.
    let scores: [Double]
    let trainedOn: Int
    let presentations: Int
    let weights: Int
    let seconds: Double
}
