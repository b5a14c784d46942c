/// A convolution over a batch. How a few items are convolved is the method's business; this spreads items over workers.
final class ConvolutionOperation: Operation {
    let inputs: [Signal]
    let output: Signal
    private let weights: Parameter
    private let bias: Parameter?
    private let method: any ConvolutionMethod

    init(_ layer: Convolution, input: Signal, output: Signal, weights: Parameter, bias: Parameter?) {
        self.inputs = [input]
        self.output = output
        self.weights = weights
        self.bias = bias
        self.method = ConvolutionGeometry(layer, input: input.shape, output: output.shape).method
    }

    var scratchCount: Int { method.scratchCount }
    var sharedCount: Int { method.preparedCount + Layer.gradientParts * partCount }
    private var partCount: Int { method.gradientCount + output.shape[0] }

    func forward(_ pass: Pass) {
        let prepared = pass.shared.start
        method.prepare(weights.values, forGradient: false, into: prepared, pass.workers)
        let (input, output, step) = (inputs[0], output, method.itemsAtOnce)
        pass.workers.share((pass.items + step - 1) / step) { task, worker in
            let first = task * step
            method.forward(
                input.values + first * input.count, output.values + first * output.count, items: min(step, pass.items - first),
                weights: weights.values, prepared: prepared, bias: bias?.values, scratch: pass.scratch[worker].start)
        }
    }

    func backward(_ pass: Pass, adding: [Bool]) {
        let trains = weights.isTrained || bias?.isTrained == true
        let prepared = pass.shared.start
        let parts = prepared + method.preparedCount
        if inputs[0].needsGradient { method.prepare(weights.values, forGradient: true, into: prepared, pass.workers) }
        let count = min(Layer.gradientParts, pass.items)
        pass.workers.share(count) { part, worker in
            let items = pass.items * part / count..<pass.items * (part + 1) / count
            backward(
                items, adding: adding[0], trains: trains, prepared: prepared, part: parts + part * partCount,
                scratch: pass.scratch[worker].start)
        }
        if trains { addParts(parts, count, pass.workers) }
    }

    /// The share of some items, a few at once so that their gradient stays in the cache.
    private func backward(
        _ items: Range<Int>, adding: Bool, trains: Bool, prepared: UnsafePointer<Float>, part: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let (input, output) = (inputs[0], output)
        if trains { part.update(repeating: 0, count: partCount) }
        for first in stride(from: items.lowerBound, to: items.upperBound, by: method.itemsAtOnce) {
            let some = min(method.itemsAtOnce, items.upperBound - first)
            let gradient = UnsafePointer(output.gradient + first * output.count)
            if trains {
                method.addWeightGradient(input.values + first * input.count, gradient, items: some, to: part, scratch: scratch)
                addBiasGradient(gradient, items: some, to: part + method.gradientCount)
            }
            if input.needsGradient {
                method.inputGradient(
                    gradient, input.gradient + first * input.count, items: some, weights: weights.values, prepared: prepared,
                    adding: adding, scratch: scratch)
            }
        }
    }

    private func addBiasGradient(_ gradient: UnsafePointer<Float>, items: Int, to sums: UnsafeMutablePointer<Float>) {
        guard bias?.isTrained == true else { return }
        let pixels = output.shape[1] * output.shape[2]
        for item in 0..<items {
            for channel in 0..<output.shape[0] {
                sums[channel] += Vector.sum(gradient + item * output.count + channel * pixels, pixels)
            }
        }
    }

    /// Adds the parts up in their order, then turns the sum into the weights' gradient.
    private func addParts(_ parts: UnsafeMutablePointer<Float>, _ count: Int, _ workers: Workers) {
        workers.ranges(partCount, of: 1 << 14) { range in
            for part in 1..<max(1, count) {
                Vector.add(parts + part * partCount + range.lowerBound, to: parts + range.lowerBound, range.count)
            }
        }
        if weights.isTrained { method.finish(parts, to: weights.gradient, workers) }
        if let bias, bias.isTrained { bias.gradient.update(from: parts + method.gradientCount, count: output.shape[0]) }
    }
}

/// How a few items are convolved.
protocol ConvolutionMethod {
    /// How many items one call may take.
    var itemsAtOnce: Int { get }
    var scratchCount: Int { get }
    /// Floats of the weights in the form the method wants.
    var preparedCount: Int { get }
    /// Floats of the weights' gradient in the form the method adds it up.
    var gradientCount: Int { get }

    /// Brings the weights into the method's form, once for a pass.
    func prepare(_ weights: UnsafePointer<Float>, forGradient: Bool, into prepared: UnsafeMutablePointer<Float>, _ workers: Workers)

    func forward(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, items: Int, weights: UnsafePointer<Float>,
        prepared: UnsafePointer<Float>, bias: UnsafePointer<Float>?, scratch: UnsafeMutablePointer<Float>)

    func inputGradient(
        _ outputGradient: UnsafePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>, items: Int,
        weights: UnsafePointer<Float>, prepared: UnsafePointer<Float>, adding: Bool, scratch: UnsafeMutablePointer<Float>)

    func addWeightGradient(
        _ input: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>, items: Int, to sum: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>)

    /// From the method's form to that of the weights.
    func finish(_ sum: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>, _ workers: Workers)
}

extension ConvolutionMethod {
    var preparedCount: Int { 0 }
    func prepare(_ weights: UnsafePointer<Float>, forGradient: Bool, into prepared: UnsafeMutablePointer<Float>, _ workers: Workers) {}
    func finish(_ sum: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>, _ workers: Workers) {
        gradient.update(from: sum, count: gradientCount)
    }
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

    var method: any ConvolutionMethod { UnrolledConvolution(geometry: self) }

    var inputPixels: Int { input[1] * input[2] }
    var outputPixels: Int { output[1] * output[2] }
    /// Each output pixel sees one input pixel, in the same place.
    var isPointwise: Bool { layer.kernel == 1 && layer.stride == 1 && layer.padding == 0 }
}
