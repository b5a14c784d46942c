/// Lets waiting tasks go on early when there is something to do.
actor Wakeups {
    private var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    private var next = 0

    func wake() {
        let all = waiters.values
        waiters = [:]
        for waiter in all { waiter.resume() }
    }

    /// Returns when woken, after the time, or when the task is cancelled.
    func wait(atMost time: Duration) async {
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
