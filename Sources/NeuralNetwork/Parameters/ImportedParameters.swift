/// Weights trained elsewhere, usually on ImageNet's 1000 classes of colour photographs, fitted to a network of this project.
public struct ImportedParameters: Sendable {
    public let parameters: Parameters
    /// Weights of the first layer, put together from the file's. For one channel those of all are summed: the answer to a grey picture in
    /// all of them. For the two of a phase, cosine and sine, they are the answer to a cyclic picture: red, green and blue a third of a cycle apart.
    /// For a kernel so many times as wide, they are the answer to a picture of means.
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

    /// The first layer's weights for one input channel, or for two where the file has three, and for kernels so many times as wide; nil where both are the
    /// network's.
    private static func folded(_ file: WeightFile, _ name: String, to layer: Convolution) throws(WeightFileError) -> Tensor? {
        let shape = layer.weightShape
        guard let found = file.tensors[name]?.shape, found.rank == 4, found != shape, let shares = shares(of: found[1], for: shape[1]) else {
            return nil
        }
        let looks = looks(of: Extent(found[2], found[3]), for: layer.kernel)
        let expected: Shape = [shape[0], found[1], shape[2] / looks, shape[3] / looks]
        let specification = ParameterSpecification(name: name, shape: expected, role: .weight, initialiser: .constant(0))
        let values = try file.checked(specification).values
        let (channels, height, width) = (expected[1], expected[2], expected[3])
        return Tensor(
            shape: shape,
            values: (0..<shape.count).map { index in
                let (rest, x) = index.quotientAndRemainder(dividingBy: shape[3])
                let (map, y) = rest.quotientAndRemainder(dividingBy: shape[2])
                let (output, input) = map.quotientAndRemainder(dividingBy: shape[1])
                return (0..<channels).reduce(Float(0)) {
                    $0 + shares[input][$1] * values[((output * channels + $1) * height + y / looks) * width + x / looks]
                } / Float(looks * looks)
            })
    }

    /// How many times as wide and high as the file's the network's kernel is, so that it can see means of so many pixels; 1 where it is not.
    private static func looks(of found: Extent, for wanted: Extent) -> Int {
        let looks = wanted.width / max(1, found.width)
        return looks > 0 && wanted == Extent(looks * found.height, looks * found.width) ? looks : 1
    }

    /// For each input channel of the network, how much of each of the file's is in it.
    private static func shares(of found: Int, for wanted: Int) -> [[Float]]? {
        switch (found, wanted) {
        case (wanted, _): (0..<wanted).map { channel in (0..<wanted).map { $0 == channel ? 1 : 0 } }
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
