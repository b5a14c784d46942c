/// Lets waiting tasks go on early when there is something to do.
actor Wakeups {
    private var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    private var next = 0
    /// How often there was something to do. To be asked before looking for work, so that what comes up meanwhile is not slept over.
    private(set) var count = 0

    func wake() {
        count += 1
        let all = waiters.values
        waiters = [:]
        for waiter in all { waiter.resume() }
    }

    /// Returns when woken, after the time, or when the task is cancelled.
    /// - Parameter seen: the count before the look that found nothing to do; returns at once if there was something since.
    func wait(atMost time: Duration, since seen: Int? = nil) async {
        if let seen, seen != count { return }
        let id = next
        next += 1
        let timer = Task {
            // Cancelled when the wait has ended: nothing is left to wake then.
            do { try await Task.sleep(for: time) } catch { return }
            self.release(id)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { continuation.resume() } else { waiters[id] = continuation }
            }
        } onCancel: {
            Task { await self.release(id) }
        }
        timer.cancel()
    }

    private func release(_ id: Int) { waiters.removeValue(forKey: id)?.resume() }
}
