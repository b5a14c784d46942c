/// A convolution of any kind over a batch: an item is a task on the way there; on the way back fixed parts of the batch are.
final class ConvolutionOperation: Operation {
    let inputs: [Signal]
    let output: Signal
    private let weights: Parameter
    private let bias: Parameter?
    private let method: any ConvolutionOfItem

    init(_ layer: Convolution, input: Signal, output: Signal, weights: Parameter, bias: Parameter?) {
        self.inputs = [input]
        self.output = output
        self.weights = weights
        self.bias = bias
        let geometry = ConvolutionGeometry(layer, input: input.shape, output: output.shape)
        self.method = DepthwiseConvolution(geometry) ?? UnrolledConvolution(geometry: geometry)
    }

    var scratchCount: Int { method.scratchCount }
    var sharedCount: Int { Layer.gradientParts * partCount }
    private var partCount: Int { method.gradientCount + output.shape[0] }

    func forward(_ pass: Pass) {
        let (input, output) = (inputs[0], output)
        pass.workers.share(pass.items) { item, worker in
            method.forward(
                input.values + item * input.count, output.values + item * output.count, weights: weights.values, bias: bias?.values,
                scratch: pass.scratch[worker].start)
        }
    }

    func backward(_ pass: Pass, adding: [Bool]) {
        let trains = weights.isTrained || bias?.isTrained == true
        let parts = pass.shared.start
        let count = min(Layer.gradientParts, pass.items)
        pass.workers.share(count) { part, worker in
            let items = pass.items * part / count..<pass.items * (part + 1) / count
            let sums = parts + part * partCount
            if trains { sums.update(repeating: 0, count: partCount) }
            for item in items { backward(item, adding: adding[0], sums: trains ? sums : nil, scratch: pass.scratch[worker].start) }
        }
        if trains { addParts(parts, count, pass.workers) }
    }

    /// One item's share, all of it while its gradient is in the cache.
    private func backward(_ item: Int, adding: Bool, sums: UnsafeMutablePointer<Float>?, scratch: UnsafeMutablePointer<Float>) {
        let (input, output) = (inputs[0], output)
        let gradient = UnsafePointer(output.gradient + item * output.count)
        if let sums {
            method.addWeightGradient(input.values + item * input.count, gradient, to: sums, scratch: scratch)
            addBiasGradient(gradient, to: sums + method.gradientCount)
        }
        if input.needsGradient {
            method.inputGradient(
                gradient, input.gradient + item * input.count, weights: weights.values, adding: adding, scratch: scratch)
        }
    }

    private func addBiasGradient(_ gradient: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>) {
        guard bias?.isTrained == true else { return }
        let pixels = output.shape[1] * output.shape[2]
        for channel in 0..<output.shape[0] { sums[channel] += Vector.sum(gradient + channel * pixels, pixels) }
    }

    /// Adds the parts up in their order, then turns the sum into the weights' gradient.
    private func addParts(_ parts: UnsafeMutablePointer<Float>, _ count: Int, _ workers: Workers) {
        workers.ranges(partCount, of: 1 << 14) { range in
            for part in 1..<max(1, count) {
                Vector.add(parts + part * partCount + range.lowerBound, to: parts + range.lowerBound, range.count)
            }
        }
        if weights.isTrained { weights.gradient.update(from: parts, count: method.gradientCount) }
        if let bias, bias.isTrained { bias.gradient.update(from: parts + method.gradientCount, count: output.shape[0]) }
    }
}

/// How one item goes through a convolution and back.
protocol ConvolutionOfItem {
    /// Floats that each call needs for itself.
    var scratchCount: Int { get }
    /// Floats of the weights' gradient.
    var gradientCount: Int { get }

    /// One item's output.
    func forward(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        scratch: UnsafeMutablePointer<Float>)

    /// One item's gradient with respect to the input, put there or added.
    func inputGradient(
        _ outputGradient: UnsafePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>, weights: UnsafePointer<Float>, adding: Bool,
        scratch: UnsafeMutablePointer<Float>)

    /// Adds one item's gradient with respect to the weights.
    func addWeightGradient(
        _ input: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>, to sum: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>)
}

/// A convolution's layer with the maps it meets.
struct ConvolutionGeometry {
    let layer: Convolution
    let input: Shape
    let output: Shape

    init(_ layer: Convolution, input: Shape, output: Shape) {
        self.layer = layer
        self.input = input
        self.output = output
    }

    var inputPixels: Int { input[1] * input[2] }
    var outputPixels: Int { output[1] * output[2] }
    /// Each output pixel sees one input pixel, in the same place.
    var isPointwise: Bool { layer.kernel == 1 && layer.stride == 1 && layer.padding == 0 }
}
