/// The greatest value under a moving window; remembers where it was, for the gradient.
final class MaxPoolOperation: Operation {
    let inputs: [Signal]
    let output: Signal
    private let window: PoolingWindow
    /// For each output value the place in its map of the value it is.
    private var places: [Int32]

    init(_ window: PoolingWindow, input: Signal, output: Signal, capacity: Int) {
        self.window = window
        self.inputs = [input]
        self.output = output
        places = [Int32](repeating: 0, count: capacity * output.count)
    }

    func forward(_ pass: Pass) {
        let (width, height) = (inputs[0].shape[2], inputs[0].shape[1])
        let (outPixels, inPixels) = (output.shape[1] * output.shape[2], width * height)
        let (source, target) = (UnsafePointer(inputs[0].values), output.values)
        places.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let places = buffer
            pass.workers.share(pass.items) { item, _ in
                for map in item * output.shape[0]..<(item + 1) * output.shape[0] {
                    let plane = source + map * inPixels
                    var index = map * outPixels
                    for oy in 0..<output.shape[1] {
                        let ys = window.covered(oy, by: window.size.height, window.stride.height, window.padding.height, height)
                        for ox in 0..<output.shape[2] {
                            let xs = window.covered(ox, by: window.size.width, window.stride.width, window.padding.width, width)
                            let place = Self.greatest(plane, ys, xs, width)
                            target[index] = plane[place]
                            places[index] = Int32(truncatingIfNeeded: place)
                            index += 1
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func greatest(_ plane: UnsafePointer<Float>, _ ys: Range<Int>, _ xs: Range<Int>, _ width: Int) -> Int {
        var place = ys.lowerBound * width + xs.lowerBound
        var greatest = plane[place]
        var row = ys.lowerBound * width
        for _ in 0..<ys.count {
            for i in row + xs.lowerBound..<row + xs.upperBound where plane[i] > greatest {
                greatest = plane[i]
                place = i
            }
            row += width
        }
        return place
    }

    func backward(_ pass: Pass, adding: [Bool]) {
        let (input, output) = (inputs[0], output)
        guard input.needsGradient else { return }
        let (inPixels, outPixels) = (input.shape[1] * input.shape[2], output.shape[1] * output.shape[2])
        places.withUnsafeBufferPointer { places in
            pass.workers.share(pass.items) { item, _ in
                if !adding[0] { (input.gradient + item * input.count).update(repeating: 0, count: input.count) }
                for map in item * output.shape[0]..<(item + 1) * output.shape[0] {
                    let target = input.gradient + map * inPixels
                    for i in map * outPixels..<(map + 1) * outPixels { target[Int(places[i])] += output.gradient[i] }
                }
            }
        }
    }
}

extension PoolingWindow {
    /// The pixels of the map under the window's position, along one axis.
    @inline(__always)
    func covered(_ position: Int, by size: Int, _ stride: Int, _ padding: Int, _ length: Int) -> Range<Int> {
        let start = position * stride - padding
        return max(0, start)..<min(length, start + size)
    }
}

/// The mean under each of a grid of windows.
final class AveragePoolOperation: Operation {
    let inputs: [Signal]
    let output: Signal
    private let rows: [Span]
    private let columns: [Span]

    /// The pixels along one axis, and how many the mean counts.
    struct Span {
        let pixels: Range<Int>
        let divisor: Int
    }

    init(rows: [Span], columns: [Span], input: Signal, output: Signal) {
        self.rows = rows
        self.columns = columns
        self.inputs = [input]
        self.output = output
    }

    convenience init(_ pool: AveragePool, input: Signal, output: Signal) {
        func spans(_ count: Int, _ size: Int, _ stride: Int, _ padding: Int, _ length: Int) -> [Span] {
            (0..<count).map { position in
                let covered = pool.window.covered(position, by: size, stride, padding, length)
                let start = position * stride - padding
                let counted = min(start + size, length + padding) - start
                return Span(pixels: covered, divisor: pool.countsPadding ? counted : covered.count)
            }
        }
        let window = pool.window
        self.init(
            rows: spans(output.shape[1], window.size.height, window.stride.height, window.padding.height, input.shape[1]),
            columns: spans(output.shape[2], window.size.width, window.stride.width, window.padding.width, input.shape[2]),
            input: input, output: output)
    }

    /// As PyTorch's AdaptiveAvgPool2d: window i of n over a length reaches from floor(i length / n) to ceil((i + 1) length / n).
    convenience init(adaptingTo extent: Extent, input: Signal, output: Signal) {
        func spans(_ count: Int, _ length: Int) -> [Span] {
            (0..<count).map { i in
                let pixels = i * length / count..<((i + 1) * length + count - 1) / count
                return Span(pixels: pixels, divisor: pixels.count)
            }
        }
        self.init(
            rows: spans(extent.height, input.shape[1]), columns: spans(extent.width, input.shape[2]), input: input, output: output)
    }

    func forward(_ pass: Pass) {
        let (source, target, width) = (UnsafePointer(inputs[0].values), output.values, inputs[0].shape[2])
        forEachWindow(pass) { plane, pixel, rows, columns, factor in
            var sum: Float = 0
            for y in rows.lowerBound..<rows.upperBound {
                let row = source + (plane + y * width)
                for x in columns.lowerBound..<columns.upperBound { sum += row[x] }
            }
            target[pixel] = sum * factor
        }
    }

    func backward(_ pass: Pass, adding: [Bool]) {
        let input = inputs[0]
        guard input.needsGradient else { return }
        let (source, target, width) = (UnsafePointer(output.gradient), input.gradient, input.shape[2])
        if !adding[0] {
            pass.workers.ranges(pass.items * input.count) { (target + $0.lowerBound).update(repeating: 0, count: $0.count) }
        }
        forEachWindow(pass) { plane, pixel, rows, columns, factor in
            let share = source[pixel] * factor
            for y in rows.lowerBound..<rows.upperBound {
                let row = target + (plane + y * width)
                for x in columns.lowerBound..<columns.upperBound { row[x] += share }
            }
        }
    }

    @inline(__always)
    private func forEachWindow(
        _ pass: Pass, _ body: (_ plane: Int, _ pixel: Int, _ rows: Range<Int>, _ columns: Range<Int>, _ factor: Float) -> Void
    ) {
        let (channels, inPixels, count) = (output.shape[0], inputs[0].shape[1] * inputs[0].shape[2], output.count)
        let (rows, columns) = (rows, columns)
        pass.workers.share(pass.items) { item, _ in
            var pixel = item * count
            for map in item * channels..<(item + 1) * channels {
                for row in rows {
                    for column in columns {
                        body(map * inPixels, pixel, row.pixels, column.pixels, 1 / Float(row.divisor * column.divisor))
                        pixel += 1
                    }
                }
            }
        }
    }
}

/// The mean and the maximum of each map, means first.
final class MeanMaxOperation: Operation {
    let inputs: [Signal]
    let output: Signal
    private var places: [Int]

    init(input: Signal, output: Signal, capacity: Int) {
        self.inputs = [input]
        self.output = output
        places = Array(repeating: 0, count: capacity * input.shape[0])
    }

    private var channels: Int { inputs[0].shape[0] }
    private var pixels: Int { inputs[0].shape[1] * inputs[0].shape[2] }

    func forward(_ pass: Pass) {
        for map in 0..<pass.items * channels {
            let plane = inputs[0].values + map * pixels
            var place = 0
            for i in 1..<pixels where plane[i] > plane[place] { place = i }
            places[map] = place
            let target = output.values + map / channels * 2 * channels + map % channels
            target[0] = Vector.sum(plane, pixels) / Float(pixels)
            target[channels] = plane[place]
        }
    }

    func backward(_ pass: Pass, adding: [Bool]) {
        guard inputs[0].needsGradient else { return }
        for map in 0..<pass.items * channels {
            let target = inputs[0].gradient + map * pixels
            let source = output.gradient + map / channels * 2 * channels + map % channels
            let share = source[0] / Float(pixels)
            for i in 0..<pixels { target[i] = (adding[0] ? target[i] : 0) + share }
            target[places[map]] += source[channels]
        }
    }
}

/// The middle of each map.
final class MiddleOperation: Operation {
    let inputs: [Signal]
    let output: Signal
    private let extent: Extent

    init(_ extent: Extent, input: Signal, output: Signal) {
        self.extent = extent
        inputs = [input]
        self.output = output
    }

    func forward(_ pass: Pass) {
        forEachRow(of: pass) { inner, outer in (output.values + inner).update(from: inputs[0].values + outer, count: extent.width) }
    }

    func backward(_ pass: Pass, adding: [Bool]) {
        guard inputs[0].needsGradient else { return }
        if !adding[0] { inputs[0].gradient.update(repeating: 0, count: pass.items * inputs[0].count) }
        forEachRow(of: pass) { inner, outer in Vector.put(output.gradient + inner, to: inputs[0].gradient + outer, extent.width, adding: true) }
    }

    /// Where each row begins in the output and in the input.
    private func forEachRow(of pass: Pass, _ body: (_ inner: Int, _ outer: Int) -> Void) {
        let (channels, height, width) = inputs[0].shape.asMap
        let (top, left) = ((height - extent.height) / 2, (width - extent.width) / 2)
        pass.workers.share(pass.items) { item, _ in
            for map in item * channels..<(item + 1) * channels {
                for row in 0..<extent.height { body((map * extent.height + row) * extent.width, (map * height + top + row) * width + left) }
            }
        }
    }
}
