/// A fully connected layer: output = weights * input + bias.
///
/// Weights: NAME.weight (output features, input features), NAME.bias (output features).
public struct Dense: Hashable, Sendable {
    public let name: String
    public let inputFeatures: Int
    public let outputFeatures: Int
    /// Nothing follows but softmax: its first weights are smaller than those of a layer before a ReLU.
    public let isLast: Bool

    public init(_ name: String, from inputFeatures: Int, to outputFeatures: Int, isLast: Bool = false) {
        precondition(inputFeatures > 0 && outputFeatures > 0, "a dense layer has features")
        self.name = name
        self.inputFeatures = inputFeatures
        self.outputFeatures = outputFeatures
        self.isLast = isLast
    }

    public var weightShape: Shape { [outputFeatures, inputFeatures] }
}
