import Detection
import Domain
import NeuralNetwork

/// A model that becomes part of another one, to look at what that finds doubtful.
struct SecondLook {
    let weights: WeightFile
    let card: ModelCard.SecondLook

    /// Nil where the recipe names none.
    /// - Throws: `ModelError`, `WeightFileError`; `TrainingRunError` where it takes another input.
    init?(_ recipe: Recipe) throws {
        guard let location = recipe.secondLook.model else { return nil }
        let model = try CNNModel.load(weights: location)
        guard model.card.input.encoding == recipe.input else {
            throw TrainingRunError.otherInput(
                model: model.card.name, its: model.card.input.encoding.rawValue, network: recipe.input.rawValue)
        }
        weights = try WeightFile(contentsOf: location).firstLook
        card = ModelCard.SecondLook(architecture: model.card.architecture, model: model.id.description, from: recipe.secondLook.from)
    }
}
