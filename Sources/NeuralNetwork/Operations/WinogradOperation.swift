import CWinograd

/// A 3 x 3 or 5 x 5 convolution of stride 1 with a quarter to a sixth of the multiplications (Winograd 1980; Lavin and Gray 2016).
///
/// Maps are cut into tiles of 4 x 4 outputs, n x n inputs; transformed, each of the n x n elements is a matrix product of its own over
/// channels and tiles. The way back is the transpose of the way there. A round takes so many items that its tiles stay in the cache;
/// within a round a task is a channel or an element, so nothing depends on the number of threads.
final class WinogradOperation: Operation {
    let inputs: [Signal]
    let output: Signal
    private let layer: Convolution
    private let weights: Parameter
    private let bias: Parameter?
    private var inputGrid: winograd_grid
    private var outputGrid: winograd_grid

    init(_ layer: Convolution, input: Signal, output: Signal, weights: Parameter, bias: Parameter?) {
        self.layer = layer
        self.inputs = [input]
        self.output = output
        self.weights = weights
        self.bias = bias
        let (rows, columns) = ((output.shape[1] + 3) / 4, (output.shape[2] + 3) / 4)
        inputGrid = winograd_grid(
            height: input.shape[1], width: input.shape[2], rows: rows, columns: columns, size: layer.kernel.height + 3,
            padding_y: layer.padding.height, padding_x: layer.padding.width)
        outputGrid = winograd_grid(
            height: output.shape[1], width: output.shape[2], rows: rows, columns: columns, size: 4, padding_y: 0, padding_x: 0)
    }

    /// Narrow layers spend more on transforms than they save.
    static func suits(_ layer: Convolution) -> Bool {
        (layer.kernel == 3 || layer.kernel == 5) && layer.stride == 1 && layer.dilation == 1 && layer.groups == 1
            && layer.inputChannels >= 16 && layer.outputChannels >= 16
    }

    private var kernel: Int { layer.kernel.height }
    /// Elements of a tile.
    private var elements: Int { (kernel + 3) * (kernel + 3) }
    private var kernels: Int { layer.inputChannels * layer.outputChannels }
    private var tilesPerItem: Int { inputGrid.rows * inputGrid.columns }
    private var itemsAtOnce: Int { max(1, 256 / tilesPerItem) }

    private static let block = 64
    /// What keeps rows of a power of two bytes from meeting in the same lines of the cache.
    private static let gap = 16

    /// Room for some tiles: transforms of maps work on 8 at once.
    private func room(_ tiles: Int) -> Int { (tiles + 7) / 8 * 8 + Self.gap }
    private var mostTiles: Int { tilesPerItem * itemsAtOnce }
    private var paddedCount: Int {
        max(winograd_padded_count(&inputGrid, itemsAtOnce), winograd_padded_count(&outputGrid, itemsAtOnce))
    }

    var scratchCount: Int { elements * (Self.block + max(room(mostTiles), layer.inputChannels)) + paddedCount }
    var sharedCount: Int {
        elements * (2 * kernels + (layer.inputChannels + layer.outputChannels) * room(mostTiles) + 2 * Self.gap)
    }

    /// Memory of one worker: for transforms, for one channel's tiles, for its maps with a margin.
    private struct Bench {
        let scratch: UnsafeMutablePointer<Float>
        let tiles: UnsafeMutablePointer<Float>
        let padded: UnsafeMutablePointer<Float>
    }

    private func bench(_ pass: Pass, _ worker: Int) -> Bench {
        let scratch = pass.scratch[worker].start
        let tiles = scratch + elements * Self.block
        return Bench(scratch: scratch, tiles: tiles, padded: tiles + elements * max(room(mostTiles), layer.inputChannels))
    }

    /// Memory of one pass, and one round of items.
    private struct Round {
        let items: Range<Int>
        let tiles: Int
        /// Floats from one channel's tiles to the next one's.
        let row: Int
        let pass: Pass
        /// The weights, (elements, output channels, input channels).
        let weights: UnsafeMutablePointer<Float>
        /// Their gradient.
        let gradient: UnsafeMutablePointer<Float>
        let input: Matrices
        let output: Matrices
    }

    /// (elements, channels, tiles).
    private struct Matrices {
        let start: UnsafeMutablePointer<Float>
        let row: Int
        /// Floats from one element to the next.
        let stride: Int

        init(_ start: UnsafeMutablePointer<Float>, channels: Int, row: Int) {
            self.start = start
            self.row = row
            stride = channels * row + WinogradOperation.gap
        }

        subscript(element element: Int) -> UnsafeMutablePointer<Float> { start + element * stride }
        subscript(channel channel: Int) -> UnsafeMutablePointer<Float> { start + channel * row }
    }

    private func forEachRound(_ pass: Pass, _ body: (Round) -> Void) {
        let count = elements * kernels
        for first in stride(from: 0, to: pass.items, by: itemsAtOnce) {
            let items = first..<min(first + itemsAtOnce, pass.items)
            let tiles = items.count * tilesPerItem
            let row = room(tiles)
            let input = Matrices(pass.shared.start + 2 * count, channels: layer.inputChannels, row: row)
            let output = Matrices(input[element: elements], channels: layer.outputChannels, row: row)
            body(
                Round(
                    items: items, tiles: tiles, row: row, pass: pass, weights: pass.shared.start, gradient: pass.shared.start + count,
                    input: input, output: output))
        }
    }

    func forward(_ pass: Pass) {
        transformWeights(pass)
        let (inputs, outputs) = (layer.inputChannels, layer.outputChannels)
        forEachRound(pass) { round in
            pass.workers.share(inputs) { channel, worker in transformInput(channel, round, worker) }
            pass.workers.share(elements) { element, _ in
                MatrixProduct.multiply(
                    .init(round.weights + element * kernels, stride: inputs), .init(round.input[element: element], stride: round.row),
                    rows: outputs, inner: inputs, columns: round.tiles, to: round.output[element: element], stride: round.row, adding: false)
            }
            pass.workers.share(outputs) { channel, worker in layOutput(channel, round, worker) }
        }
    }

    func backward(_ pass: Pass, adding: [Bool]) {
        let (inputs, outputs) = (layer.inputChannels, layer.outputChannels)
        let needsInput = self.inputs[0].needsGradient
        if needsInput { transformWeights(pass) }
        if let bias, bias.isTrained { bias.gradient.update(repeating: 0, count: outputs) }
        forEachRound(pass) { round in
            pass.workers.share(outputs + (weights.isTrained ? inputs : 0)) { task, worker in
                if task < outputs { transformOutputGradient(task, round, worker) } else { transformInput(task - outputs, round, worker) }
            }
            pass.workers.share(elements) { element, _ in
                let gradient = MatrixProduct.Matrix(round.output[element: element], stride: round.row)
                let input = round.input[element: element]
                if weights.isTrained {
                    MatrixProduct.multiply(
                        gradient, .init(input, stride: round.row, transposed: true), rows: outputs, inner: round.tiles, columns: inputs,
                        to: round.gradient + element * kernels, stride: inputs, adding: round.items.lowerBound > 0)
                }
                if needsInput {
                    MatrixProduct.multiply(
                        .init(round.weights + element * kernels, stride: inputs, transposed: true), gradient, rows: inputs,
                        inner: outputs, columns: round.tiles, to: input, stride: round.row, adding: false)
                }
            }
            if needsInput { pass.workers.share(inputs) { channel, worker in addInputGradient(channel, round, worker, adding: adding[0]) } }
        }
        if weights.isTrained { layWeightGradient(pass) }
    }

    /// The weights of one output channel lie (input channels, kernel elements); tiles lie the other way.
    private func transformWeights(_ pass: Pass) {
        let (inputs, size) = (layer.inputChannels, kernel * kernel)
        let target = pass.shared.start
        pass.workers.share(layer.outputChannels) { channel, worker in
            let bench = bench(pass, worker)
            let (scratch, tiles) = (bench.scratch, bench.tiles)
            let source = UnsafePointer(weights.values + channel * inputs * size)
            for input in 0..<inputs { for i in 0..<size { tiles[i * inputs + input] = source[input * size + i] } }
            winograd_apply(winograd_kernel, Int32(kernel), tiles, inputs, target + channel * inputs, kernels, inputs, scratch)
        }
    }

    private func layWeightGradient(_ pass: Pass) {
        let (inputs, size) = (layer.inputChannels, kernel * kernel)
        let source = pass.shared.start + elements * kernels
        pass.workers.share(layer.outputChannels) { channel, worker in
            let bench = bench(pass, worker)
            let (scratch, tiles) = (bench.scratch, bench.tiles)
            winograd_apply(winograd_kernel_back, Int32(kernel), source + channel * inputs, kernels, tiles, inputs, inputs, scratch)
            let target = weights.gradient + channel * inputs * size
            for input in 0..<inputs { for i in 0..<size { target[input * size + i] = tiles[i * inputs + input] } }
        }
    }

    private func transformInput(_ channel: Int, _ round: Round, _ worker: Int) {
        let (bench, input) = (bench(round.pass, worker), inputs[0])
        let maps = input.values + round.items.lowerBound * input.count + channel * inputGrid.height * inputGrid.width
        winograd_cut(maps, input.count, round.items.count, &inputGrid, bench.tiles, round.row, bench.padded)
        winograd_apply(
            winograd_input, Int32(kernel), bench.tiles, round.row, round.input[channel: channel], round.input.stride, round.tiles, bench.scratch)
    }

    private func layOutput(_ channel: Int, _ round: Round, _ worker: Int) {
        let bench = bench(round.pass, worker)
        winograd_apply(
            winograd_output, Int32(kernel), round.output[channel: channel], round.output.stride, bench.tiles, round.row, round.tiles,
            bench.scratch)
        let maps = output.values + round.items.lowerBound * output.count + channel * outputGrid.height * outputGrid.width
        let offset = bias?.values[channel] ?? 0
        winograd_lay(bench.tiles, round.row, round.items.count, &outputGrid, offset, maps, output.count, bench.padded)
    }

    private func transformOutputGradient(_ channel: Int, _ round: Round, _ worker: Int) {
        let bench = bench(round.pass, worker)
        let pixels = outputGrid.height * outputGrid.width
        let maps = output.gradient + round.items.lowerBound * output.count + channel * pixels
        if let bias, bias.isTrained {
            for index in round.items.indices { bias.gradient[channel] += Vector.sum(maps + (index - round.items.lowerBound) * output.count, pixels) }
        }
        winograd_cut(maps, output.count, round.items.count, &outputGrid, bench.tiles, round.row, bench.padded)
        winograd_apply(
            winograd_output_back, Int32(kernel), bench.tiles, round.row, round.output[channel: channel], round.output.stride, round.tiles,
            bench.scratch)
    }

    private func addInputGradient(_ channel: Int, _ round: Round, _ worker: Int, adding: Bool) {
        let (bench, input) = (bench(round.pass, worker), inputs[0])
        winograd_apply(
            winograd_input_back, Int32(kernel), round.input[channel: channel], round.input.stride, bench.tiles, round.row, round.tiles,
            bench.scratch)
        let maps = input.gradient + round.items.lowerBound * input.count + channel * inputGrid.height * inputGrid.width
        winograd_add(bench.tiles, round.row, round.items.count, &inputGrid, adding ? 1 : 0, maps, input.count, bench.padded)
    }
}
