import CNNKernels
import Dispatch

#if canImport(Glibc)
    import Glibc
#endif

/// What this machine can do at most, by the kernels' own instructions.
enum Limits {
    /// GFLOP/s of multiplications and additions between registers, the best of a few runs.
    static func peak(threads: Int) -> Double {
        let rounds: Int64 = 2_000_000
        return best(threads: threads) { _ in cnn_burn(cnn_kernels_best(), rounds) * 1e-9 }
    }

    /// GB/s of a = b + 3 c on arrays far larger than the caches, counting three streams.
    static func triad(threads: Int) -> Double {
        let count = 16 << 20
        // Allocated, which clears them, before the clock starts. Each thread has three of its own.
        nonisolated(unsafe) let arrays = (0..<3 * threads).compactMap { _ in cnn_allocate(count) }
        defer { for array in arrays { cnn_free(array) } }
        guard arrays.count == 3 * threads else { return 0 }
        return best(threads: threads) { worker in
            for _ in 0..<8 { cnn_triad(arrays[3 * worker], arrays[3 * worker + 1], arrays[3 * worker + 2], count) }
            return 8 * 3 * 4 * Double(count) * 1e-9
        }
    }

    /// The work of all threads by the time until the last is done; `work` returns how much one did.
    private static func best(threads: Int, _ work: @Sendable (Int) -> Double) -> Double {
        Scheduling.share(with: threads)
        return (0..<5).map { _ in
            // Each thread writes its own.
            nonisolated(unsafe) let done = UnsafeMutablePointer<Double>.allocate(capacity: threads)
            defer { done.deallocate() }
            let time = ContinuousClock().measure {
                DispatchQueue.concurrentPerform(iterations: threads) { done[$0] = work($0) }
            }
            let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
            return (0..<threads).reduce(0) { $0 + done[$1] } / seconds
        }.max() ?? 0
    }
}

/// Dispatch's threads begin in the ordinary scheduling class, whatever the process is in; the peers' threads inherit it. Where the
/// benchmark runs with a real-time priority because others use the machine, ours take it over too.
enum Scheduling {
    static func share(with threads: Int) {
        #if canImport(Glibc)
            let policy = sched_getscheduler(0)
            var parameters = sched_param()
            guard policy != SCHED_OTHER, sched_getparam(0, &parameters) == 0 else { return }
            let priority = parameters
            DispatchQueue.concurrentPerform(iterations: threads) { _ in
                var parameters = priority
                _ = sched_setscheduler(0, policy, &parameters)
                usleep(500)  // so that each iteration has a thread of its own
            }
        #endif
    }
}
