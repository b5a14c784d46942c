import FoundationEssentials
import NeuralNetwork

/// The loop itself: steps, validation, checkpoints.
final class TrainingLoop {
    let network: Network
    let trainer: Trainer
    let totalSteps: Int
    private let run: TrainingRun
    private let maker: BatchMaker
    private let teachers: Teachers?
    private let plan: EpochPlan
    private let stepsPerEpoch: Int
    private var progress: Checkpoint.Progress
    private var best: [String: Tensor]
    private var average: [String: Tensor]
    /// What the training begins with.
    private let start: Parameters
    private let clock = ContinuousClock()

    private var recipe: Recipe { run.recipe }
    private var batch: Int { min(recipe.training.batch, plan.count) }

    init(_ run: TrainingRun, resuming checkpoint: Checkpoint?) throws {
        self.run = run
        let start = try StartingPoint(run.recipe)
        (network, self.start) = (start.network, start.parameters)
        let settings = start.settings(run.recipe, threads: run.recipe.threads)
        let surrounded = run.recipe.training.surroundings > 0 ? try start.network.surrounded(by: SurroundingsFit.pixels) : nil
        guard surrounded != nil || run.recipe.training.surroundings == 0 else {
            throw TrainingRunError.noSurroundings(network: start.network.name)
        }
        maker = BatchMaker(parts: run.data.parts, augmentation: run.recipe.augmentation, input: start.network.input, seed: run.recipe.seed)
        teachers = try Teachers(run.recipe)
        let training = run.recipe.training
        plan = EpochPlan(
            run.data.parts, balance: run.recipe.balance, count: training.patchesPerEpoch, batch: training.batch, seed: run.recipe.seed)
        guard run.data.parts.contains(where: { !$0.patches.isEmpty }) else { throw TrainingRunError.sharesWithoutPatches }
        stepsPerEpoch = plan.count / min(training.batch, plan.count)
        totalSteps = stepsPerEpoch * training.epochs
        if let checkpoint {
            trainer = try Trainer(start.network, resuming: checkpoint.state, surrounded: surrounded, settings: settings)
            (progress, best, average) = (checkpoint.progress, checkpoint.best, checkpoint.average)
        } else {
            trainer = try Trainer(start.network, start.parameters, surrounded: surrounded, settings: settings)
            progress = try Checkpoint.Progress(fingerprint: run.fingerprint())
            best = [:]
            average = training.averaging > 0 ? start.parameters.tensors : [:]
        }
    }

    func run(shouldStop: () -> Bool, report: (TrainingEvent) -> Void) throws {
        let began = clock.now, firstStep = trainer.steps
        var lastCheckpoint = clock.now
        while progress.epoch < recipe.training.epochs, !isPatienceOver {
            let items = plan.items(epoch: progress.epoch)
            var next = pending(items, progress.stepInEpoch)
            while let batch = next?.take() {
                next = pending(items, progress.stepInEpoch + 1)
                try step(batch)
                let elapsed = (clock.now - began) / .seconds(1), made = trainer.steps - firstStep
                let rate = Double(made * self.batch) / max(elapsed, 1e-9)
                report(
                    .step(
                        trainer.steps, of: totalSteps, epoch: progress.epoch + 1, loss: progress.lossSum / Double(progress.stepInEpoch),
                        patchesPerSecond: rate, remaining: elapsed / Double(made) * Double(totalSteps - trainer.steps)))
                let isLast = progress.stepInEpoch == stepsPerEpoch
                if shouldStop(), !isLast || progress.epoch + 1 < recipe.training.epochs {
                    try checkpoint(report)
                    throw TrainingRunError.interrupted(checkpoint: run.checkpointLocation?.path)
                }
                let isDue =
                    (clock.now - lastCheckpoint) / .seconds(60) >= recipe.checkpoint.minutes
                    || (recipe.checkpoint.steps > 0 && trainer.steps % recipe.checkpoint.steps == 0)
                if isDue, !isLast {
                    try checkpoint(report)
                    lastCheckpoint = clock.now
                }
            }
            try endEpoch(report)
            let isEnd = progress.epoch == recipe.training.epochs || isPatienceOver
            if isEnd || progress.epoch == 1 || (clock.now - lastCheckpoint) / .seconds(60) >= recipe.checkpoint.minutes {
                try checkpoint(report)
                lastCheckpoint = clock.now
            }
        }
        report(.ended(early: progress.epoch < recipe.training.epochs))
    }

    /// Begins to make a step's batch; nil after the epoch's last step.
    private func pending(_ items: [EpochPlan.Item], _ step: Int) -> Pending<Batch>? {
        guard step < stepsPerEpoch else { return nil }
        let (maker, size, epoch) = (maker, batch, progress.epoch)
        let isSurrounded = recipe.training.showsSurroundings(step: epoch * stepsPerEpoch + step)
        let pixels = isSurrounded ? SurroundingsFit.pixels : 0
        return Pending { maker.batch(items, step * size..<(step + 1) * size, epoch: epoch, surroundings: pixels) }
    }

    private func step(_ batch: Batch) throws {
        let rate = recipe.training.rate(step: trainer.steps, of: totalSteps, perEpoch: stepsPerEpoch)
        let targets = try teachers?.targets(batch, threads: recipe.threads)
        let step = try trainer.step(
            batch: batch.tensor, labels: batch.labels, targets: targets, sampleWeights: batch.weights, learningRate: Float(rate))
        progress.stepInEpoch += 1
        progress.lossSum += Double(step.loss)
        progress.shown += batch.labels.count
        for (index, label) in batch.labels.enumerated() {
            let isDeformation = step.logits.values[2 * index + 1] > step.logits.values[2 * index]
            if isDeformation == (label == 1) { progress.correct += 1 }
        }
        updateAverage()
    }

    /// Each tensor moves a little towards the present weights; faster in the beginning, which is soon forgotten.
    private func updateAverage() {
        guard recipe.training.averaging > 0 else { return }
        let steps = Double(trainer.steps)
        let share = Float(1 - min(recipe.training.averaging, (1 + steps) / (10 + steps)))
        let present = trainer.parameters
        for name in present.names {
            guard let values = present[name]?.values else { continue }
            average[name]?.approach(values, share: share)
        }
    }

    /// What comes out of the steps so far.
    private var weights: Parameters {
        var weights = recipe.training.averaging > 0 ? average : trainer.parameters.tensors
        if recipe.start.kept > 0 {
            for name in start.names {
                guard let values = start[name]?.values else { continue }
                weights[name]?.approach(values, share: Float(recipe.start.kept))
            }
        }
        return trainer.parameters.replacing(weights)
    }

    private func endEpoch(_ report: (TrainingEvent) -> Void) throws {
        let weights = self.weights
        // The step that spoils the weights has a finite loss itself: the next one's is not.
        guard weights.areFinite else { throw TrainingError.diverged(step: trainer.steps) }
        let measured = try measure(weights)
        let record = EpochRecord(
            epoch: progress.epoch + 1, steps: trainer.steps,
            learningRate: recipe.training.rate(step: trainer.steps - 1, of: totalSteps, perEpoch: stepsPerEpoch),
            trainingLoss: progress.lossSum / Double(stepsPerEpoch), trainingAccuracy: Double(progress.correct) / Double(progress.shown),
            validation: measured)
        progress.records.append(record)
        progress.epoch += 1
        (progress.stepInEpoch, progress.lossSum, progress.correct, progress.shown) = (0, 0, 0, 0)
        let isBest = progress.bestEpoch == 0 || record.auc > progress.bestAUC
        if isBest {
            (progress.bestEpoch, progress.bestAUC) = (record.epoch, record.auc)
            best = weights.tensors
        }
        try writeCurves()
        report(.epoch(record, of: recipe.training.epochs, isBest: isBest))
    }

    /// Each validation set alone; where training shows surroundings, in them as well, as far as the patches have any.
    private func measure(_ weights: Parameters) throws -> [EpochRecord.Measured] {
        let compiled = try CompiledNetwork(network, weights)
        let sliding = trainer.surrounded == nil ? nil : try SlidingNetwork(network, weights)
        return try run.data.validation.flatMap { set in
            var measured = [try measure(set, Scoring.margins(of: set.patches, compiled, threads: recipe.threads))]
            if let sliding, let wide = set.surrounded(least: network.input[1] + 2 * SurroundingsFit.pixels) {
                let margins = try Scoring.margins(of: wide.patches, sliding, surroundings: SurroundingsFit.pixels, threads: recipe.threads)
                measured.append(try measure(wide, margins))
            }
            return measured
        }
    }

    private func measure(_ set: TrainingData.ValidationSet, _ margins: [Double]) throws -> EpochRecord.Measured {
        guard margins.allSatisfy(\.isFinite) else { throw TrainingError.diverged(step: trainer.steps) }
        return try Scoring.measure(set, margins: margins)
    }

    private var isPatienceOver: Bool {
        recipe.training.patience > 0 && progress.bestEpoch > 0 && progress.epoch - progress.bestEpoch >= recipe.training.patience
    }

    private func writeCurves() throws {
        guard let folder = run.folder else { return }
        let history = TrainingHistory(records: progress.records)
        try DurableFile.write(Data(history.csv.utf8), to: folder.appending(path: "\(recipe.name).curves.csv"))
        try DurableFile.write(history.picture(title: recipe.name), to: folder.appending(path: "\(recipe.name).curves.png"))
    }

    private func checkpoint(_ report: (TrainingEvent) -> Void) throws {
        guard let location = run.checkpointLocation else { return }
        let state = trainer.state
        guard state.tensors.values.allSatisfy({ $0.values.allSatisfy(\.isFinite) }) else { throw TrainingError.diverged(step: trainer.steps) }
        try Checkpoint(progress: progress, state: state, best: best, average: average).write(to: location)
        report(.checkpoint(location))
    }

    var result: TrainedNetwork {
        TrainedNetwork(
            network: network, parameters: best.isEmpty ? weights : trainer.parameters.replacing(best), records: progress.records,
            bestEpoch: progress.bestEpoch, teachers: teachers?.names ?? [])
    }
}

extension Parameters {
    var tensors: [String: Tensor] { weightFile(name: "").tensors }

    fileprivate var areFinite: Bool { names.allSatisfy { self[$0]?.values.allSatisfy(\.isFinite) ?? true } }
}

extension Tensor {
    fileprivate mutating func approach(_ others: [Float], share: Float) {
        values.withUnsafeMutableBufferPointer { mine in
            others.withUnsafeBufferPointer { theirs in
                for i in mine.indices { mine[i] += share * (theirs[i] - mine[i]) }
            }
        }
    }
}
