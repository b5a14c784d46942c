#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Negative values become 0, in place where nobody else reads the input. What is not a number stays so, to be found in the loss.
final class ReLUOperation: Operation {
    let inputs: [Signal]
    let output: Signal

    init(input: Signal, output: Signal) {
        self.inputs = [input]
        self.output = output
    }

    func forward(_ pass: Pass) {
        let (source, target) = (UnsafePointer(inputs[0].values), output.values)
        pass.workers.ranges(pass.items * output.count) { range in
            for i in range { target[i] = source[i] < 0 ? 0 : source[i] }
        }
    }

    func backward(_ pass: Pass, adding: [Bool]) {
        let (values, gradient) = (UnsafePointer(output.values), UnsafePointer(output.gradient))
        let target = inputs[0].gradient
        pass.workers.ranges(pass.items * output.count) { range in
            var i = range.lowerBound
            while i + 8 <= range.upperBound {
                let passed = Vector.load(gradient, i).replacing(with: 0, where: Vector.load(values, i) .<= 0)
                Vector.store(adding[0] ? Vector.load(target, i) + passed : passed, target, i)
                i += 8
            }
            while i < range.upperBound {
                target[i] = (adding[0] ? target[i] : 0) + (values[i] > 0 ? gradient[i] : 0)
                i += 1
            }
        }
    }
}

/// Drops a share of the values in training. Which ones depends on the seed, the step, the layer and the value's place only.
final class DropoutOperation: Operation {
    let inputs: [Signal]
    let output: Signal
    private let layer: Dropout

    init(_ layer: Dropout, input: Signal, output: Signal) {
        self.layer = layer
        self.inputs = [input]
        self.output = output
    }

    func forward(_ pass: Pass) { scale(inputs[0].values, to: output.values, pass, adding: false) }

    func backward(_ pass: Pass, adding: [Bool]) { scale(output.gradient, to: inputs[0].gradient, pass, adding: adding[0]) }

    private func scale(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ pass: Pass, adding: Bool) {
        let random = CountedRandom(seed: pass.seed &+ UInt64(pass.step), stream: layer.name)
        let (share, isOn) = (layer.share, pass.isTraining)
        let factor = 1 / (1 - share)
        pass.workers.ranges(pass.items * output.count) { range in
            for i in range {
                let kept: Float = !isOn ? 1 : random.uniform(i) < share ? 0 : factor
                target[i] = (adding ? target[i] : 0) + kept * source[i]
            }
        }
    }
}

/// Each row of scores becomes probabilities.
final class SoftmaxOperation: Operation {
    let inputs: [Signal]
    let output: Signal

    init(input: Signal, output: Signal) {
        self.inputs = [input]
        self.output = output
    }

    func forward(_ pass: Pass) {
        let classes = output.count
        for item in 0..<pass.items {
            Softmax.apply(inputs[0].values + item * classes, to: output.values + item * classes, classes: classes)
        }
    }

    func backward(_ pass: Pass, adding: [Bool]) {
        let classes = output.count
        for item in 0..<pass.items {
            let (values, gradient) = (output.values + item * classes, output.gradient + item * classes)
            let target = inputs[0].gradient + item * classes
            let mean = (0..<classes).reduce(Float(0)) { $0 + values[$1] * gradient[$1] }
            for i in 0..<classes { target[i] = (adding[0] ? target[i] : 0) + values[i] * (gradient[i] - mean) }
        }
    }
}

enum Softmax {
    static func apply(_ scores: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, classes: Int) {
        // Less the maximum, so that exp cannot overflow; the quotient is the same.
        let greatest = (0..<classes).reduce(-Float.infinity) { max($0, scores[$1]) }
        var sum: Float = 0
        for i in 0..<classes {
            target[i] = expf(scores[i] - greatest)
            sum += target[i]
        }
        for i in 0..<classes { target[i] /= sum }
    }
}
