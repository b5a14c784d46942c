/// A network's leaves as operations in the order they run, with the signals between them.
struct OperationList {
    private(set) var operations: [any Operation] = []
    let input: Signal
    private(set) var output: Signal
    /// What the top-level layers give, in their order.
    private(set) var outputsOfLayers: [Signal] = []

    private let capacity: Int
    private let store: ParameterStore
    /// Whether operations may overwrite what nobody else reads.
    private let worksInPlace: Bool

    init(_ network: Network, _ store: ParameterStore, capacity: Int, worksInPlace: Bool = true, inputNeedsGradient: Bool = false)
        throws(ShapeError)
    {
        self.capacity = capacity
        self.store = store
        self.worksInPlace = worksInPlace
        input = Signal(shape: network.input, needsGradient: inputNeedsGradient)
        output = input
        var flow = Flow(signal: input, isOwned: false)
        for layer in network.layers {
            flow = try append(layer, flow)
            outputsOfLayers.append(flow.signal)
        }
        output = flow.signal
    }

    /// A signal on its way.
    private struct Flow {
        let signal: Signal
        /// Nobody but the next operation reads these values, neither forward nor backward: it may overwrite them.
        let isOwned: Bool
    }

    private mutating func append(_ layers: [Layer], _ flow: Flow) throws(ShapeError) -> Flow {
        var flow = flow
        for layer in layers { flow = try append(layer, flow) }
        return flow
    }

    private mutating func append(_ layer: Layer, _ flow: Flow) throws(ShapeError) -> Flow {
        switch layer {
        case .sequence(let layers): return try append(layers, flow)
        case .residual(let residual): return try append(residual, flow.signal)
        case .branches(let branches):
            var parts: [Signal] = []
            for branch in branches { parts.append(try append(branch, Flow(signal: flow.signal, isOwned: false)).signal) }
            let output = Signal(
                shape: try layer.outputShape(for: flow.signal.shape), needsGradient: parts.contains(where: \.needsGradient))
            operations.append(ConcatenationOperation(inputs: parts, output: output))
            return Flow(signal: output, isOwned: true)
        case .flatten: return Flow(signal: Signal(flow.signal, as: [flow.signal.count]), isOwned: flow.isOwned)
        default:
            let operation = try leaf(layer, flow)
            operations.append(operation)
            // These two need their own output on the way back.
            return Flow(signal: operation.output, isOwned: layer != .relu && layer != .softmax)
        }
    }

    private mutating func append(_ residual: Residual, _ input: Signal) throws(ShapeError) -> Flow {
        let end = try append(residual.body, Flow(signal: input, isOwned: false))
        let body = end.signal
        let shortcut = try append(residual.shortcut, Flow(signal: input, isOwned: false)).signal
        let needsGradient = body.needsGradient || shortcut.needsGradient
        let isInPlace = worksInPlace && end.isOwned && body.needsGradient == needsGradient
        let output = isInPlace ? body : Signal(shape: body.shape, needsGradient: needsGradient)
        operations.append(SumOperation(body: body, shortcut: shortcut, output: output))
        return Flow(signal: output, isOwned: true)
    }

    private func leaf(_ layer: Layer, _ flow: Flow) throws(ShapeError) -> any Operation {
        let input = flow.signal
        let shape = try layer.outputShape(for: input.shape)
        func output(trained: Bool = false) -> Signal { Signal(shape: shape, needsGradient: input.needsGradient || trained) }
        func inPlace() -> Signal { worksInPlace && flow.isOwned ? input : output() }
        switch layer {
        case .convolution(let layer):
            let (weights, bias) = (store[layer.name, "weight"], layer.hasBias ? store[layer.name, "bias"] : nil)
            let trained = weights.isTrained || bias?.isTrained == true
            let output = output(trained: trained)
            guard WinogradOperation.suits(layer) else {
                return ConvolutionOperation(layer, input: input, output: output, weights: weights, bias: bias)
            }
            return WinogradOperation(layer, input: input, output: output, weights: weights, bias: bias)
        case .dense(let layer):
            let (weights, bias) = (store[layer.name, "weight"], store[layer.name, "bias"])
            return DenseOperation(
                input: input, output: output(trained: weights.isTrained || bias.isTrained), weights: weights, bias: bias)
        case .batchNormalisation(let layer):
            let parameters = NormalisationParameters(
                scale: store[layer.name, "weight"], shift: store[layer.name, "bias"], mean: store[layer.name, "running_mean"],
                variance: store[layer.name, "running_var"])
            let trained = parameters.scale.isTrained || parameters.shift.isTrained
            return BatchNormalisationOperation(layer, input: input, output: output(trained: trained), parameters: parameters)
        case .localResponseNormalisation(let layer): return LocalResponseOperation(layer, input: input, output: output())
        case .relu: return ReLUOperation(input: input, output: inPlace())
        case .dropout(let layer): return DropoutOperation(layer, input: input, output: inPlace())
        case .maxPool(let pool): return MaxPoolOperation(pool.window, input: input, output: output(), capacity: capacity)
        case .averagePool(let pool): return AveragePoolOperation(pool, input: input, output: output())
        case .adaptiveAveragePool(let extent): return AveragePoolOperation(adaptingTo: extent, input: input, output: output())
        case .meanMaxPool: return MeanMaxOperation(input: input, output: output(), capacity: capacity)
        case .middle(let extent): return MiddleOperation(extent, input: input, output: output())
        case .softmax: return SoftmaxOperation(input: input, output: output())
        case .flatten, .sequence, .residual, .branches:
            preconditionFailure("\(layer.name) is not an operation of its own")
        }
    }
}
