import CNNKernels

/// A network with its weights, ready to classify: normalisations folded into the weights, ReLUs and sums done where the values are
/// made, weights in the order in which the processor's kernels read them. A value that any number of threads may use at once.
///
/// It keeps no reference to the parameters. Memory for its maps stays with it from one batch to the next.
public struct CompiledNetwork: Sendable, CustomStringConvertible {
    public let network: Network
    private let program: InferenceProgram
    private let memory = SpareMemory()

    /// - Throws: `WeightFileError` where the parameters are not those of the network.
    public init(_ network: Network, _ parameters: Parameters) throws(WeightFileError) {
        try self.init(network, parameters, kernels: .preferred)
    }

    init(_ network: Network, _ parameters: Parameters, kernels: KernelSet) throws(WeightFileError) {
        let file = parameters.weightFile(name: network.name)
        for specification in network.parameterSpecifications { _ = try file.checked(specification) }
        self.network = network
        do { program = try InferenceProgram(network, parameters, kernels: kernels) } catch let error as WeightFileError { throw error } catch {
            preconditionFailure("the network's shapes were checked when it was made: \(error)")
        }
    }

    public var input: Shape { network.input }
    public var output: Shape { network.output }

    /// The outputs for a batch (batch, ...input), in the batch's order: probabilities where the network ends with softmax, else logits.
    ///
    /// Blocks the calling thread. Items are spread over the threads; where there are few, their maps are. Dense layers' weights are read
    /// once for the whole batch.
    public func forward(_ batch: Tensor, threads: Int) throws(ShapeError) -> Tensor {
        probabilities(try run(program.output, batch, threads))
    }

    /// The same for a batch in codes.
    public func forward(_ batch: CodedBatch, threads: Int) throws(ShapeError) -> Tensor {
        try network.check(batch.shape)
        let result: Result<Tensor, ShapeError> = batch.codes.withUnsafeBufferPointer { codes in
            batch.tables.withUnsafeBufferPointer { tables in
                run(program.output, cnn_planes(codes: codes, tables: tables, network.input), items: batch.shape[0], threads)
            }
        }
        return probabilities(try result.get())
    }

    private func probabilities(_ outputs: Tensor) -> Tensor {
        var outputs = outputs
        if network.endsWithSoftmax { outputs.softmaxRows() }
        return outputs
    }

    /// What enters the last dense layer; the outputs where there is none.
    public func features(_ batch: Tensor, threads: Int) throws(ShapeError) -> Tensor {
        guard let features = program.features else { return try forward(batch, threads: threads) }
        return try run(features, batch, threads)
    }

    /// More would only take more memory: the weights are read for this many at once.
    private static let largestBatch = 64

    private func run(_ wanted: InferenceProgram.Result, _ batch: Tensor, _ threads: Int) throws(ShapeError) -> Tensor {
        try network.check(batch.shape)
        let result: Result<Tensor, ShapeError> = batch.values.withUnsafeBufferPointer { values in
            run(wanted, cnn_planes(values: values, network.input), items: batch.shape[0], threads)
        }
        return try result.get()
    }

    private func run(_ wanted: InferenceProgram.Result, _ planes: cnn_planes, items: Int, _ threads: Int) -> Result<Tensor, ShapeError> {
        var values = [Float](repeating: 0, count: items * wanted.shape.count)
        let failure = values.withUnsafeMutableBufferPointer { target -> ShapeError? in
            guard let target = target.baseAddress else { return nil }
            for first in stride(from: 0, to: items, by: Self.largestBatch) {
                let count = min(Self.largestBatch, items - first)
                let floats = memory.takeBatch(count: program.plan.batchCount * count)
                defer { memory.giveBackBatch(floats) }
                let run = InferenceRun(
                    program: program, wanted: wanted, planes: planes.items(from: first), items: count,
                    target: target + first * wanted.shape.count, batch: floats)
                do throws(ShapeError) { try self.run(run, Workers(threads: threads)) } catch { return error }
            }
            return nil
        }
        return failure.map { .failure($0) } ?? .success(Tensor(shape: wanted.shape.batch(of: items), values: values))
    }

    private func run(_ run: InferenceRun, _ workers: Workers) throws(ShapeError) {
        let sharesMaps = workers.count > 1 && run.items <= min(2 * workers.count, InferencePlan.itemsTogether) && run.items % workers.count != 0
        if sharesMaps { try runSharingMaps(run, workers) } else { try runSharingItems(run, workers) }
        let memory = self.memory.take(program)
        defer { self.memory.giveBack(memory) }
        try run.runBatchSteps(workers, memory)
    }

    private func runSharingMaps(_ run: InferenceRun, _ workers: Workers) throws(ShapeError) {
        let memory = self.memory.take(program)
        let scratches = [memory.scratch] + (1..<workers.count).map { _ in self.memory.takeScratch(program) }
        defer {
            self.memory.giveBack(memory)
            for scratch in scratches.dropFirst() { self.memory.giveBackScratch(scratch) }
        }
        try run.runStages(sharingMaps: workers, memory.maps, scratches: scratches)
    }

    private func runSharingItems(_ run: InferenceRun, _ workers: Workers) throws(ShapeError) {
        let rounds = (run.items + workers.count * InferencePlan.itemsTogether - 1) / (workers.count * InferencePlan.itemsTogether)
        let parts = min(run.items, rounds * workers.count)
        let failures = Failures()
        workers.share(parts) { part, _ in
            let memory = self.memory.take(program)
            defer { self.memory.giveBack(memory) }
            do throws(ShapeError) { try run.runStages(run.items * part / parts..<run.items * (part + 1) / parts, memory) } catch {
                failures.note(error)
            }
        }
        if let first = failures.first { throw first }
    }

    /// Multiplications and additions of the products for one item, as they are computed: fewer than the layers' own where Winograd's
    /// method saves some. For stating how far a measured time is from the processor's limit.
    public var operationsPerItem: Int { program.operations }

    /// What the packed weights take.
    public var weightBytes: Int { program.weightCount * 4 }

    /// Which kernels run it, what its weights take, and which layers run as the reference does.
    public var description: String {
        var text = "\(network.name): kernels \(program.kernels.name), \(weightBytes / 1_000_000) MB of packed weights"
        if !program.referenceLayers.isEmpty {
            text += "; without a kernel of their own: \(Set(program.referenceLayers).sorted().joined(separator: ", "))"
        }
        return text
    }
}

extension Tensor {
    /// Each row of (batch, classes) becomes probabilities.
    fileprivate mutating func softmaxRows() {
        let classes = shape[1]
        values.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            for row in stride(from: 0, to: buffer.count, by: classes) { Softmax.apply(start + row, to: start + row, classes: classes) }
        }
    }
}
