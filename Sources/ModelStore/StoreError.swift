public import Detection

/// Why the model store cannot do something. What was in force stays in force.
public enum StoreError: Error, Sendable, CustomStringConvertible {
    case alreadyInForce(ModelReference)
    case nothingBefore(ModelReference)
    case unknown(String, known: [String])
    case ambiguous(String, candidates: [String])
    case notStorable(name: String)
    case otherCard(ModelReference)
    case unusable(ModelReference, ModelError)
    case notAModel(path: String, ModelError)
    case otherModel(ModelReference, found: String)
    case unreadableHistory(path: String, reason: String)
    case busy(path: String)
    case io(path: String, reason: String)

    public var description: String {
        switch self {
        case .alreadyInForce(let model): "\(model) is in force already: nothing was changed"
        case .nothingBefore(let model): "\(model) is in force and no model was before it: nothing to roll back to"
        case .unknown(let text, let known):
            "there is no model \(text) in the store; it has \(known.joined(separator: ", ")), and takes the path of a .safetensors file"
        case .ambiguous(let text, let candidates): "\(text) may be \(candidates.joined(separator: " or ")): give the name with its checksum"
        case .notStorable(let name):
            "the model's card names it '\(name)': use 1 to 80 letters, digits, points, hyphens and underscores, and not 'shipped'"
        case .otherCard(let model):
            "\(model) has the same weights already, with a card by which they say something else: give the new card another name, "
                + "or nobody could tell whose scores are whose"
        case .unusable(let model, let error): "\(model) cannot be used: \(error)"
        case .notAModel(let path, let error): "\(path) is not taken into the store: \(error)"
        case .otherModel(let model, let found): "the file of \(model) holds another model, \(found): install it again"
        case .unreadableHistory(let path, let reason):
            "\(path), which says what model is in force, cannot be read: \(reason). Mend it, or remove it to go back to the shipped model"
        case .busy(let path): "another command is changing the model store (\(path) is locked): try again"
        case .io(let path, let reason): "\(path): \(reason)"
        }
    }
}
