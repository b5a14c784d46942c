import CNNKernels

/// A convolution that sees each channel for itself, plane by plane.
///
/// A plane is copied with zeros round it, so that nothing asks where its edges are. A stride of n is one of 1 of which every n-th column is taken (rows
/// between are not computed at all): on the way back the columns between have a gradient of 0.
struct DepthwiseConvolution: ConvolutionOfItem {
    private let geometry: ConvolutionGeometry
    private let kernels = KernelSet.preferred

    /// Nil for any other convolution, and where its taps lie apart.
    init?(_ geometry: ConvolutionGeometry) {
        guard geometry.layer.isDepthwise, geometry.layer.dilation == 1 else { return nil }
        self.geometry = geometry
    }

    private var layer: Convolution { geometry.layer }
    private var taps: Int { layer.kernel.count }
    private var channels: Int { geometry.input[0] }
    private var input: Extent { Extent(geometry.input[1], geometry.input[2]) }
    private var output: Extent { Extent(geometry.output[1], geometry.output[2]) }
    /// With a stride of 1: what the window meets.
    private var dense: Extent { Extent((output.height - 1) * layer.stride.height + 1, (output.width - 1) * layer.stride.width + 1) }

    /// Rows of results, and rows that are read for them, in floats.
    private func pitch(_ width: Int) -> Int { ChannelLayout.filled(width) }
    private func readPitch(_ width: Int) -> Int { pitch(width) + layer.kernel.width - 1 }

    /// The input with its padding; the last rows may lie beyond what the windows meet.
    private var paddedInput: (rows: Int, pitch: Int) {
        (
            max(dense.height + layer.kernel.height - 1, input.height + layer.padding.height),
            max(readPitch(dense.width), input.width + layer.padding.width)
        )
    }
    /// The output's gradient in its dense places, with what is round it.
    private var paddedGradient: (rows: Int, pitch: Int) { (input.height + layer.kernel.height - 1, readPitch(input.width)) }

    var gradientCount: Int { layer.weightShape.count }
    var scratchCount: Int {
        let forward = paddedInput.rows * paddedInput.pitch + output.height * pitch(dense.width)
        return max(forward, paddedGradient.rows * paddedGradient.pitch + input.height * pitch(input.width) + taps)
    }

    func forward(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let results = scratch + clear(paddedInput, scratch)
        var window = inputWindow
        for channel in 0..<channels {
            pad(input + channel * geometry.inputPixels, scratch)
            cnn_run_plane(kernels.table, &window, weights + channel * taps, scratch, results)
            let (target, offset) = (output + channel * geometry.outputPixels, bias?[channel] ?? 0)
            for y in 0..<self.output.height {
                let (row, source) = (target + y * self.output.width, results + y * window.output_row)
                for x in 0..<self.output.width { row[x] = source[x * layer.stride.width] + offset }
            }
        }
    }

    func inputGradient(
        _ outputGradient: UnsafePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>, weights: UnsafePointer<Float>, adding: Bool,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let padded = paddedGradient
        let results = scratch + clear(padded, scratch)
        let turned = results + input.height * pitch(input.width)
        var window = cnn_plane_window(
            rows: Int32(layer.kernel.height), columns: Int32(layer.kernel.width), height: Int32(input.height), width: Int32(pitch(input.width)),
            input_row: padded.pitch, output_row: pitch(input.width), step: 1)
        let (above, before) = (layer.kernel.height - 1 - layer.padding.height, layer.kernel.width - 1 - layer.padding.width)
        for channel in 0..<channels {
            spread(
                outputGradient + channel * geometry.outputPixels, scratch, rows: layer.stride.height, pitch: padded.pitch, above: above,
                before: before, within: Extent(padded.rows, padded.pitch))
            for tap in 0..<taps { turned[tap] = weights[channel * taps + taps - 1 - tap] }
            cnn_run_plane(kernels.table, &window, turned, scratch, results)
            let target = inputGradient + channel * geometry.inputPixels
            for y in 0..<input.height {
                Vector.put(results + y * window.output_row, to: target + y * input.width, input.width, adding: adding)
            }
        }
    }

    func addWeightGradient(
        _ input: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>, to sum: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let gradient = scratch + clear(paddedInput, scratch)
        var window = inputWindow
        gradient.update(repeating: 0, count: output.height * window.output_row)
        for channel in 0..<channels {
            pad(input + channel * geometry.inputPixels, scratch)
            spread(
                outputGradient + channel * geometry.outputPixels, gradient, rows: 1, pitch: window.output_row, above: 0, before: 0,
                within: Extent(output.height, window.output_row))
            cnn_add_plane_products(kernels.table, &window, scratch, gradient, sum + channel * taps)
        }
    }

    private var inputWindow: cnn_plane_window {
        cnn_plane_window(
            rows: Int32(layer.kernel.height), columns: Int32(layer.kernel.width), height: Int32(output.height), width: Int32(pitch(dense.width)),
            input_row: paddedInput.pitch, output_row: pitch(dense.width), step: Int32(layer.stride.height))
    }

    /// Zeros; returns how many.
    private func clear(_ plane: (rows: Int, pitch: Int), _ start: UnsafeMutablePointer<Float>) -> Int {
        start.update(repeating: 0, count: plane.rows * plane.pitch)
        return plane.rows * plane.pitch
    }

    /// A plane of the input inside its padding, which stays as it is.
    private func pad(_ plane: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>) {
        let corner = target + layer.padding.height * paddedInput.pitch + layer.padding.width
        for y in 0..<input.height { (corner + y * paddedInput.pitch).update(from: plane + y * input.width, count: input.width) }
    }

    /// A plane of the output, its columns a stride apart, from a place on; what would lie outside is left out.
    private func spread(
        _ plane: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, rows: Int, pitch: Int, above: Int, before: Int, within: Extent
    ) {
        let stride = layer.stride.width
        let columns = max(0, (stride - 1 - before) / stride)..<min(output.width, (within.width - before + stride - 1) / stride)
        for y in 0..<output.height where (0..<within.height).contains(above + y * rows) {
            let row = target + (above + y * rows) * pitch + before
            for x in columns { row[x * stride] = plane[y * output.width + x] }
        }
    }
}
