import Detection
import Domain
import FoundationEssentials
import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Models whose judgement a network learns besides the labels (Hinton et al. 2015). Together they err less than each of them, and one network
/// can learn what they say together.
struct Teachers: Sendable {
    let models: [CNNModel]
    let share: Double

    /// Nil where the recipe names none.
    /// - Throws: `ModelError`; `TrainingRunError` where a teacher takes another input.
    init?(_ recipe: Recipe) throws {
        guard !recipe.teachers.models.isEmpty else { return nil }
        models = try recipe.teachers.models.map(CNNModel.load)
        share = recipe.teachers.share
        for card in models.map(\.card) where card.input.encoding != recipe.input {
            throw TrainingRunError.otherInput(teacher: card.name, its: card.input.encoding.rawValue, network: recipe.input.rawValue)
        }
    }

    /// NAME@checksum of each.
    var names: [String] { models.map(\.id.description) }

    /// What is to be learnt of each item: its label, and the teachers' probability, which is that of their mean log-odds.
    /// - Returns: (batch, 2), background first.
    func targets(_ batch: Batch, threads: Int) throws -> [Float] {
        let opinions = try models.map { try $0.logOdds(of: batch.tensor, threads: threads) }
        return batch.labels.enumerated().flatMap { item, label in
            let logOdds = opinions.reduce(0) { $0 + Double($1[item]) } / Double(opinions.count)
            let deformation = share / (1 + exp(-logOdds)) + (1 - share) * Double(label)
            return [Float(1 - deformation), Float(deformation)]
        }
    }
}
