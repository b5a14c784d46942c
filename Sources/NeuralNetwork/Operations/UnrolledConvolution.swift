/// A convolution as a matrix product: each image is unrolled into columns (im2col), one for each output pixel.
///
/// A pointwise convolution needs no unrolling: its columns are the image.
struct UnrolledConvolution: ConvolutionOfItem {
    let geometry: ConvolutionGeometry
    private let columns: Columns

    init(geometry: ConvolutionGeometry) {
        self.geometry = geometry
        columns = Columns(geometry)
    }

    var scratchCount: Int { geometry.isPointwise ? 0 : columnCount + columns.sortedCount }
    private var columnCount: Int { rows * pixels }
    var gradientCount: Int { geometry.layer.weightShape.count }

    private var groups: Int { geometry.layer.groups }
    private var outputs: Int { geometry.layer.outputChannels / groups }
    private var inputs: Int { geometry.layer.inputChannels / groups }
    /// Values that one output pixel sees, in its group.
    private var rows: Int { geometry.layer.weightShape.item.count }
    private var pixels: Int { geometry.outputPixels }

    func forward(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        scratch: UnsafeMutablePointer<Float>
    ) {
        if let bias {
            for channel in 0..<geometry.output[0] { (output + channel * pixels).update(repeating: bias[channel], count: pixels) }
        }
        for group in 0..<groups {
            MatrixProduct.multiply(
                .init(weights + group * outputs * rows, stride: rows), .init(unroll(input, group, scratch), stride: pixels), rows: outputs,
                inner: rows, columns: pixels, to: output + group * outputs * pixels, stride: pixels, adding: bias != nil)
        }
    }

    func inputGradient(
        _ outputGradient: UnsafePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>, weights: UnsafePointer<Float>, adding: Bool,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let direct = geometry.isPointwise
        if !adding && !direct { inputGradient.update(repeating: 0, count: geometry.input.count) }
        for group in 0..<groups {
            let part = inputGradient + group * inputs * geometry.inputPixels
            MatrixProduct.multiply(
                .init(weights + group * outputs * rows, stride: rows, transposed: true),
                .init(outputGradient + group * outputs * pixels, stride: pixels), rows: rows, inner: outputs, columns: pixels,
                to: direct ? part : scratch, stride: pixels, adding: direct && adding)
            if !direct { columns.roll(scratch, addingTo: part) }
        }
    }

    func addWeightGradient(
        _ input: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>, to sum: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        for group in 0..<groups {
            MatrixProduct.multiply(
                .init(outputGradient + group * outputs * pixels, stride: pixels),
                .init(unroll(input, group, scratch), stride: pixels, transposed: true), rows: outputs, inner: pixels, columns: rows,
                to: sum + group * outputs * rows, stride: rows, adding: true)
        }
    }

    private func unroll(_ image: UnsafePointer<Float>, _ group: Int, _ scratch: UnsafeMutablePointer<Float>) -> UnsafePointer<Float> {
        let part = image + group * inputs * geometry.inputPixels
        if geometry.isPointwise { return part }
        columns.unroll(part, into: scratch, sorting: scratch + columnCount)
        return UnsafePointer(scratch)
    }
}

/// How one image (channels, height, width) becomes a matrix with one column for each output pixel, and back.
private struct Columns {
    private let channels: Int
    private let (height, width): (Int, Int)
    private let (outHeight, outWidth): (Int, Int)
    private let layer: Convolution

    init(_ geometry: ConvolutionGeometry) {
        layer = geometry.layer
        channels = layer.inputChannels / layer.groups
        (height, width) = (geometry.input[1], geometry.input[2])
        (outHeight, outWidth) = (geometry.output[1], geometry.output[2])
    }

    /// Floats for an image whose columns are sorted by which of the kernel's steps they belong to: what a row of the matrix takes then lies side by
    /// side. 0 where that is no gain: each pixel must be taken more than once.
    var sortedCount: Int { isSorting ? channels * height * sortedWidth : 0 }

    private var isSorting: Bool { layer.stride.width > 1 && layer.kernel.width > layer.stride.width }
    /// A row of the sorted image: as many parts as the stride is wide.
    private var sortedWidth: Int { layer.stride.width * partWidth }
    private var partWidth: Int { (width + layer.stride.width - 1) / layer.stride.width }

    /// - Parameter sorted: `sortedCount` floats.
    func unroll(_ image: UnsafePointer<Float>, into columns: UnsafeMutablePointer<Float>, sorting sorted: UnsafeMutablePointer<Float>) {
        if isSorting { sort(image, into: sorted) }
        var row = columns
        forEachRow { channel, ky, kx in
            if isSorting {
                fill(row, fromSorted: sorted + channel * height * sortedWidth, ky: ky, kx: kx)
            } else {
                fill(row, from: image + channel * height * width, ky: ky, kx: kx)
            }
            row += outHeight * outWidth
        }
    }

    /// Column x of a row goes to part x mod stride.
    private func sort(_ image: UnsafePointer<Float>, into sorted: UnsafeMutablePointer<Float>) {
        let stride = layer.stride.width
        for line in 0..<channels * height {
            let source = image + line * width
            for part in 0..<min(stride, width) {
                let target = sorted + line * sortedWidth + part * partWidth
                for x in 0..<(width - part + stride - 1) / stride { target[x] = source[x * stride + part] }
            }
        }
    }

    /// Adds each column's values to the pixels they came from.
    func roll(_ columns: UnsafePointer<Float>, addingTo image: UnsafeMutablePointer<Float>) {
        var row = columns
        forEachRow { channel, ky, kx in
            scatter(row, to: image + channel * height * width, ky: ky, kx: kx)
            row += outHeight * outWidth
        }
    }

    private func forEachRow(_ body: (_ channel: Int, _ ky: Int, _ kx: Int) -> Void) {
        for channel in 0..<channels {
            for ky in 0..<layer.kernel.height {
                for kx in 0..<layer.kernel.width { body(channel, ky, kx) }
            }
        }
    }

    /// Which output columns meet the image rather than its padding, and which input column the output column 0 meets.
    private func meeting(_ kx: Int) -> (columns: Range<Int>, shift: Int) {
        let (stride, shift) = (layer.stride.width, kx * layer.dilation.width - layer.padding.width)
        let first = min(outWidth, shift >= 0 ? 0 : (-shift + stride - 1) / stride)
        let last = shift >= width ? first : max(first, min(outWidth, (width - 1 - shift) / stride + 1))
        return (first..<last, shift)
    }

    private func inputRow(_ oy: Int, _ ky: Int) -> Int? {
        let y = oy * layer.stride.height + ky * layer.dilation.height - layer.padding.height
        return y >= 0 && y < height ? y : nil
    }

    /// One row of the matrix: what the kernel's element (ky, kx) meets at each output pixel, 0 in the padding.
    private func fill(_ row: UnsafeMutablePointer<Float>, from plane: UnsafePointer<Float>, ky: Int, kx: Int) {
        let stride = layer.stride.width
        fill(row, ky: ky, kx: kx) { target, y, met, shift in
            let source = plane + y * width
            if stride == 1 {
                (target + met.lowerBound).update(from: source + (met.lowerBound + shift), count: met.count)
            } else {
                for ox in met { target[ox] = source[ox * stride + shift] }
            }
        }
    }

    /// The same from the sorted plane.
    private func fill(_ row: UnsafeMutablePointer<Float>, fromSorted plane: UnsafePointer<Float>, ky: Int, kx: Int) {
        let stride = layer.stride.width
        fill(row, ky: ky, kx: kx) { target, y, met, shift in
            // Input column ox stride + shift is number ox + steps of its part.
            let part = (shift % stride + stride) % stride
            let steps = (shift - part) / stride
            let source = plane + y * sortedWidth + part * partWidth
            (target + met.lowerBound).update(from: source + (met.lowerBound + steps), count: met.count)
        }
    }

    /// Zeros in the padding; the rest is the body's, for each output row the input row that it meets.
    private func fill(
        _ row: UnsafeMutablePointer<Float>, ky: Int, kx: Int,
        _ body: (_ target: UnsafeMutablePointer<Float>, _ y: Int, _ met: Range<Int>, _ shift: Int) -> Void
    ) {
        let (met, shift) = meeting(kx)
        for oy in 0..<outHeight {
            let target = row + oy * outWidth
            guard let y = inputRow(oy, ky), !met.isEmpty else {
                target.update(repeating: 0, count: outWidth)
                continue
            }
            target.update(repeating: 0, count: met.lowerBound)
            (target + met.upperBound).update(repeating: 0, count: outWidth - met.upperBound)
            body(target, y, met, shift)
        }
    }

    private func scatter(_ row: UnsafePointer<Float>, to plane: UnsafeMutablePointer<Float>, ky: Int, kx: Int) {
        let (met, shift) = meeting(kx)
        let stride = layer.stride.width
        for oy in 0..<outHeight {
            guard let y = inputRow(oy, ky), !met.isEmpty else { continue }
            let (source, target) = (row + oy * outWidth, plane + y * width)
            if stride == 1 {
                Vector.add(source + met.lowerBound, to: target + (met.lowerBound + shift), met.count)
            } else {
                for ox in met { target[ox * stride + shift] += source[ox] }
            }
        }
    }
}
