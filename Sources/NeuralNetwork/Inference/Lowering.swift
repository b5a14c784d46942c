import CNNKernels

/// Takes a network apart: normalisations go into the weights before them, ReLUs and additions into the step before them, branches
/// write side by side.
struct Lowering {
    var draft = InferenceDraft()
    private let parameters: Parameters
    /// Maps that somebody else reads too: nothing may be done to them in the step that makes them.
    private var shared: Set<Int> = []

    /// A map on its way, with the shape the layers think it has: (channels, height, width), or (features) after a flattening.
    struct Flow {
        var map: Int
        var shape: Shape
    }

    /// - Precondition: the parameters are the network's.
    static func draft(_ network: Network, _ parameters: Parameters) throws(ShapeError) -> InferenceDraft {
        var lowering = Lowering(parameters: parameters)
        try lowering.lower(network)
        return lowering.draft
    }

    private init(parameters: Parameters) { self.parameters = parameters }

    private mutating func lower(_ network: Network) throws(ShapeError) {
        var layers = network.logits.layers[...]
        let (channels, height, width) = network.input.asMap
        var flow: Flow
        if case .convolution(let first)? = layers.first, let folded = foldedStride(first, channels, height, width) {
            flow = folded
            layers = layers.dropFirst()
        } else {
            // Kernels for few channels read them without filling.
            flow = Flow(map: newMap(height, width, ChannelLayout(count: channels, compact: readsCompact(layers.first))), shape: network.input)
            draft.steps.append(.load(output: flow.map, block: 1, shift: 0))
        }
        let lastDense = layers.lastIndex { if case .dense = $0 { true } else { false } }
        for index in layers.indices {
            if index == lastDense { draft.features = (flow.map, flow.shape, draft.steps.count) }
            flow = try lower(layers[index], flow)
        }
        draft.output = flow.map
    }

    func weights(_ name: String) -> [Float] {
        guard let tensor = parameters[name] else { preconditionFailure("the parameters have been checked: \(name)") }
        return tensor.values
    }

    mutating func newMap(_ height: Int, _ width: Int, _ layout: ChannelLayout) -> Int {
        draft.maps.append(MapDraft(height: height, width: width, layout: layout))
        return draft.maps.count - 1
    }

    /// A map of the same extent for a step's output.
    private mutating func likeMap(_ map: Int) -> Int {
        newMap(draft.maps[map].height, draft.maps[map].width, draft.maps[map].layout)
    }

    mutating func lower(_ layers: [Layer], _ flow: Flow) throws(ShapeError) -> Flow {
        var flow = flow
        for layer in layers { flow = try lower(layer, flow) }
        return flow
    }

    private mutating func lower(_ layer: Layer, _ flow: Flow) throws(ShapeError) -> Flow {
        let shape = try layer.outputShape(for: flow.shape)
        switch layer {
        case .sequence(let layers): return try lower(layers, flow)
        case .residual(let residual):
            // A flattened map still lies pixel by pixel: it cannot be added to a row of features.
            guard shape.rank == 3 else { return appendReference(layer, flow, shape) }
            return try lower(residual, flow)
        case .branches(let branches): return try lower(branches, layer, flow, shape)
        case .dropout: return flow
        case .flatten: return Flow(map: flow.map, shape: shape)
        case .convolution(let convolution):
            guard let map = append(convolution, flow, shape) else { return appendReference(layer, flow, shape) }
            return Flow(map: map, shape: shape)
        case .dense(let dense): return Flow(map: append(dense, flow), shape: shape)
        case .batchNormalisation(let normalisation) where flow.shape.rank == 3:
            return Flow(map: append(normalisation, flow.map), shape: shape)
        case .relu: return Flow(map: appendReLU(flow.map), shape: shape)
        case .maxPool(let pool): return Flow(map: append(pool.window, isMaximum: true, countsPadding: false, flow.map, shape), shape: shape)
        case .averagePool(let pool) where !pool.window.roundsUp:
            return Flow(map: append(pool.window, isMaximum: false, countsPadding: pool.countsPadding, flow.map, shape), shape: shape)
        case .adaptiveAveragePool(let extent): return appendAdaptive(layer, extent, flow, shape)
        case .meanMaxPool: return Flow(map: appendWhole(flow.map, mean: true, maximum: true), shape: shape)
        case .batchNormalisation, .averagePool, .localResponseNormalisation, .middle, .softmax: return appendReference(layer, flow, shape)
        }
    }

    // MARK: Layers that hold others

    private mutating func lower(_ residual: Residual, _ flow: Flow) throws(ShapeError) -> Flow {
        shared.insert(flow.map)
        let shortcut = try lower(residual.shortcut, flow)
        shared.insert(shortcut.map)
        let body = try lower(residual.body, flow)
        let layouts = [draft.maps[body.map].layout, draft.maps[shortcut.map].layout]
        precondition(layouts[0].count == layouts[1].count, "the network's initialiser has checked the shapes")
        if layouts[0] == layouts[1], let step = onlyProducer(of: body.map), case .convolution(var convolution) = draft.steps[step],
            convolution.addend == nil, !convolution.relu, !convolution.isDepthwise
        {
            convolution.addend = shortcut.map
            draft.steps[step] = .convolution(convolution)
            return body
        }
        let (left, right) = (plain(body.map), plain(shortcut.map))
        let output = likeMap(left)
        draft.steps.append(.sum(left, right, output: output, relu: false))
        return Flow(map: output, shape: body.shape)
    }

    private mutating func lower(_ branches: [[Layer]], _ layer: Layer, _ flow: Flow, _ shape: Shape) throws(ShapeError) -> Flow {
        guard shape.rank == 3, !branches.isEmpty else { return appendReference(layer, flow, shape) }
        shared.insert(flow.map)
        var parts: [Int] = []
        for branch in branches {
            var part = try lower(branch, flow).map
            // A branch that only hands on what others read is copied.
            if shared.contains(part) || draft.maps[part].parent != nil { part = copy(part) }
            parts.append(part)
            shared.insert(part)
        }
        let layouts = parts.map { draft.maps[$0].layout }
        let output = newMap(draft.maps[parts[0]].height, draft.maps[parts[0]].width, ChannelLayout(joining: layouts))
        var place = 0
        for (part, layout) in zip(parts, layouts) {
            draft.maps[part].parent = (output, place)
            place += layout.places
        }
        return Flow(map: output, shape: shape)
    }

    // MARK: Leaves without weights

    /// The step that makes a map, if it is the only one and nobody else reads the map.
    private func onlyProducer(of map: Int) -> Int? {
        let producers = producers(of: map)
        return producers.count == 1 && !shared.contains(map) ? producers[0] : nil
    }

    func producers(of map: Int) -> [Int] { draft.steps.indices.filter { draft.steps[$0].output == map } }

    private mutating func appendReLU(_ map: Int) -> Int {
        let producers = shared.contains(map) ? [] : producers(of: map)
        var fused = producers.map { draft.steps[$0] }
        for index in fused.indices {
            switch fused[index] {
            case .convolution(var convolution):
                convolution.relu = true
                fused[index] = .convolution(convolution)
            case .sum(let a, let b, let output, _): fused[index] = .sum(a, b, output: output, relu: true)
            case .scale(let input, let output, let scale, let shift, _):
                fused[index] = .scale(input: input, output: output, scale: scale, shift: shift, relu: true)
            default: return copy(map, relu: true)
            }
        }
        if fused.isEmpty { return copy(map, relu: true) }
        for (producer, step) in zip(producers, fused) { draft.steps[producer] = step }
        return map
    }

    private mutating func copy(_ map: Int, relu: Bool = false) -> Int {
        let output = likeMap(map)
        let places = draft.maps[map].layout.places
        draft.steps.append(
            .scale(
                input: map, output: output, scale: Array(repeating: 1, count: places), shift: Array(repeating: 0, count: places), relu: relu))
        return output
    }

    /// The same map with its channels in their order: a product with ones.
    private mutating func plain(_ map: Int) -> Int {
        let source = draft.maps[map]
        let count = source.layout.count
        if source.layout == ChannelLayout(count: count) { return map }
        var ones = [Float](repeating: 0, count: count * count)
        for channel in 0..<count { ones[channel * count + channel] = 1 }
        let output = newMap(source.height, source.width, ChannelLayout(count: count))
        draft.steps.append(
            .convolution(
                ConvolutionDraft(
                    input: map, output: output, channels: source.layout.channels, weights: ones, bias: Array(repeating: 0, count: count),
                    inputs: count, kernel: 1)))
        return output
    }

    private mutating func append(_ normalisation: BatchNormalisation, _ map: Int) -> Int {
        let (scale, shift) = normalisation.scaleAndShift(weights)
        let producers = shared.contains(map) ? [] : producers(of: map)
        let convolutions = producers.compactMap { index -> ConvolutionDraft? in
            guard case .convolution(let convolution) = draft.steps[index], !convolution.relu, convolution.addend == nil else { return nil }
            return convolution
        }
        if !producers.isEmpty, convolutions.count == producers.count {
            for (index, var convolution) in zip(producers, convolutions) {
                let part = convolution.outputPlace..<convolution.outputPlace + convolution.outputs
                convolution.fold(scale: scale[part], shift: shift[part])
                draft.steps[index] = .convolution(convolution)
            }
            return map
        }
        let output = likeMap(map)
        let channels = draft.maps[map].layout.channels
        draft.steps.append(
            .scale(
                input: map, output: output, scale: channels.map { $0 < 0 ? 0 : scale[Int($0)] },
                shift: channels.map { $0 < 0 ? 0 : shift[Int($0)] }, relu: false))
        return output
    }

    private mutating func append(_ window: PoolingWindow, isMaximum: Bool, countsPadding: Bool, _ map: Int, _ shape: Shape) -> Int {
        let input = expanded(map)
        let output = newMap(shape[1], shape[2], draft.maps[input].layout)
        let window = cnn_window(
            height: Int32(window.size.height), width: Int32(window.size.width), row_stride: Int32(window.stride.height),
            column_stride: Int32(window.stride.width), row_padding: Int32(window.padding.height),
            column_padding: Int32(window.padding.width), count_padding: countsPadding ? 1 : 0)
        draft.steps.append(.pool(PoolDraft(isMaximum: isMaximum, window: window, input: input, output: output)))
        return output
    }

    private mutating func appendWhole(_ map: Int, mean: Bool, maximum: Bool) -> Int {
        let input = expanded(map)
        let layout = draft.maps[input].layout
        let output = newMap(1, 1, mean && maximum ? ChannelLayout(joining: [layout, layout]) : layout)
        draft.steps.append(.whole(input: input, output: output, mean: mean, maximum: maximum))
        return output
    }

    private mutating func appendAdaptive(_ layer: Layer, _ extent: Extent, _ flow: Flow, _ shape: Shape) -> Flow {
        let (height, width) = (draft.maps[flow.map].height, draft.maps[flow.map].width)
        if extent == Extent(height, width) { return flow }
        if extent == 1 { return Flow(map: appendWhole(flow.map, mean: true, maximum: false), shape: shape) }
        guard height % extent.height == 0, width % extent.width == 0 else { return appendReference(layer, flow, shape) }
        let size = Extent(height / extent.height, width / extent.width)
        let window = PoolingWindow(size: size, stride: size, padding: 0, roundsUp: false)
        return Flow(map: append(window, isMaximum: false, countsPadding: false, flow.map, shape), shape: shape)
    }

    /// Pooling reads whole vectors: an input without filling gets it.
    private mutating func expanded(_ map: Int) -> Int {
        let layout = draft.maps[map].layout
        return layout.places % ChannelLayout.unit == 0 ? map : plain(map)
    }

    private mutating func appendReference(_ layer: Layer, _ flow: Flow, _ shape: Shape) -> Flow {
        shared.insert(flow.map)
        let (channels, height, width) = shape.asMap
        let output = newMap(height, width, ChannelLayout(count: channels))
        draft.steps.append(.reference(layer, input: flow.map, shape: flow.shape, output: output))
        draft.referenceLayers.append(layer.name)
        return Flow(map: output, shape: shape)
    }
}

extension Shape {
    /// (channels, height, width); features as the channels of one pixel.
    var asMap: (channels: Int, height: Int, width: Int) { rank == 3 ? (self[0], self[1], self[2]) : (count, 1, 1) }
}

extension BatchNormalisation {
    /// output = scale * input + shift, by the running statistics.
    func scaleAndShift(_ weights: (String) -> [Float]) -> (scale: [Float], shift: [Float]) {
        let (gain, offset) = (weights("\(name).weight"), weights("\(name).bias"))
        let (mean, variance) = (weights("\(name).running_mean"), weights("\(name).running_var"))
        let scale = gain.indices.map { Float(Double(gain[$0]) / (Double(variance[$0]) + Double(epsilon)).squareRoot()) }
        return (scale, gain.indices.map { Float(Double(offset[$0]) - Double(mean[$0]) * Double(scale[$0])) })
    }
}
