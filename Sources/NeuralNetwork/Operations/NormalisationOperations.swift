#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Batch normalisation. One channel is one task: its sums run over the items in order, whatever the number of threads.
final class BatchNormalisationOperation: Operation {
    let inputs: [Signal]
    let output: Signal
    private let layer: BatchNormalisation
    private let parameters: NormalisationParameters
    /// Of each channel in the last forward pass.
    private let means: Block
    private let deviations: Block
    /// Whether the last forward pass took the batch's statistics.
    private var usedBatch = false

    init(_ layer: BatchNormalisation, input: Signal, output: Signal, parameters: NormalisationParameters) {
        self.layer = layer
        self.inputs = [input]
        self.output = output
        self.parameters = parameters
        means = Block(count: layer.channels)
        deviations = Block(count: layer.channels)
    }

    private var pixels: Int { output.count / layer.channels }

    func forward(_ pass: Pass) {
        // A frozen layer keeps the statistics it learned with its weights.
        usedBatch = pass.isTraining && (parameters.scale.isTrained || parameters.shift.isTrained)
        let (source, target, count, pixels) = (UnsafePointer(inputs[0].values), output.values, output.count, pixels)
        pass.workers.share(layer.channels) { channel, _ in
            if usedBatch { measure(channel, source + channel * pixels, pass.items) } else { recall(channel) }
            let factor = parameters.scale.values[channel] / deviations.start[channel]
            let (mean, shift) = (means.start[channel], parameters.shift.values[channel])
            for item in 0..<pass.items {
                let offset = item * count + channel * pixels
                for i in offset..<offset + pixels { target[i] = (source[i] - mean) * factor + shift }
            }
        }
    }

    /// The batch's statistics of the channel whose first map is given, and a step of the running ones towards them.
    private func measure(_ channel: Int, _ map: UnsafePointer<Float>, _ items: Int) {
        let (stride, pixels) = (output.count, pixels)
        let count = Double(items * pixels)
        var total = 0.0
        for item in 0..<items { total += Double(Vector.sum(map + item * stride, pixels)) }
        let mean = Float(total / count)
        var squares = 0.0
        for item in 0..<items { squares += Double(Vector.deviation(map + item * stride, from: mean, pixels)) }
        means.start[channel] = mean
        deviations.start[channel] = (Float(squares / count) + layer.epsilon).squareRoot()
        let unbiased = Float(squares / max(1, count - 1))
        let (runningMean, runningVariance) = (parameters.mean.values + channel, parameters.variance.values + channel)
        runningMean.pointee = (1 - layer.momentum) * runningMean.pointee + layer.momentum * mean
        runningVariance.pointee = (1 - layer.momentum) * runningVariance.pointee + layer.momentum * unbiased
    }

    private func recall(_ channel: Int) {
        means.start[channel] = parameters.mean.values[channel]
        deviations.start[channel] = (parameters.variance.values[channel] + layer.epsilon).squareRoot()
    }

    func backward(_ pass: Pass, adding: [Bool]) {
        let (values, gradient) = (UnsafePointer(inputs[0].values), UnsafePointer(output.gradient))
        let (stride, pixels, needsInput) = (output.count, pixels, inputs[0].needsGradient)
        pass.workers.share(layer.channels) { channel, _ in
            let (mean, deviation) = (means.start[channel], deviations.start[channel])
            var (sum, product) = (0.0, 0.0)
            for item in 0..<pass.items {
                let offset = item * stride + channel * pixels
                sum += Double(Vector.sum(gradient + offset, pixels))
                product += Double(Vector.product(gradient + offset, values + offset, less: mean, pixels))
            }
            if parameters.shift.isTrained { parameters.shift.gradient[channel] = Float(sum) }
            if parameters.scale.isTrained { parameters.scale.gradient[channel] = Float(product) / deviation }
            if needsInput { passOn(channel, pass, sum: sum, product: product, adding: adding[0]) }
        }
    }

    /// dx = scale / deviation * (dy - mean of dy - (x - mean) / variance * mean of dy (x - mean)); without the means where the statistics
    /// did not come from the batch.
    private func passOn(_ channel: Int, _ pass: Pass, sum: Double, product: Double, adding: Bool) {
        let (mean, deviation) = (means.start[channel], deviations.start[channel])
        let factor = parameters.scale.values[channel] / deviation
        let count = Double(pass.items * pixels)
        let constant = usedBatch ? Float(sum / count) : 0
        let slope = usedBatch ? Float(product / count) / (deviation * deviation) : 0
        let (values, gradient, target) = (UnsafePointer(inputs[0].values), UnsafePointer(output.gradient), inputs[0].gradient)
        let (stride, pixels) = (output.count, pixels)
        for item in 0..<pass.items {
            let offset = item * stride + channel * pixels
            if adding {
                for i in offset..<offset + pixels { target[i] += factor * (gradient[i] - constant - (values[i] - mean) * slope) }
            } else {
                for i in offset..<offset + pixels { target[i] = factor * (gradient[i] - constant - (values[i] - mean) * slope) }
            }
        }
    }
}

struct NormalisationParameters {
    let scale: Parameter
    let shift: Parameter
    let mean: Parameter
    let variance: Parameter
}

/// Local response normalisation over neighbouring channels, item by item.
final class LocalResponseOperation: Operation {
    let inputs: [Signal]
    let output: Signal
    private let layer: LocalResponseNormalisation

    init(_ layer: LocalResponseNormalisation, input: Signal, output: Signal) {
        self.layer = layer
        self.inputs = [input]
        self.output = output
    }

    private var channels: Int { output.shape.first }
    private var pixels: Int { output.count / max(1, channels) }
    /// Divisors of a whole item, and one plane of sums.
    var scratchCount: Int { output.count + pixels }

    private func neighbours(_ channel: Int) -> Range<Int> {
        max(0, channel - layer.size / 2)..<min(channels, channel + (layer.size - 1) / 2 + 1)
    }

    /// The neighbours that have this channel among theirs.
    private func observers(_ channel: Int) -> Range<Int> {
        max(0, channel - (layer.size - 1) / 2)..<min(channels, channel + layer.size / 2 + 1)
    }

    func forward(_ pass: Pass) {
        pass.workers.share(pass.items) { item, worker in
            let (source, target) = (inputs[0].values + item * output.count, output.values + item * output.count)
            let divisors = pass.scratch[worker].start
            measure(source, into: divisors)
            for i in 0..<output.count { target[i] = source[i] * power(divisors[i]) }
        }
    }

    /// k + alpha / size * sum of squares, for each value of an item.
    private func measure(_ source: UnsafePointer<Float>, into divisors: UnsafeMutablePointer<Float>) {
        let factor = layer.alpha / Float(layer.size)
        for channel in 0..<channels {
            let target = divisors + channel * pixels
            target.update(repeating: layer.k, count: pixels)
            for other in neighbours(channel) {
                let plane = source + other * pixels
                for i in 0..<pixels { target[i] += factor * plane[i] * plane[i] }
            }
        }
    }

    /// value ^ -beta.
    private func power(_ value: Float) -> Float {
        guard layer.beta == 0.75 else { return powf(value, -layer.beta) }
        let root = value.squareRoot()
        return 1 / (root * root.squareRoot())
    }

    func backward(_ pass: Pass, adding: [Bool]) {
        guard inputs[0].needsGradient else { return }
        let factor = 2 * layer.beta * layer.alpha / Float(layer.size)
        pass.workers.share(pass.items) { item, worker in
            let (source, gradient) = (inputs[0].values + item * output.count, output.gradient + item * output.count)
            let target = inputs[0].gradient + item * output.count
            let divisors = pass.scratch[worker].start
            let sums = divisors + output.count
            measure(source, into: divisors)
            for channel in 0..<channels {
                sums.update(repeating: 0, count: pixels)
                for other in observers(channel) {
                    let offset = other * pixels
                    for i in 0..<pixels {
                        let divisor = divisors[offset + i]
                        sums[i] += gradient[offset + i] * source[offset + i] * power(divisor) / divisor
                    }
                }
                for i in channel * pixels..<(channel + 1) * pixels {
                    let value = gradient[i] * power(divisors[i]) - factor * source[i] * sums[i - channel * pixels]
                    target[i] = (adding[0] ? target[i] : 0) + value
                }
            }
        }
    }
}
