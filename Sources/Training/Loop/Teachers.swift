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
    /// See `Recipe.TeachersPlan`.
    let doubled: Double
    private let encoding: InputEncoding

    /// Nil where the recipe names none.
    /// - Throws: `ModelError`; `TrainingRunError` where a teacher takes another input.
    init?(_ recipe: Recipe) throws {
        guard !recipe.teachers.models.isEmpty else { return nil }
        models = try recipe.teachers.models.map(CNNModel.load)
        (share, doubled, encoding) = (recipe.teachers.share, recipe.teachers.doubled, recipe.input)
        for card in models.map(\.card) where card.input.encoding != recipe.input {
            throw TrainingRunError.otherInput(model: card.name, its: card.input.encoding.rawValue, network: recipe.input.rawValue)
        }
    }

    /// NAME@checksum of each.
    var names: [String] { models.map(\.id.description) }

    /// What is to be learnt of each item: its label, and the teachers' probability, which is that of their mean log-odds.
    /// - Returns: (batch, 2), background first.
    func targets(_ batch: Batch, threads: Int) throws -> [Float] {
        let opinions = try logOdds(of: batch.tensor, threads: threads)
        let others = doubled > 0 ? try logOdds(of: encoding.doubled(batch.tensor), threads: threads) : opinions
        return batch.labels.enumerated().flatMap { item, label in
            let logOdds = (opinions[item] + doubled * others[item]) / (1 + doubled)
            let deformation = share / (1 + exp(-logOdds)) + (1 - share) * Double(label)
            return [Float(1 - deformation), Float(deformation)]
        }
    }

    /// The models' mean, item by item.
    private func logOdds(of batch: Tensor, threads: Int) throws -> [Double] {
        let opinions = try models.map { try $0.logOdds(of: batch, threads: threads) }
        return (0..<batch.shape[0]).map { item in opinions.reduce(0) { $0 + Double($1[item]) } / Double(opinions.count) }
    }
}
