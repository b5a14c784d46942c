import CNNKernels

/// A network with packed weights and the order of its steps. A value that any number of threads may run at once.
struct InferenceProgram: @unchecked Sendable {
    let kernels: KernelSet
    let plan: InferencePlan
    let steps: [Step]
    let scratchCount: Int
    /// The map with the network's output, before a softmax, and the map of what enters the last dense layer.
    let output: Result
    let features: Result?
    /// Layers without a kernel.
    let referenceLayers: [String]
    /// Of the products of one item, as they are computed here.
    let operations: Int

    /// A map that callers ask for, and how many steps make it.
    struct Result {
        let map: Int
        let shape: Shape
        let steps: Int
        let places: [Int32]
    }

    /// Written once, then only read: weights, and layers of the reference.
    enum Step {
        case load(output: Int, block: Int, shift: Int)
        case convolution(PackedConvolution)
        case pool(PoolDraft)
        case whole(input: Int, output: Int, mean: Bool, maximum: Bool)
        case sum(Int, Int, output: Int, relu: Bool)
        case scale(input: Int, output: Int, scale: FloatMemory, shift: FloatMemory, relu: Bool)
        case reference(ReferenceStep)
    }

    struct ReferenceStep {
        let network: Network
        let store: ParameterStore
        let input: Int
        let output: Int
        let places: [Int32]
    }

    init(_ network: Network, _ parameters: Parameters, kernels: KernelSet) throws {
        var draft = try Lowering.draft(network, parameters)
        draft.settle()
        self.kernels = kernels
        plan = InferencePlan(draft)
        operations = draft.steps.reduce(0) { sum, step in
            guard case .convolution(let convolution) = step else { return sum }
            let map = draft.maps[convolution.output]
            return sum + convolution.operations(height: map.height, width: map.width)
        }
        var steps: [Step] = []
        // From the last: each step's weights can go as soon as they are packed.
        while let step = draft.steps.popLast() {
            steps.append(try Self.packed(step, draft, plan, parameters, kernels))
        }
        self.steps = steps.reversed()
        scratchCount = self.steps.map { if case .convolution(let convolution) = $0 { convolution.scratchCount } else { 0 } }.max() ?? 0
        func result(_ map: Int, _ shape: Shape, _ count: Int) -> Result {
            Result(map: map, shape: shape, steps: count, places: draft.maps[map].layout.placeOfChannel)
        }
        output = result(draft.output, network.output, self.steps.count)
        features = draft.features.map { result($0.map, $0.shape, $0.steps) }
        referenceLayers = draft.referenceLayers
    }

    private static func packed(
        _ step: DraftStep, _ draft: InferenceDraft, _ plan: InferencePlan, _ parameters: Parameters, _ kernels: KernelSet
    ) throws -> Step {
        switch step {
        case .load(let output, let block, let shift): return .load(output: output, block: block, shift: shift)
        case .convolution(let convolution):
            return .convolution(PackedConvolution(convolution, from: plan.places[convolution.input], kernels: kernels))
        case .pool(let pool): return .pool(pool)
        case .whole(let input, let output, let mean, let maximum):
            return .whole(input: input, output: output, mean: mean, maximum: maximum)
        case .sum(let a, let b, let output, let relu): return .sum(a, b, output: output, relu: relu)
        case .scale(let input, let output, let scale, let shift, let relu):
            return .scale(input: input, output: output, scale: FloatMemory(scale), shift: FloatMemory(shift), relu: relu)
        case .reference(let layer, let input, let shape, let output):
            let network = try Network(layer.name, input: shape, layers: [layer])
            return .reference(
                ReferenceStep(
                    network: network, store: try ParameterStore(network, parameters) { _ in false }, input: input, output: output,
                    places: draft.maps[input].layout.placeOfChannel))
        }
    }

    /// What this network's weights take once packed, in floats.
    var weightCount: Int {
        steps.reduce(0) { if case .convolution(let convolution) = $1 { $0 + convolution.weightCount } else { $0 } }
    }
}

extension FloatMemory {
    convenience init(_ values: [Float]) {
        self.init(count: values.count)
        for (index, value) in values.enumerated() { start[index] = value }
    }
}
