extension Layer {
    /// The shape of the output for one item of this shape.
    /// - Throws: `ShapeError` naming the first layer that does not fit.
    public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
        switch self {
        case .convolution(let layer): return try Shape(maps: layer.outputChannels, layer.outputExtent(input))
        case .batchNormalisation(let layer):
            return try check(input, input.rank >= 1 && input[0] == layer.channels, "the input must have \(layer.channels) channels")
        case .localResponseNormalisation, .relu, .dropout: return input
        case .maxPool(let pool): return try Shape(maps: input.first, pool.window.outputExtent(input, operation: name))
        case .averagePool(let pool): return try Shape(maps: input.first, pool.window.outputExtent(input, operation: name))
        case .adaptiveAveragePool(let extent):
            return Shape(maps: try checkMaps(input).first, extent)
        case .meanMaxPool: return [2 * (try checkMaps(input)).first]
        case .middle(let extent):
            let maps = try checkMaps(input)
            return try check(
                maps, maps[1] >= extent.height && maps[2] >= extent.width && extent.count > 0, "the maps must be at least \(extent)",
                Shape(maps: maps.first, extent))
        case .flatten: return [input.count]
        case .dense(let layer):
            return try check(input, input == [layer.inputFeatures], "the input must have \(layer.inputFeatures) features", [layer.outputFeatures])
        case .softmax: return try check(input, input.rank == 1 && input[0] > 0, "the input must be scores of at least one class")
        case .sequence(let layers): return try Self.outputShape(of: layers, for: input)
        case .residual(let residual):
            let shape = try Self.outputShape(of: residual.body, for: input)
            let other = try Self.outputShape(of: residual.shortcut, for: input)
            guard shape == other else {
                throw ShapeError(operation: "residual", input: other, expected: shape, reason: "shortcut and body must have one shape")
            }
            return shape
        case .branches(let branches): return try Self.outputShape(ofBranches: branches, for: input)
        }
    }

    static func outputShape(of layers: [Layer], for input: Shape) throws(ShapeError) -> Shape {
        var shape = input
        for layer in layers { shape = try layer.outputShape(for: shape) }
        return shape
    }

    private static func outputShape(ofBranches branches: [[Layer]], for input: Shape) throws(ShapeError) -> Shape {
        var result: Shape?
        for branch in branches {
            let shape = try outputShape(of: branch, for: input)
            guard let before = result else {
                result = shape
                continue
            }
            guard shape.rank == before.rank, shape.rank > 0, shape.item == before.item else {
                throw ShapeError(operation: "branches", input: shape, expected: before, reason: "branches differ in channels only")
            }
            result = before.item.batch(of: before[0] + shape[0])
        }
        return result ?? input
    }

    private func check(_ input: Shape, _ fits: Bool, _ reason: String, _ output: Shape? = nil) throws(ShapeError) -> Shape {
        guard fits else {
            throw ShapeError(operation: operation, input: input, expected: expected ?? input, reason: reason)
        }
        return output ?? input
    }

    private func checkMaps(_ input: Shape) throws(ShapeError) -> Shape {
        guard input.rank == 3, input[1] > 0, input[2] > 0 else {
            throw ShapeError(
                operation: operation, input: input, expected: [0, 1, 1],
                reason: "the input must be (channels, height, width) with at least one pixel")
        }
        return input
    }

    private var expected: Shape? {
        switch self {
        case .dense(let layer): [layer.inputFeatures]
        case .batchNormalisation(let layer): [layer.channels]
        default: nil
        }
    }

    /// What messages call it: "dense fc".
    private var operation: String {
        switch self {
        case .dense(let layer): "dense \(layer.name)"
        case .batchNormalisation(let layer): "batch normalisation \(layer.name)"
        default: name
        }
    }
}

extension Shape {
    init(maps: Int, _ extent: Extent) { self = [maps, extent.height, extent.width] }

    /// The first axis: the channels of an item.
    var first: Int { sizes.first ?? 0 }
}
