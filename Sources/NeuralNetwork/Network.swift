import Dispatch
import Synchronization

/// A list of layers, each fed with the one before.
public struct Network: Sendable, CustomStringConvertible {
    public let name: String
    /// The shape of one input, without the batch axis: (1, 224, 224) for a patch.
    public let input: Shape
    /// The shape of one output, without the batch axis.
    public let output: Shape
    public let layers: [any Layer]

    /// - Throws: `ShapeError` naming the first layer that does not fit the one before.
    public init(_ name: String, input: Shape, layers: [any Layer]) throws(ShapeError) {
        var shape = input.batch(of: 1)
        for layer in layers { shape = try layer.outputShape(for: shape) }
        self.name = name
        self.input = input
        self.output = shape.item
        self.layers = layers
    }

    public var weightCount: Int { layers.reduce(0) { $0 + $1.weightCount } }

    /// The outputs for a batch (batch, ...input), in the batch's order.
    ///
    /// Each thread takes its share of the batch through the whole network, at most `slice` items at once: memory grows
    /// with the threads, not with the batch. One item never uses more than one thread. Blocks the calling thread.
    public func forward(_ batch: Tensor, threads: Int) throws(ShapeError) -> Tensor {
        try check(batch)
        let items = batch.shape[0]
        let workers = max(1, min(threads, items))
        if workers == 1 { return try forward(batch, items: 0..<items) }

        let shares = (0..<workers).map { items * $0 / workers..<items * ($0 + 1) / workers }
        let outcomes = Mutex([Result<Tensor, ShapeError>?](repeating: nil, count: workers))
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            let outcome = Result { () throws(ShapeError) in try forward(batch, items: shares[worker]) }
            outcomes.withLock { $0[worker] = outcome }
        }
        var values: [Float] = []
        values.reserveCapacity(items * output.count)
        for case let outcome? in outcomes.withLock({ $0 }) { values += try outcome.get().values }
        return Tensor(shape: output.batch(of: items), values: values)
    }

    /// The output of every layer for a batch, to look inside or to check an implementation. Keeps them all in memory.
    public func outputsOfLayers(_ batch: Tensor) throws(ShapeError) -> [Tensor] {
        try check(batch)
        var outputs: [Tensor] = []
        for layer in layers { outputs.append(try layer.forward(outputs.last ?? batch)) }
        return outputs
    }

    /// Few enough that the first layers' outputs stay in the cache, enough that a dense layer reads its weights once
    /// for several items.
    private static let slice = 4

    private func forward(_ batch: Tensor, items: Range<Int>) throws(ShapeError) -> Tensor {
        var values: [Float] = []
        values.reserveCapacity(items.count * output.count)
        for start in stride(from: items.lowerBound, to: items.upperBound, by: Self.slice) {
            var tensor = batch.items(start..<min(start + Self.slice, items.upperBound))
            for layer in layers { tensor = try layer.forward(consume tensor) }
            values += tensor.values
        }
        return Tensor(shape: output.batch(of: items.count), values: values)
    }

    private func check(_ batch: Tensor) throws(ShapeError) {
        guard batch.shape.rank == input.rank + 1, batch.shape.item == input else {
            throw ShapeError(
                operation: "network \(name)", input: batch.shape, expected: input.batch(of: 1),
                reason: "the input must be a batch of \(input)")
        }
    }

    /// One line a layer: its name, what it does, the shape it gives.
    public var description: String {
        var shape = input.batch(of: 1)
        var lines = ["\(name): \(weightCount) weights, input \(input)"]
        for layer in layers {
            // The initialiser went through the same shapes.
            if let next = try? layer.outputShape(for: shape) { shape = next }
            lines.append("  \(layer.name): \(layer.summary) -> \(shape.item)")
        }
        return lines.joined(separator: "\n")
    }
}
