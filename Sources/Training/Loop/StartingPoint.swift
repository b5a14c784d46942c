import Detection
import FoundationEssentials
import NeuralNetwork

extension Recipe {
    /// Reads the weights that a training begins with and its teachers: what is wrong with them shows before scenes are made.
    /// - Throws: `WeightFileError`, `ModelError`, `TrainingRunError`.
    public func checkWeights() throws {
        _ = try StartingPoint(self)
        _ = try Teachers(self)
        _ = try SecondLook(self)
    }
}

/// What a training begins with: a network and its weights.
struct StartingPoint {
    /// Gives logits.
    let network: Network
    let parameters: Parameters
    /// Names of parameters that begin anew beside trained ones; empty where all are random.
    let new: [String]

    /// - Throws: `WeightFileError` where the recipe's weights do not fit its architecture.
    init(_ recipe: Recipe) throws {
        let trained = try recipe.architecture.trained(channels: recipe.input.channels)
        guard let file = try WeightFile.mean(of: recipe.start.weights.map { try WeightFile(contentsOf: $0).firstLook }) else {
            (network, parameters, new) = (trained.logits, trained.initialParameters(seed: recipe.seed), [])
            return
        }
        // A model of this project is stored without batch normalisation, and goes on without.
        let isStored = !file.tensors.keys.contains { $0.hasSuffix(".running_mean") }
        let network = isStored ? try recipe.architecture.stored(channels: recipe.input.channels) : trained
        let fits = network.parameterSpecifications.allSatisfy { file.tensors[$0.name]?.shape == $0.shape }
        self.network = network.logits
        if fits, recipe.start.renewed.isEmpty {
            (parameters, new) = (try Parameters(weights: file, for: network), [])
        } else {
            let imported = try ImportedParameters(file, for: network, renewing: recipe.start.renewed, seed: recipe.seed)
            (parameters, new) = (imported.parameters, imported.new)
            guard new.isEmpty || recipe.start.kept == 0 else { throw TrainingRunError.keptAnew(network: network.name, layers: new) }
        }
    }

    func settings(_ recipe: Recipe, threads: Int) -> TrainingSettings {
        let plan = recipe.training
        var multipliers = plan.rateMultipliers.mapValues { Float($0) }
        for name in new where multipliers[name] == nil { multipliers[name] = Float(plan.newLayers) }
        let optimiser: Optimiser =
            switch plan.optimiser {
            case .sgd: .sgd(momentum: Float(plan.momentum), weightDecay: Float(plan.weightDecay))
            case .adamw: .adamW(weightDecay: Float(plan.weightDecay))
            }
        return TrainingSettings(
            optimiser: optimiser, loss: CrossEntropy(labelSmoothing: Float(plan.labelSmoothing)), rateMultipliers: multipliers,
            frozen: plan.frozen, decaysAll: false, seed: recipe.seed, threads: threads)
    }
}
