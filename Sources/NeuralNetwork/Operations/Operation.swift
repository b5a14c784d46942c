import CNNKernels
import Synchronization
import Teamwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One leaf of a network at work on a batch, forward and backward, with its memory.
protocol Operation: AnyObject {
    var inputs: [Signal] { get }
    /// Shares its store with the first input where the operation works in place.
    var output: Signal { get }
    /// Floats that each worker needs for itself.
    var scratchCount: Int { get }
    /// Floats that the workers share.
    var sharedCount: Int { get }

    func forward(_ pass: Pass)

    /// From the output's gradient: the gradients of the inputs that need one, and of the trained parameters.
    /// - Parameter adding: for each input, whether its gradient already holds that of another operation.
    func backward(_ pass: Pass, adding: [Bool])
}

extension Operation {
    var scratchCount: Int { 0 }
    var sharedCount: Int { 0 }
    var needsGradient: Bool { output.needsGradient }
}

/// What all operations know about the batch they work on.
struct Pass {
    let items: Int
    /// Batch statistics and dropout, instead of running statistics and none.
    let isTraining: Bool
    /// Which step of the training this is; dropout draws other numbers in each.
    let step: Int
    let seed: UInt64
    let workers: Workers
    let scratch: [Block]
    let shared: Block
}

/// Threads that share numbered tasks. Which thread takes which task must not matter: a task's result depends on its number only.
struct Workers {
    let count: Int

    init(threads: Int) { count = max(1, threads) }

    /// Runs every task; blocks the calling thread until all are done.
    func share(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) { Team.share(tasks, among: count, body) }

    /// Runs phases one after the other, each of so many tasks; blocks the calling thread until all are done.
    ///
    /// For phases of a fraction of a millisecond: a thread that finds no task left in a phase waits for its end awake. A thread only ever waits for tasks
    /// that others have begun, so that it does not matter how many there are.
    func share(phases: [Int], _ body: (_ phase: Int, _ task: Int, _ worker: Int) -> Void) {
        let progress = phases.map { _ in Progress() }
        Team.work(count) { worker in
            for (phase, tasks) in phases.enumerated() {
                while true {
                    let task = progress[phase].begun.wrappingAdd(1, ordering: .relaxed).oldValue
                    if task >= tasks { break }
                    body(phase, task, worker)
                    progress[phase].ended.wrappingAdd(1, ordering: .releasing)
                }
                var looks = 0
                while progress[phase].ended.load(ordering: .acquiring) < tasks {
                    cnn_relax()
                    looks += 1
                    if looks % 1000 == 0 { sched_yield() }
                }
            }
        }
    }

    private final class Progress: Sendable {
        let begun = Atomic<Int>(0)
        let ended = Atomic<Int>(0)
    }

    /// Cuts `count` values into ranges whose bounds do not depend on the number of threads.
    func ranges(_ count: Int, of size: Int = 1 << 16, _ body: (Range<Int>) -> Void) {
        share((count + size - 1) / size) { task, _ in body(task * size..<min(count, (task + 1) * size)) }
    }
}

extension Layer {
    /// Sums over a batch are taken over this many parts, in order: few enough for memory, enough for many cores.
    static let gradientParts = 8
}
