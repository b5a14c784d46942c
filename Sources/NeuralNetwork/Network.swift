/// A list of layers, each fed with the one before, without weights.
public struct Network: Hashable, Sendable, CustomStringConvertible {
    public let name: String
    /// The shape of one input, without the batch axis: (1, 224, 224) for a patch.
    public let input: Shape
    /// The shape of one output, without the batch axis.
    public let output: Shape
    public let layers: [Layer]

    /// - Throws: `ShapeError` naming the first layer that does not fit the one before.
    public init(_ name: String, input: Shape, layers: [Layer]) throws(ShapeError) {
        self.name = name
        self.input = input
        self.output = try Layer.outputShape(of: layers, for: input)
        self.layers = layers
    }

    /// How many numbers training can change.
    public var weightCount: Int { parameterSpecifications.filter(\.isTrainable).reduce(0) { $0 + $1.shape.count } }

    /// Whether it gives probabilities; otherwise logits.
    public var endsWithSoftmax: Bool { layers.last == .softmax }

    /// The network without its softmax, for training and for calibration.
    public var logits: Network { endsWithSoftmax ? prefix(layers.count - 1) : self }

    /// The layers up to what enters the last dense layer; all of them where there is no dense layer on the top level.
    public var trunk: Network { prefix(lastDense ?? layers.count) }

    /// The last dense layer and what follows it, a network of its own: to be trained on features computed once. Nil where there is none.
    public var head: Network? {
        guard let lastDense else { return nil }
        return Network(
            unchecked: "\(name)-head", input: trunk.output, output: output, layers: Array(layers[lastDense...]))
    }

    private var lastDense: Int? {
        layers.lastIndex { if case .dense = $0 { true } else { false } }
    }

    /// The first layers, whose shapes the initialiser has checked.
    private func prefix(_ count: Int) -> Network {
        var shape = input
        for layer in layers.prefix(count) { if let next = try? layer.outputShape(for: shape) { shape = next } }
        return Network(unchecked: name, input: input, output: shape, layers: Array(layers.prefix(count)))
    }

    /// The same network with layers that give the same shapes.
    func replacing(layers: [Layer]) -> Network { Network(unchecked: name, input: input, output: output, layers: layers) }

    private init(unchecked name: String, input: Shape, output: Shape, layers: [Layer]) {
        self.name = name
        self.input = input
        self.output = output
        self.layers = layers
    }

    /// - Throws: `ShapeError` where this is not a batch of inputs.
    func check(_ batch: Shape) throws(ShapeError) {
        guard batch.rank == input.rank + 1, batch.item == input else {
            throw ShapeError(
                operation: "network \(name)", input: batch, expected: input.batch(of: 1), reason: "the input must be a batch of \(input)")
        }
    }

    /// One line a layer: its name, what it does, the shape it gives; layers inside others are set in.
    public var description: String {
        var shape = input
        var lines = ["\(name): \(weightCount) weights, input \(input)"]
        for layer in layers { lines += layer.lines(for: &shape, indent: "  ") }
        return lines.joined(separator: "\n")
    }
}

extension Layer {
    fileprivate func lines(for shape: inout Shape, indent: String) -> [String] {
        let input = shape
        // The network's initialiser went through the same shapes.
        if let next = try? outputShape(for: input) { shape = next }
        var lines = ["\(indent)\(name): \(summary) -> \(shape)"]
        let parts: [[Layer]] =
            switch self {
            case .sequence(let layers): [layers]
            case .residual(let residual): [residual.body, residual.shortcut]
            case .branches(let branches): branches
            default: []
            }
        for part in parts {
            var inner = input
            for layer in part { lines += layer.lines(for: &inner, indent: indent + "  ") }
        }
        return lines
    }
}
