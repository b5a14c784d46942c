/// The body of a residual plus its shortcut, in place of the body where nobody else reads it.
final class SumOperation: Operation {
    let inputs: [Signal]
    let output: Signal
    private let isInPlace: Bool

    init(body: Signal, shortcut: Signal, output: Signal) {
        self.inputs = [body, shortcut]
        self.output = output
        isInPlace = body.store === output.store
    }

    func forward(_ pass: Pass) {
        let (body, shortcut, target) = (inputs[0].values, inputs[1].values, output.values)
        pass.workers.ranges(pass.items * output.count) { range in
            for i in range { target[i] = body[i] + shortcut[i] }
        }
    }

    func backward(_ pass: Pass, adding: [Bool]) {
        for (index, input) in inputs.enumerated() where input.needsGradient && !(index == 0 && isInPlace) {
            let (source, target) = (output.gradient, input.gradient)
            pass.workers.ranges(pass.items * output.count) { range in
                Vector.put(source + range.lowerBound, to: target + range.lowerBound, range.count, adding: adding[index])
            }
        }
    }
}

/// Branches side by side on the channels.
final class ConcatenationOperation: Operation {
    let inputs: [Signal]
    let output: Signal

    init(inputs: [Signal], output: Signal) {
        self.inputs = inputs
        self.output = output
    }

    func forward(_ pass: Pass) {
        pass.workers.share(pass.items) { item, _ in
            var target = output.values + item * output.count
            for input in inputs {
                target.update(from: input.values + item * input.count, count: input.count)
                target += input.count
            }
        }
    }

    func backward(_ pass: Pass, adding: [Bool]) {
        pass.workers.share(pass.items) { item, _ in
            var source = output.gradient + item * output.count
            for (index, input) in inputs.enumerated() {
                if input.needsGradient {
                    Vector.put(source, to: input.gradient + item * input.count, input.count, adding: adding[index])
                }
                source += input.count
            }
        }
    }
}
