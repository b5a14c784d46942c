public import NeuralNetwork

/// Why a model cannot be used. All of them are permanent: files must be replaced; a model already loaded stays in use.
public enum ModelError: Error, Sendable, CustomStringConvertible {
    case noCard(weights: String, expected: String)
    case unreadableCard(path: String, reason: String)
    case unreadableWeights(path: String, reason: String)
    case wrongChecksum(weights: String, card: String, found: String)
    case unknownArchitecture(String, known: [String])
    case unsupportedInput(model: String, reason: String)
    case weights(WeightFileError)
    case shape(ShapeError)

    public var description: String {
        switch self {
        case .noCard(let weights, let expected):
            "\(weights) has no model card: put it at \(expected); without its checksum and preprocessing the weights cannot be trusted"
        case .unreadableCard(let path, let reason): "the model card \(path) cannot be read: \(reason)"
        case .unreadableWeights(let path, let reason): "the weights \(path) cannot be read: \(reason)"
        case .wrongChecksum(let weights, let card, let found):
            "\(weights) is not the file its card describes: SHA-256 \(found), the card says \(card); copy both again"
        case .unknownArchitecture(let name, let known):
            "the architecture \(name) is not known; this version knows \(known.joined(separator: ", "))"
        case .unsupportedInput(let model, let reason): "the model \(model) cannot be fed: \(reason)"
        case .weights(let error): String(describing: error)
        case .shape(let error): String(describing: error)
        }
    }
}
