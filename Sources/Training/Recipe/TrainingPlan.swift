#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How steps are made.
public struct TrainingPlan: Hashable, Sendable {
    public enum OptimiserKind: String, CaseIterable, Sendable { case sgd, adamw }
    public enum Schedule: String, CaseIterable, Sendable { case constant, step, cosine }

    public var batch = 100
    public var epochs = 50
    /// Patches shown in an epoch; nil: as many as there are.
    public var patchesPerEpoch: Int?
    public var optimiser = OptimiserKind.sgd
    public var momentum = 0.9
    public var weightDecay = 0.0005
    public var learningRate = 0.01
    public var schedule = Schedule.cosine
    /// The share of all steps in which the rate rises from 0.
    public var warmUp = 0.02
    /// What is left of the rate at the end of a cosine.
    public var finalShare = 0.01
    /// Epochs between the falls of a step schedule, and what each leaves.
    public var stepEpochs = 15
    public var stepFactor = 0.1
    /// Multiplies the learning rate of the last layer and of others that begin anew, where the start is given.
    public var newLayers = 10.0
    /// More multipliers, by prefix of the parameters' names.
    public var rateMultipliers: [String: Double] = [:]
    /// Prefixes of the parameters that stay as they are.
    public var frozen: [String] = []
    public var labelSmoothing = 0.0
    /// Weights kept as a running mean over the steps, each counting this much less per step back: 0 is none, 0.999 the last thousand or so.
    public var averaging = 0.0
    /// The share of the steps whose patches are shown with what is round them, as a scan sees them; the others show patches alone.
    public var surroundings = 0.0
    /// Epochs without a better validation AUC after which training ends; 0: never.
    public var patience = 0

    public init() {}

    /// Whether a step shows its patches with what is round them: spread evenly.
    /// - Parameter step: from 0.
    func showsSurroundings(step: Int) -> Bool { (Double(step + 1) * surroundings).rounded(.down) > (Double(step) * surroundings).rounded(.down) }

    /// The learning rate of a step.
    /// - Parameters:
    ///   - step: from 0.
    ///   - steps: of the whole training.
    public func rate(step: Int, of steps: Int, perEpoch: Int) -> Double {
        let warming = (warmUp * Double(steps)).rounded()
        if Double(step) < warming { return learningRate * Double(step + 1) / warming }
        switch schedule {
        case .constant: return learningRate
        case .step: return learningRate * pow(stepFactor, Double(step / perEpoch / max(1, stepEpochs)))
        case .cosine:
            let share = (Double(step) - warming) / max(1, Double(steps) - warming - 1)
            return learningRate * (finalShare + (1 - finalShare) * (1 + cos(.pi * min(1, share))) / 2)
        }
    }
}
