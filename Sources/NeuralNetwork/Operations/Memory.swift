/// Floats that stay where they are from one batch to the next: asking the system for hundreds of megabytes in each step is slow.
final class Block {
    let start: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        self.count = count
        start = .allocate(capacity: max(1, count))
        start.initialize(repeating: 0, count: max(1, count))
    }

    convenience init(_ values: [Float]) {
        self.init(count: values.count)
        values.withUnsafeBufferPointer { buffer in
            if let source = buffer.baseAddress { start.update(from: source, count: values.count) }
        }
    }

    deinit { start.deallocate() }

    var values: [Float] { Array(UnsafeBufferPointer(start: start, count: count)) }
}

/// What flows from one operation to the next: the values of a whole batch, and in training their gradient.
struct Signal {
    /// The shape of one item.
    let shape: Shape
    let store: Store

    /// Memory that an in-place operation or a change of shape shares between signals.
    final class Store {
        let count: Int
        /// Whether something upstream is trained.
        let needsGradient: Bool
        fileprivate(set) var block: Block?
        fileprivate(set) var gradientBlock: Block?

        init(count: Int, needsGradient: Bool) {
            self.count = count
            self.needsGradient = needsGradient
        }
    }

    init(shape: Shape, needsGradient: Bool) {
        self.shape = shape
        self.store = Store(count: shape.count, needsGradient: needsGradient)
    }

    /// The same values in another shape.
    init(_ other: Signal, as shape: Shape) {
        self.shape = shape
        self.store = other.store
    }

    /// Values of one item.
    var count: Int { store.count }
    var needsGradient: Bool { store.needsGradient }

    var values: UnsafeMutablePointer<Float> {
        guard let block = store.block else { preconditionFailure("memory is given before the first pass") }
        return block.start
    }

    var gradient: UnsafeMutablePointer<Float> {
        guard let block = store.gradientBlock else { preconditionFailure("memory is given before the first pass") }
        return block.start
    }
}

/// Hands out memory to signals; gradients share it where they are not needed at the same time.
struct SignalMemory {
    let capacity: Int
    private var free: [Block] = []

    init(capacity: Int) { self.capacity = capacity }

    mutating func giveValues(to store: Signal.Store) {
        guard store.block == nil else { return }
        store.block = take(store.count * capacity)
    }

    mutating func giveGradient(to store: Signal.Store) {
        guard store.gradientBlock == nil else { return }
        store.gradientBlock = take(store.count * capacity)
    }

    /// The store keeps its pointer, but a later one may get the same memory.
    mutating func release(gradientOf store: Signal.Store) {
        if let block = store.gradientBlock { free.append(block) }
    }

    mutating func release(valuesOf store: Signal.Store) {
        if let block = store.block { free.append(block) }
    }

    /// The smallest free block that is large enough and not wastefully large.
    private mutating func take(_ count: Int) -> Block {
        let fitting = free.indices.filter { free[$0].count >= count && free[$0].count <= 4 * count + 4096 }
        guard let index = fitting.min(by: { free[$0].count < free[$1].count }) else { return Block(count: count) }
        return free.remove(at: index)
    }
}
