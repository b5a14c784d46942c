import CProcessors
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Threads that help the caller's with numbered tasks.
///
/// For work of milliseconds, where Dispatch's helpers come too late: after a pause Linux wakes a thread on the processor of whoever calls it, and on a
/// virtual machine leaves it there to wait, up to 4 ms, while another processor idles. These are told to keep off the caller's processor before
/// they are woken, and are at work within 0.03 to 0.1 ms. A caller never waits for a helper that has not begun.
public enum Team {
    /// Runs every task; blocks the calling thread until all are done. Which thread takes which task must not matter.
    /// - Parameters:
    ///   - threads: how many may work at once, the caller's among them. Fewer do where others have the helpers.
    ///   - body: the worker is less than `threads`, and no two that work at once are the same.
    public static func share(_ tasks: Int, among threads: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
        let next = Atomic<Int>(0)
        work(min(threads, tasks)) { worker in
            while true {
                let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
                if task >= tasks { return }
                body(task, worker)
            }
        }
    }

    /// Runs the body on the calling thread, as worker 0, and meanwhile on up to `threads - 1` others; blocks until all that began have ended.
    public static func work(_ threads: Int, _ body: (_ worker: Int) -> Void) {
        guard threads > 1 else { return body(0) }
        let helpers = Pool.shared.take(threads - 1)
        defer { Pool.shared.giveBack(helpers) }
        withoutActuallyEscaping(body) { body in
            // No helper calls it after its dismissal, and this call ends after the last dismissal.
            nonisolated(unsafe) let body = body
            let processor = processors_current()
            for (index, helper) in helpers.enumerated() { helper.call(from: processor) { body(index + 1) } }
            body(0)
            for helper in helpers { helper.dismiss() }
        }
    }
}

/// Helpers that nobody needs just now.
private final class Pool: Sendable {
    static let shared = Pool()

    private struct State {
        var free: [Helper] = []
        var count = 0
    }

    private let state = Mutex(State())
    private let processors = Int(processors_count())

    /// As many as are free or may be made: no more than there are other processors, unless a single caller asks for more.
    func take(_ wanted: Int) -> [Helper] {
        state.withLock { state in
            while state.free.count < wanted, state.count < max(wanted, processors - 1), let made = Helper() {
                state.count += 1
                state.free.append(made)
            }
            let taken = state.free.suffix(wanted)
            state.free.removeLast(taken.count)
            return Array(taken)
        }
    }

    func giveBack(_ helpers: [Helper]) { state.withLock { $0.free += helpers } }
}

/// A thread that does what it is called for, and sleeps.
private final class Helper: Sendable {
    private enum State: UInt8, AtomicRepresentable {
        case free, called, working
        /// Working, and the caller sleeps until it has done.
        case awaited
    }

    private let state = Atomic(State.free)
    private let wake = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)
    private let job = Mutex<(@Sendable () -> Void)?>(nil)
    private let thread = Mutex<pthread_t?>(nil)
    private let avoided = Mutex<Int32>(-1)

    /// Nil where the system gives no more threads: there is less help then.
    init?() {
        guard let begun = begin() else { return nil }
        thread.withLock { $0 = begun }
    }

    /// Lets it run the job as soon as it can, until `dismiss`.
    /// - Parameter processor: the caller's, which it keeps off.
    func call(from processor: Int32, _ job: @escaping @Sendable () -> Void) {
        keepOff(processor)
        self.job.withLock { $0 = job }
        state.store(.called, ordering: .releasing)
        wake.signal()
    }

    /// Takes the job back, or waits for its end where it has begun.
    func dismiss() {
        if state.compareExchange(expected: .called, desired: .free, ordering: .acquiringAndReleasing).exchanged {
            return job.withLock { $0 = nil }
        }
        // Mostly the last task is about to end.
        for _ in 0..<200 {
            if state.load(ordering: .acquiring) == .free { return }
            sched_yield()
        }
        if state.compareExchange(expected: .working, desired: .awaited, ordering: .acquiringAndReleasing).exchanged { done.wait() }
    }

    private func run() -> Never {
        // Signals are for threads that wait for them.
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        while true {
            wake.wait()
            // A signal may be one for a job that was taken back.
            guard state.compareExchange(expected: .called, desired: .working, ordering: .acquiringAndReleasing).exchanged else { continue }
            perform()
            if state.exchange(.free, ordering: .acquiringAndReleasing) == .awaited { done.signal() }
        }
    }

    /// Never inlined: nothing of the job may be left when the caller is told that it has ended.
    @inline(never)
    private func perform() { job.withLock { $0.take() }?() }

    private func begin() -> pthread_t? {
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        // The thread keeps it for ever, as does the pool.
        let me = Unmanaged.passRetained(self)
        let failure = pthread_create(&thread, nil, Self.main, me.toOpaque())
        guard failure == 0 else {
            me.release()
            return nil
        }
        return thread
    }

    #if canImport(Darwin)
        private static let main: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { helper in
            Unmanaged<Helper>.fromOpaque(helper).takeUnretainedValue().run()
        }
    #else
        private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { helper in
            guard let helper else { return nil }
            Unmanaged<Helper>.fromOpaque(helper).takeUnretainedValue().run()
        }
    #endif

    private func keepOff(_ processor: Int32) {
        let isNew = avoided.withLock { avoided in
            defer { avoided = processor }
            return avoided != processor
        }
        guard isNew, let thread = thread.withLock(\.self) else { return }
        processors_keep_off(thread, processor)
    }
}
