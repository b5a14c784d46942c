/// A network at work on batches of up to `capacity` items, with all the memory it needs.
final class Execution {
    let capacity: Int
    let list: OperationList
    private let workers: Workers
    private let seed: UInt64
    /// For each operation, which of its inputs' gradients already hold another operation's.
    private let adding: [[Bool]]
    private let scratch: [Block]
    private let shared: Block
    private var step = 0

    init(
        _ network: Network, _ store: ParameterStore, capacity: Int, threads: Int, seed: UInt64 = 0, keepsLayers: Bool = false,
        inputNeedsGradient: Bool = false
    ) throws(ShapeError) {
        self.capacity = capacity
        self.seed = seed
        workers = Workers(threads: threads)
        list = try OperationList(network, store, capacity: capacity, worksInPlace: !keepsLayers, inputNeedsGradient: inputNeedsGradient)
        adding = Self.giveMemory(to: list, capacity: capacity)
        let scratchCount = list.operations.map(\.scratchCount).max() ?? 0
        scratch = (0..<workers.count).map { _ in Block(count: scratchCount) }
        shared = Block(count: list.operations.map(\.sharedCount).max() ?? 0)
    }

    /// Values get memory of their own; gradients share it, each living from its last reader's step back to its writer's.
    private static func giveMemory(to list: OperationList, capacity: Int) -> [[Bool]] {
        var memory = SignalMemory(capacity: capacity)
        memory.giveValues(to: list.input.store)
        for operation in list.operations { memory.giveValues(to: operation.output.store) }
        if list.output.needsGradient { memory.giveGradient(to: list.output.store) }
        var adding: [[Bool]] = []
        var written: Set<ObjectIdentifier> = [ObjectIdentifier(list.output.store)]
        for operation in list.operations.reversed() {
            adding.append(
                operation.inputs.map { input in
                    guard input.needsGradient else { return false }
                    memory.giveGradient(to: input.store)
                    return !written.insert(ObjectIdentifier(input.store)).inserted && input.store !== operation.output.store
                })
            if !operation.inputs.contains(where: { $0.store === operation.output.store }) {
                memory.release(gradientOf: operation.output.store)
            }
        }
        return adding.reversed()
    }

    /// - Precondition: at most `capacity` items, each of the network's input shape.
    func forward(_ batch: Tensor, items: Range<Int>, isTraining: Bool, step: Int = 0) {
        precondition(items.count <= capacity, "a batch has at most \(capacity) items")
        self.step = step
        let count = list.input.count
        batch.values.withUnsafeBufferPointer { buffer in
            if let start = buffer.baseAddress {
                list.input.values.update(from: start + items.lowerBound * count, count: items.count * count)
            }
        }
        let pass = pass(items.count, isTraining)
        for operation in list.operations { operation.forward(pass) }
    }

    /// From the gradient of the output, which the caller has written, to those of the parameters.
    func backward(items: Int) {
        let pass = pass(items, true)
        for (operation, adding) in zip(list.operations, adding).reversed() where operation.needsGradient {
            operation.backward(pass, adding: adding)
        }
    }

    private func pass(_ items: Int, _ isTraining: Bool) -> Pass {
        Pass(items: items, isTraining: isTraining, step: step, seed: seed, workers: workers, scratch: scratch, shared: shared)
    }

    /// The values of a signal after a pass over some items.
    func tensor(_ signal: Signal, items: Int) -> Tensor {
        Tensor(
            shape: signal.shape.batch(of: items),
            values: Array(UnsafeBufferPointer(start: signal.values, count: items * signal.count)))
    }
}
