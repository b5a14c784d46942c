/// Weights trained elsewhere, usually on ImageNet's 1000 classes of colour photographs, fitted to a network of this project.
public struct ImportedParameters: Sendable {
    public let parameters: Parameters
    /// Weights of the first layer, put together from the file's input channels. For one channel they are summed: the answer to a grey picture in
    /// all of them. For the two of a phase, cosine and sine, they are the answer to a cyclic picture: red, green and blue a third of a cycle apart.
    public let folded: [String]
    /// Parameters that begin anew: the last layer's, and those that were asked for.
    public let new: [String]
    /// Tensors of the file that the network has no use for: counters, and InceptionV3's auxiliary classifier.
    public let ignored: [String]

    /// Takes a safetensors file with torchvision's names.
    /// - Parameters:
    ///   - renewing: prefixes of more parameters that begin anew, such as "classifier.".
    ///   - seed: for what begins anew.
    /// - Throws: `WeightFileError` where a tensor is missing, unknown, of a shape that does not fit, or not finite.
    public init(_ file: WeightFile, for network: Network, renewing: [String] = [], seed: UInt64) throws(WeightFileError) {
        let leaves = network.layers.flatMap(\.leaves)
        let first = leaves.lazy.compactMap(\.asConvolution).first
        let last = leaves.reversed().lazy.compactMap(\.asDense).first
        let fresh = network.initialParameters(seed: seed)
        var (taken, folded, new): ([String: Tensor], [String], [String]) = ([:], [], [])
        for specification in network.parameterSpecifications {
            let name = specification.name
            if last.map({ name.hasPrefix("\($0.name).") }) == true || renewing.contains(where: name.hasPrefix) {
                new.append(name)
            } else if let first, name == "\(first.name).weight", let sum = try Self.folded(file, name, to: first) {
                taken[name] = sum
                folded.append(name)
            } else {
                taken[name] = try file.checked(specification)
            }
        }
        let ignored = file.tensors.keys.filter { $0.hasSuffix(".num_batches_tracked") || $0.hasPrefix("AuxLogits.") }
        try file.requireOnly(network.parameterSpecifications.map(\.name) + ignored)
        parameters = fresh.replacing(taken)
        (self.folded, self.new, self.ignored) = (folded, new, ignored.sorted())
    }

    /// The first layer's weights for one input channel, or for two where the file has three; nil where the file has as many channels as the network.
    private static func folded(_ file: WeightFile, _ name: String, to layer: Convolution) throws(WeightFileError) -> Tensor? {
        guard let found = file.tensors[name], found.shape.rank == 4, let shares = shares(of: found.shape[1], for: layer.inputChannels) else {
            return nil
        }
        let shape = layer.weightShape
        let expected: Shape = [shape[0], found.shape[1], shape[2], shape[3]]
        let specification = ParameterSpecification(name: name, shape: expected, role: .weight, initialiser: .constant(0))
        let values = try file.checked(specification).values
        let (channels, pixels) = (expected[1], expected[2] * expected[3])
        return Tensor(
            shape: shape,
            values: (0..<shape.count).map { index in
                let (output, input, pixel) = (index / pixels / shape[1], index / pixels % shape[1], index % pixels)
                return (0..<channels).reduce(Float(0)) { $0 + shares[input][$1] * values[(output * channels + $1) * pixels + pixel] }
            })
    }

    /// For each input channel of the network, how much of each of the file's is in it.
    private static func shares(of found: Int, for wanted: Int) -> [[Float]]? {
        switch (found, wanted) {
        case (2..., 1): [Array(repeating: 1, count: found)]
        case (3, 2): [[1, -0.5, -0.5], [0, Float(0.75).squareRoot(), -Float(0.75).squareRoot()]]
        default: nil
        }
    }
}

extension Layer {
    /// The convolution that this leaf is; nil for another layer.
    var asConvolution: Convolution? { if case .convolution(let layer) = self { layer } else { nil } }
    var asDense: Dense? { if case .dense(let layer) = self { layer } else { nil } }
    var asBatchNormalisation: BatchNormalisation? { if case .batchNormalisation(let layer) = self { layer } else { nil } }
}
