extension Network {
    /// The same network for inference: each batch normalisation right after a convolution or dense layer becomes part of its weights.
    ///
    /// Outputs differ by rounding only. A normalisation that follows anything else stays.
    /// - Throws: `WeightFileError` where the parameters are not those of the network.
    public func folded(_ parameters: Parameters) throws(WeightFileError) -> (network: Network, parameters: Parameters) {
        var fold = Folding(tensors: try Parameters(weights: parameters.weightFile(name: name), for: self))
        let network = replacing(layers: fold.layers(layers))
        let specifications = network.parameterSpecifications
        let file = WeightFile(name: name, tensors: fold.tensors.filter { name, _ in specifications.contains { $0.name == name } })
        return (network, try Parameters(weights: file, for: network))
    }
}

/// The walk through the tree, with the weights as they change on the way.
private struct Folding {
    var tensors: [String: Tensor]

    init(tensors parameters: Parameters) {
        tensors = parameters.weightFile(name: "").tensors
    }

    mutating func layers(_ layers: [Layer]) -> [Layer] {
        var result: [Layer] = []
        for layer in layers {
            if case .batchNormalisation(let normalisation) = layer, let before = result.last, let joined = join(before, normalisation) {
                result[result.count - 1] = joined
            } else {
                result.append(inside(layer))
            }
        }
        return result
    }

    private mutating func inside(_ layer: Layer) -> Layer {
        switch layer {
        case .sequence(let inner): .sequence(layers(inner))
        case .residual(let residual): .residual(Residual(body: layers(residual.body), shortcut: layers(residual.shortcut)))
        case .branches(let branches): .branches(branches.map { layers($0) })
        default: layer
        }
    }

    private mutating func join(_ layer: Layer, _ normalisation: BatchNormalisation) -> Layer? {
        switch layer {
        case .convolution(let convolution):
            scale(convolution.name, by: normalisation)
            return .convolution(convolution.biased)
        case .dense(let dense):
            scale(dense.name, by: normalisation)
            return layer
        default: return nil
        }
    }

    /// weight = weight * scale / deviation; bias = (bias - mean) * scale / deviation + shift.
    private mutating func scale(_ name: String, by normalisation: BatchNormalisation) {
        func values(_ name: String, _ part: String) -> [Float]? { tensors["\(name).\(part)"]?.values }
        // The parameters were checked against the network, whose normalisations have all four.
        guard var weights = tensors["\(name).weight"], let scales = values(normalisation.name, "weight"),
            let shifts = values(normalisation.name, "bias"), let means = values(normalisation.name, "running_mean"),
            let variances = values(normalisation.name, "running_var")
        else { return }
        var bias = values(name, "bias") ?? Array(repeating: 0, count: scales.count)
        let inner = weights.values.count / scales.count
        for channel in scales.indices {
            let factor = scales[channel] / (variances[channel] + normalisation.epsilon).squareRoot()
            for i in channel * inner..<(channel + 1) * inner { weights.values[i] *= factor }
            bias[channel] = (bias[channel] - means[channel]) * factor + shifts[channel]
        }
        tensors["\(name).weight"] = weights
        tensors["\(name).bias"] = Tensor(shape: [bias.count], values: bias)
    }
}

extension Convolution {
    /// The same with a bias.
    fileprivate var biased: Convolution {
        Convolution(
            name, from: inputChannels, to: outputChannels, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
            groups: groups, bias: true)
    }
}
