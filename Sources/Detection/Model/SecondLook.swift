public import NeuralNetwork

extension ModelCard {
    /// A network beside the model's own that looks at what is doubtful; its weights lie in the same file.
    public struct SecondLook: Codable, Hashable, Sendable {
        /// Which network the weights belong to; `Architecture` lists those there are.
        public let architecture: String
        /// The model it was: NAME@checksum.
        public let model: String
        /// A patch to which the model's own network gives a lower probability, 0 to 1, in the mean of its views is not shown to it.
        public let from: Double

        public init(architecture: String, model: String, from: Double) {
            self.architecture = architecture
            self.model = model
            self.from = from
        }
    }
}

extension WeightFile {
    private static let secondLook = "second_look."

    /// The model's own network, without the one that looks at what is doubtful.
    public var firstLook: WeightFile {
        WeightFile(name: name, tensors: tensors.filter { !$0.key.hasPrefix(Self.secondLook) }, metadata: metadata)
    }

    /// The network that looks at what is doubtful, by its own names; without tensors where there is none.
    public var secondLook: WeightFile {
        let own = tensors.filter { $0.key.hasPrefix(Self.secondLook) }.map { (String($0.key.dropFirst(Self.secondLook.count)), $0.value) }
        return WeightFile(name: name, tensors: Dictionary(uniqueKeysWithValues: own))
    }

    /// The same with another network that looks at what is doubtful.
    public func with(secondLook other: WeightFile) -> WeightFile {
        let others = other.tensors.map { (Self.secondLook + $0.key, $0.value) }
        return WeightFile(name: name, tensors: firstLook.tensors.merging(others) { _, new in new }, metadata: metadata)
    }
}
