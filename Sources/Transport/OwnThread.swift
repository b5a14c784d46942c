internal import Glibc

/// Runs blocking work on a thread of its own and awaits its result: Swift's own threads are as many as cores and must not wait.
///
/// Nil if the system has no thread left.
package func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
    await withCheckedContinuation { continuation in
        let job = Unmanaged.passRetained(ThreadJob { continuation.resume(returning: work()) })
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { raw in
                // A peer that hangs up while OpenSSL writes would otherwise end the process.
                var signals = sigset_t()
                sigemptyset(&signals)
                sigaddset(&signals, SIGPIPE)
                pthread_sigmask(SIG_BLOCK, &signals, nil)
                if let raw { Unmanaged<ThreadJob>.fromOpaque(raw).takeRetainedValue().run() }
                return nil
            }, job.toOpaque())
        if failure == 0 {
            pthread_detach(thread)
        } else {
            job.release()
            continuation.resume(returning: nil)
        }
    }
}

private final class ThreadJob {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}
