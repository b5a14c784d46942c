import CNNKernels
import Synchronization

/// One thread's memory for running a program.
struct InferenceMemory: Sendable {
    let maps: FloatMemory
    let scratch: FloatMemory
}

/// Memory of a program that is not in use, kept from one batch to the next; a network that runs on two threads at once ends up with two of each.
final class SpareMemory: Sendable {
    private let maps = Mutex<[FloatMemory]>([])
    private let scratch = Mutex<[FloatMemory]>([])
    private let batch = Mutex<[FloatMemory]>([])

    func take(_ program: InferenceProgram) -> InferenceMemory {
        InferenceMemory(
            maps: maps.withLock { $0.popLast() } ?? FloatMemory(count: program.plan.workerCount), scratch: takeScratch(program))
    }

    func giveBack(_ memory: InferenceMemory) {
        maps.withLock { $0.append(memory.maps) }
        giveBackScratch(memory.scratch)
    }

    /// For who helps with the maps of another.
    func takeScratch(_ program: InferenceProgram) -> FloatMemory {
        scratch.withLock { $0.popLast() } ?? FloatMemory(count: program.scratchCount)
    }

    func giveBackScratch(_ memory: FloatMemory) { scratch.withLock { $0.append(memory) } }

    func takeBatch(count: Int) -> FloatMemory {
        let found = batch.withLock { list in list.firstIndex { $0.count >= count }.map { list.remove(at: $0) } }
        return found ?? FloatMemory(count: count)
    }

    /// Two blocks stay: the largest.
    func giveBackBatch(_ memory: FloatMemory) {
        batch.withLock { list in
            list.append(memory)
            list.sort { $0.count > $1.count }
            if list.count > 2 { list.removeLast() }
        }
    }
}

/// A batch on its way through a program. Threads read the same planes and write items, rows or channels of their own.
struct InferenceRun: @unchecked Sendable {
    let program: InferenceProgram
    let wanted: InferenceProgram.Result
    /// Of all items.
    let planes: cnn_planes
    let items: Int
    /// Where the wanted map goes, item by item.
    let target: UnsafeMutablePointer<Float>
    let batch: FloatMemory

    private var plan: InferencePlan { program.plan }

    /// The stages for some items, by one thread.
    func runStages(_ range: Range<Int>, _ memory: InferenceMemory) throws(ShapeError) {
        for stage in plan.stages where stage.steps.lowerBound < wanted.steps {
            for first in stride(from: range.lowerBound, to: range.upperBound, by: stage.items) {
                let some = first..<min(first + stage.items, range.upperBound)
                for step in stage.steps.prefix(while: { $0 < wanted.steps }) { try run(step, Items(of: some, base: range.lowerBound), memory) }
            }
        }
        if !plan.places[wanted.map].isOfBatch { store(Items(of: range, base: range.lowerBound), memory) }
    }

    /// The stages for a batch too small for each thread to have items of its own: the threads share every map.
    /// - Parameter scratches: one for each thread.
    func runStages(sharingMaps workers: Workers, _ maps: FloatMemory, scratches: [FloatMemory]) throws(ShapeError) {
        let memory = InferenceMemory(maps: maps, scratch: scratches[0])
        enum Phase {
            case borders(step: Int)
            case pieces(step: Int, [Range<Int>])
        }
        var phases: [(items: Items, work: Phase)] = []
        for stage in plan.stages where stage.steps.lowerBound < wanted.steps {
            for first in stride(from: 0, to: items, by: stage.items) {
                let some = Items(of: first..<min(first + stage.items, items), base: 0)
                for step in stage.steps.prefix(while: { $0 < wanted.steps }) {
                    if !plan.borders[step].isEmpty { phases.append((some, .borders(step: step))) }
                    let pieces = pieces(step, some, memory)
                    let parts = max(1, min(workers.count, pieces))
                    phases.append((some, .pieces(step: step, (0..<parts).map { pieces * $0 / parts..<pieces * ($0 + 1) / parts })))
                }
            }
        }
        let counts = phases.map { if case .pieces(_, let parts) = $0.work { parts.count } else { 1 } }
        let failures = Failures()
        workers.share(phases: counts) { phase, task, worker in
            switch phases[phase].work {
            case .borders(let step): clearBorders(step, phases[phase].items, memory)
            case .pieces(let step, let parts):
                do throws(ShapeError) {
                    try run(step, phases[phase].items, memory, scratch: scratches[worker], pieces: parts[task])
                } catch { failures.note(error) }
            }
        }
        if let first = failures.first { throw first }
        if !plan.places[wanted.map].isOfBatch { store(Items(of: 0..<items, base: 0), memory) }
    }

    /// What the whole batch goes through at once, its outputs shared among the threads.
    func runBatchSteps(_ workers: Workers, _ memory: InferenceMemory) throws(ShapeError) {
        let all = Items(of: 0..<items, base: 0)
        for step in plan.batchSteps.prefix(while: { $0 < wanted.steps }) {
            if case .convolution(let convolution) = program.steps[step] {
                clearBorders(step, all, memory)
                let panel = program.kernels.panel
                let panels = (convolution.outputs + panel - 1) / panel
                // A few parts for each thread, should one be held up.
                let parts = workers.count == 1 || !convolution.canShareOutputs ? 1 : min(panels, workers.count * 4)
                workers.share(parts) { part, _ in
                    let begin = panels * part / parts * panel
                    let end = min(panels * (part + 1) / parts * panel, convolution.outputs)
                    run(convolution, all, memory, outputs: begin..<end)
                }
            } else {
                try run(step, all, memory)
            }
        }
        if plan.places[wanted.map].isOfBatch { store(all, memory) }
    }

    /// Some items of the batch, and which of them lies at the beginning of the worker's memory.
    private struct Items {
        let of: Range<Int>
        let base: Int
    }

    private func map(_ index: Int, _ items: Items, _ memory: InferenceMemory) -> cnn_map {
        let place = plan.places[index]
        // Maps of one stage hold only the items that it takes at a time.
        let first = place.isOfBatch ? items.of.lowerBound : (items.of.lowerBound - items.base) % place.capacity
        let start = place.isOfBatch ? batch.start + place.offset * self.items : memory.maps.start + place.offset
        return cnn_map(
            values: start + place.corner + first * place.item, item: place.item, row: place.row, pixel: place.pixel, items: Int32(items.of.count),
            height: Int32(place.height), width: Int32(place.width), channels: Int32(place.channels))
    }

    private func store(_ items: Items, _ memory: InferenceMemory) {
        var source = map(wanted.map, items, memory)
        cnn_store_planes(&source, wanted.places, Int32(wanted.places.count), target + items.of.lowerBound * wanted.shape.count)
    }

    private func clearBorders(_ step: Int, _ items: Items, _ memory: InferenceMemory) {
        for (index, border) in plan.borders[step] {
            var whole = map(index, items, memory)
            cnn_clear_border(&whole, Int32(border.top), Int32(border.bottom), Int32(border.left), Int32(border.right))
        }
    }

    private func run(_ convolution: PackedConvolution, _ items: Items, _ memory: InferenceMemory, outputs: Range<Int>) {
        let output = map(convolution.output, items, memory)
        convolution.run(
            program.kernels, input: map(convolution.input, items, memory), output: output,
            addend: convolution.addend.map { map($0, items, memory) }, scratch: memory.scratch.start, outputs: outputs,
            pieces: 0..<convolution.pieces(of: output))
    }

    private func run(_ step: Int, _ items: Items, _ memory: InferenceMemory) throws(ShapeError) {
        clearBorders(step, items, memory)
        try run(step, items, memory, scratch: memory.scratch, pieces: 0..<pieces(step, items, memory))
    }

    /// How many pieces threads can share a step's output in: its rows, each of all items, or Winograd's blocks; 1 where it is made as a whole.
    private func pieces(_ step: Int, _ items: Items, _ memory: InferenceMemory) -> Int {
        func rows(_ output: Int) -> Int { plan.places[output].height }
        return switch program.steps[step] {
        case .load(let output, _, _), .sum(_, _, let output, _), .scale(_, let output, _, _, _): rows(output)
        case .convolution(let convolution): convolution.pieces(of: map(convolution.output, items, memory))
        // A window over the edge needs to know where the edge is.
        case .pool(let pool): pool.window.row_padding == 0 ? rows(pool.output) : 1
        case .whole, .reference: 1
        }
    }

    /// Some pieces of what a step makes; the borders are clear.
    private func run(_ step: Int, _ items: Items, _ memory: InferenceMemory, scratch: FloatMemory, pieces: Range<Int>) throws(ShapeError) {
        let kernels = program.kernels.table
        func at(_ index: Int) -> cnn_map { map(index, items, memory) }
        switch program.steps[step] {
        case .load(let output, let block, let shift):
            var target = at(output)
            var source = planes.items(from: items.of.lowerBound)
            cnn_load_planes(&source, Int32(block), Int32(shift), &target, Int32(pieces.lowerBound), Int32(pieces.upperBound))
        case .convolution(let convolution):
            convolution.run(
                program.kernels, input: at(convolution.input), output: at(convolution.output), addend: convolution.addend.map(at),
                scratch: scratch.start, outputs: 0..<convolution.outputs, pieces: pieces)
        case .pool(let pool):
            var window = pool.window
            var (source, target) = (at(pool.input), at(pool.output))
            if window.row_padding == 0 {
                source = source.rows(from: pieces.lowerBound * Int(window.row_stride))
                target = target.rows(pieces)
            }
            if pool.isMaximum { cnn_run_maximum(kernels, &window, &source, &target) } else { cnn_run_mean(kernels, &window, &source, &target) }
        case .whole(let input, let output, let mean, let maximum):
            var source = at(input)
            let target = at(output)
            let start = target.values
            cnn_run_whole(
                kernels, &source, mean ? start : nil, maximum ? start.map { $0 + (mean ? Int(source.channels) : 0) } : nil, target.item)
        case .sum(let a, let b, let output, let relu):
            var (left, right, target) = (at(a).rows(pieces), at(b).rows(pieces), at(output).rows(pieces))
            cnn_run_sum(kernels, &left, &right, &target, relu ? 1 : 0)
        case .scale(let input, let output, let scale, let shift, let relu):
            var (source, target) = (at(input).rows(pieces), at(output).rows(pieces))
            cnn_run_scale(kernels, scale.start, shift.start, relu ? 0 : -.infinity, &source, &target)
        case .reference(let reference): try runReference(reference, at(reference.input), at(reference.output))
        }
    }

    /// Through planes and back.
    private func runReference(_ step: InferenceProgram.ReferenceStep, _ input: cnn_map, _ output: cnn_map) throws(ShapeError) {
        var (input, output) = (input, output)
        let (items, shape) = (Int(input.items), step.network.input)
        var planes = [Float](repeating: 0, count: items * shape.count)
        cnn_store_planes(&input, step.places, Int32(step.places.count), &planes)
        let execution = try Execution(step.network, step.store, capacity: items, threads: 1)
        execution.forward(Tensor(shape: shape.batch(of: items), values: planes), items: 0..<items, isTraining: false)
        let result = execution.tensor(execution.list.output, items: items)
        result.values.withUnsafeBufferPointer { values in
            var planes = cnn_planes(values: values, result.shape.item)
            cnn_load_planes(&planes, 1, 0, &output, 0, output.height)
        }
    }
}

extension cnn_planes {
    /// - Parameter item: the shape of one, without the batch.
    init(values: UnsafeBufferPointer<Float>, _ item: Shape) {
        self.init(item)
        self.values = values.baseAddress
    }

    init(codes: UnsafeBufferPointer<UInt8>, tables: UnsafeBufferPointer<Float>, _ item: Shape) {
        self.init(item)
        (self.codes, self.tables) = (codes.baseAddress, tables.baseAddress)
    }

    private init(_ item: Shape) {
        let (channels, height, width) = item.asMap
        self.init(values: nil, codes: nil, tables: nil, channels: Int32(channels), height: Int32(height), width: Int32(width))
    }

    func items(from first: Int) -> cnn_planes {
        var some = self
        let pixels = Int(height) * Int(width)
        some.values = values.map { $0 + first * Int(channels) * pixels }
        some.codes = codes.map { $0 + first * pixels }
        return some
    }
}

extension cnn_map {
    func rows(_ range: Range<Int>) -> cnn_map {
        var some = rows(from: range.lowerBound)
        some.height = Int32(range.count)
        return some
    }

    func rows(from first: Int) -> cnn_map {
        var some = self
        some.values += first * row
        some.height -= Int32(first)
        return some
    }
}

/// The first error that a thread met.
final class Failures: Sendable {
    private let error = Mutex<ShapeError?>(nil)

    func note(_ error: ShapeError) { self.error.withLock { $0 = $0 ?? error } }

    var first: ShapeError? { error.withLock(\.self) }
}
