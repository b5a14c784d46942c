import CNNKernels

/// A network taken apart for inference: maps and the steps between them, before weights are packed and memory is given out.
struct InferenceDraft {
    var maps: [MapDraft] = []
    var steps: [DraftStep] = []
    /// What the network ends with, before a softmax.
    var output = 0
    /// What enters the last dense layer on the top level, and how many steps come before it.
    var features: (map: Int, shape: Shape, steps: Int)?
    /// Layers that have no kernel and run as the reference does.
    var referenceLayers: [String] = []
}

/// One map of a network, or a row of features as a map of one pixel.
struct MapDraft {
    let height: Int
    let width: Int
    var layout: ChannelLayout
    /// The map whose channels, from this place on, are this one: branches write side by side.
    var parent: (map: Int, place: Int)?
    /// How far kernels read over each edge.
    var border = Border()
}

/// Pixels around a map.
struct Border: Hashable {
    var top = 0
    var bottom = 0
    var left = 0
    var right = 0

    mutating func reach(_ other: Border) {
        self = Border(
            top: max(top, other.top), bottom: max(bottom, other.bottom), left: max(left, other.left), right: max(right, other.right))
    }

    var isEmpty: Bool { self == Border() }
}

enum DraftStep {
    /// The batch's planes into a map, squares of `block` pixels becoming the channels of one.
    case load(output: Int, block: Int, shift: Int)
    case convolution(ConvolutionDraft)
    case pool(PoolDraft)
    /// The mean, the maximum, or both of whole maps.
    case whole(input: Int, output: Int, mean: Bool, maximum: Bool)
    case sum(Int, Int, output: Int, relu: Bool)
    /// input * scale + shift for each channel.
    case scale(input: Int, output: Int, scale: [Float], shift: [Float], relu: Bool)
    /// A layer without a kernel.
    case reference(Layer, input: Int, shape: Shape, output: Int)

    var output: Int {
        switch self {
        case .load(let output, _, _), .whole(_, let output, _, _), .sum(_, _, let output, _), .scale(_, let output, _, _, _),
            .reference(_, _, _, let output):
            output
        case .convolution(let convolution): convolution.output
        case .pool(let pool): pool.output
        }
    }

    var inputs: [Int] {
        switch self {
        case .load: []
        case .whole(let input, _, _, _), .scale(let input, _, _, _, _), .reference(_, let input, _, _): [input]
        case .convolution(let convolution): [convolution.input] + (convolution.addend.map { [$0] } ?? [])
        case .pool(let pool): [pool.input]
        case .sum(let a, let b, _, _): [a, b]
        }
    }
}

struct PoolDraft {
    let isMaximum: Bool
    let window: cnn_window
    let input: Int
    let output: Int
}

/// A convolution, or a dense layer as a convolution over the whole map, with all that is done to its results at once.
struct ConvolutionDraft {
    let input: Int
    let output: Int
    /// Where its part of the channels begins, for a convolution in groups.
    var inputPlace = 0
    var outputPlace = 0
    /// For each place that it reads the input of the weights; -1 for filling.
    let channels: [Int32]
    /// (outputs, inputs, kernel height, kernel width).
    var weights: [Float]
    var bias: [Float]
    let inputs: Int
    let kernel: Extent
    var stride: Extent = 1
    var padding: Extent = 0
    var dilation: Extent = 1
    /// Added before the ReLU.
    var addend: Int?
    var relu = false
    /// Each channel is seen for itself: `inputs` is 1, and output c reads place c.
    var isDepthwise = false
    var method = Method.product

    var outputs: Int { bias.count }

    enum Method: Hashable {
        case product
        /// Winograd's, with squares of this many outputs on a side.
        case winograd(tile: Int)
        case depthwise
    }

    /// A normalisation of the results, by the weights.
    mutating func fold(scale: ArraySlice<Float>, shift: ArraySlice<Float>) {
        let each = weights.count / outputs
        for (output, (scale, shift)) in zip(scale, shift).enumerated() {
            for i in output * each..<(output + 1) * each { weights[i] *= scale }
            bias[output] = bias[output] * scale + shift
        }
    }
}
