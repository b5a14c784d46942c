/// A fully connected layer over a batch: three matrix products, cut along the features so that every worker reads its own weights.
final class DenseOperation: Operation {
    let inputs: [Signal]
    let output: Signal
    private let weights: Parameter
    private let bias: Parameter

    init(input: Signal, output: Signal, weights: Parameter, bias: Parameter) {
        self.inputs = [input]
        self.output = output
        self.weights = weights
        self.bias = bias
    }

    /// Features of one task: fixed, so that sums do not depend on the threads.
    private static let block = 512

    func forward(_ pass: Pass) {
        let (input, output) = (inputs[0], output)
        let (inner, columns, items) = (input.count, output.count, pass.items)
        blocks(columns, pass.workers) { range in
            for item in 0..<items {
                (output.values + item * columns + range.lowerBound).update(from: bias.values + range.lowerBound, count: range.count)
            }
            MatrixProduct.multiply(
                .init(input.values, stride: inner), .init(weights.values + range.lowerBound * inner, stride: inner, transposed: true),
                rows: items, inner: inner, columns: range.count, to: output.values + range.lowerBound, stride: columns, adding: true)
        }
    }

    func backward(_ pass: Pass, adding: [Bool]) {
        let (input, output) = (inputs[0], output)
        let (inner, columns, items) = (input.count, output.count, pass.items)
        if weights.isTrained {
            blocks(columns, pass.workers) { range in
                MatrixProduct.multiply(
                    .init(output.gradient + range.lowerBound, stride: columns, transposed: true), .init(input.values, stride: inner),
                    rows: range.count, inner: items, columns: inner, to: weights.gradient + range.lowerBound * inner,
                    stride: inner, adding: false)
            }
        }
        if bias.isTrained {
            bias.gradient.update(repeating: 0, count: columns)
            for item in 0..<items { Vector.add(output.gradient + item * columns, to: bias.gradient, columns) }
        }
        guard input.needsGradient else { return }
        blocks(inner, pass.workers) { range in
            MatrixProduct.multiply(
                .init(output.gradient, stride: columns), .init(weights.values + range.lowerBound, stride: inner),
                rows: items, inner: columns, columns: range.count, to: input.gradient + range.lowerBound, stride: inner,
                adding: adding[0])
        }
    }

    private func blocks(_ count: Int, _ workers: Workers, _ body: (Range<Int>) -> Void) {
        workers.ranges(count, of: Self.block, body)
    }
}
