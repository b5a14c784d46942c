import CNNKernels

/// A convolution with its weights in the order in which a kernel reads them.
struct PackedConvolution {
    let input: Int
    let output: Int
    let inputPlace: Int
    let outputPlace: Int
    let addend: Int?
    let stride: Extent
    let padding: Extent
    private let weights: FloatMemory
    private let bias: FloatMemory
    private let runs: [Int]
    private let work: Work
    /// Outputs with their filling.
    let outputs: Int

    private enum Work {
        case product(cnn_product)
        case winograd(cnn_winograd)
        case depthwise(cnn_depthwise)
    }

    init(_ draft: ConvolutionDraft, from input: InferencePlan.Place, kernels: KernelSet) {
        (self.input, output, addend) = (draft.input, draft.output, draft.addend)
        (inputPlace, outputPlace) = (draft.inputPlace, draft.outputPlace)
        (stride, padding) = (draft.stride, draft.padding)
        outputs = ChannelLayout.filled(draft.outputs)
        bias = FloatMemory(count: outputs)
        for (index, value) in draft.bias.enumerated() { bias.start[index] = value }
        switch draft.method {
        case .product:
            let shape = RunShape(draft, pixel: input.pixel, row: input.row, depth: 8192 / kernels.panel)
            weights = FloatMemory(count: outputs * draft.channels.count * draft.kernel.count)
            runs = shape.runs
            work = .product(
                cnn_product(
                    weights: weights.start, bias: bias.start, runs: nil, run_count: Int32(runs.count), run_length: Int32(shape.length),
                    group: Int32(shape.group), outputs: Int32(outputs), relu: draft.relu ? 1 : 0))
            draft.withSource { cnn_pack_product(kernels.table, $0, Int32(shape.length), Int32(shape.group), weights.start) }
        case .depthwise:
            weights = FloatMemory(depthwise: draft, outputs: outputs)
            runs = []
            work = .depthwise(
                cnn_depthwise(
                    weights: weights.start, bias: bias.start, rows: Int32(draft.kernel.height), columns: Int32(draft.kernel.width),
                    tap_row: draft.dilation.height * input.row, tap_column: draft.dilation.width * input.pixel, relu: draft.relu ? 1 : 0))
        case .winograd(let tile):
            let points = tile + draft.kernel.height - 1
            weights = FloatMemory(count: outputs * draft.channels.count * points * points)
            runs = []
            let shape = cnn_winograd(
                weights: weights.start, bias: bias.start, tile: Int32(tile), taps: Int32(draft.kernel.height),
                inputs: Int32(draft.channels.count), outputs: Int32(outputs), output_group: Int32(Self.outputGroup(outputs, kernels.panel)),
                block: Int32(Self.block(points: points, inputs: draft.channels.count)), relu: draft.relu ? 1 : 0)
            work = .winograd(shape)
            withUnsafePointer(to: shape) { shape in
                let isPacked = draft.withSource { cnn_pack_winograd(kernels.table, $0, shape, weights.start) }
                precondition(isPacked == 1, "methods are chosen among those there are")
            }
        }
    }

    /// Outputs whose products stay in the second cache until they are transformed back; whole panels, about equal groups.
    private static func outputGroup(_ outputs: Int, _ panel: Int) -> Int {
        let groups = (outputs + 95) / 96
        return min(outputs, ((outputs + groups - 1) / groups + panel - 1) / panel * panel)
    }

    /// Squares that are transformed together: enough that the weights are worth fetching, few enough for the cache.
    private static func block(points: Int, inputs: Int) -> Int {
        max(48, min(96, 400_000 / (points * points * inputs)))
    }

    var scratchCount: Int {
        guard case .winograd(var shape) = work else { return 0 }
        return cnn_winograd_scratch(&shape)
    }

    var weightCount: Int { weights.count }

    /// Winograd's method computes all outputs at once, in one scratch.
    var canShareOutputs: Bool { if case .product = work { true } else { false } }

    private var isInBlocks: Bool { if case .winograd = work { true } else { false } }

    /// How many pieces threads can share a map in: rows, each of all items, or Winograd's blocks.
    func pieces(of output: cnn_map) -> Int {
        switch work {
        case .product, .depthwise: Int(output.height)
        case .winograd(let winograd):
            Int(output.items * ((output.height + winograd.tile - 1) / winograd.tile) * ((output.width + winograd.tile - 1) / winograd.tile))
        }
    }

    /// Outputs from..<to of some of the output's pieces; Winograd's method computes all outputs.
    /// - Parameter scratch: `scratchCount` floats, nobody else's meanwhile.
    func run(
        _ kernels: KernelSet, input: cnn_map, output: cnn_map, addend: cnn_map?, scratch: UnsafeMutablePointer<Float>?, outputs range: Range<Int>,
        pieces: Range<Int>
    ) {
        var (input, output) = (input, output)
        input.values -= padding.height * input.row + padding.width * input.pixel - inputPlace
        output.values += outputPlace
        input.row *= stride.height
        input.pixel *= stride.width
        var addend = addend ?? cnn_map()
        addend.values = addend.values.map { $0 + outputPlace }
        let isAdding = addend.values != nil
        if !isInBlocks {
            input.values += pieces.lowerBound * input.row
            output = output.rows(pieces)
            if isAdding { addend = addend.rows(pieces) }
        }
        withUnsafePointer(to: addend) { added in
            let added = isAdding ? added : nil
            switch work {
            case .product(var product):
                runs.withUnsafeBufferPointer { runs in
                    product.runs = runs.baseAddress
                    cnn_run_product(kernels.table, &product, &input, &output, added, Int32(range.lowerBound), Int32(range.upperBound))
                }
            case .winograd(var winograd):
                cnn_run_winograd(
                    kernels.table, &winograd, &input, &output, added, scratch, Int32(pieces.lowerBound), Int32(pieces.upperBound))
            case .depthwise(var depthwise): cnn_run_depthwise(kernels.table, &depthwise, &input, &output)
            }
        }
    }

    /// What a pixel reads, as runs of floats.
    private struct RunShape {
        let runs: [Int]
        let length: Int
        /// Runs in a group: about `depth` values, whose weights for one panel fill the first cache.
        let group: Int

        init(_ draft: ConvolutionDraft, pixel: Int, row: Int, depth: Int) {
            let places = draft.channels.count
            // Pixels lie side by side where all channels are read, rows where there is no border either.
            let joinsPixels = draft.dilation.width == 1 && pixel == places
            let joinsRows = joinsPixels && draft.dilation.height == 1 && row == draft.kernel.width * pixel
            let rows = joinsRows ? 1 : draft.kernel.height
            let columns = joinsPixels ? 1 : draft.kernel.width
            let joined = places * draft.kernel.count / (rows * columns)
            let cuts = (1...joined).first { joined % $0 == 0 && joined / $0 <= depth } ?? 1
            length = joined / cuts
            var runs: [Int] = []
            for y in 0..<rows {
                for x in 0..<columns {
                    for cut in 0..<cuts { runs.append(y * draft.dilation.height * row + x * draft.dilation.width * pixel + cut * length) }
                }
            }
            self.runs = runs
            let length = length
            group = (1...runs.count).last { runs.count % $0 == 0 && $0 * length <= depth } ?? 1
        }
    }
}

extension FloatMemory {
    /// (rows, columns, channels), with zeros for the filling.
    fileprivate convenience init(depthwise draft: ConvolutionDraft, outputs: Int) {
        self.init(count: outputs * draft.kernel.count)
        for channel in 0..<draft.outputs {
            for tap in 0..<draft.kernel.count { start[tap * outputs + channel] = draft.weights[channel * draft.kernel.count + tap] }
        }
    }
}

extension ConvolutionDraft {
    fileprivate func withSource<Result>(_ body: (UnsafePointer<cnn_source>) -> Result) -> Result {
        weights.withUnsafeBufferPointer { weights in
            channels.withUnsafeBufferPointer { channels in
                var source = cnn_source(
                    weights: weights.baseAddress, outputs: Int32(outputs), inputs: Int32(inputs), rows: Int32(kernel.height),
                    columns: Int32(kernel.width), channels: channels.baseAddress, map_channels: Int32(channels.count))
                return body(&source)
            }
        }
    }
}
