import Dispatch
import Synchronization
import Teamwork
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct `A team` {
    @Test(arguments: [0, 1, 2, 7, 1000], [1, 2, 5])
    func `does every task once, under as many workers as it was given at most`(_ tasks: Int, _ threads: Int) {
        let done = (0..<tasks).map { _ in Counter() }
        let workers = Mutex<Set<Int>>([])
        Team.share(tasks, among: threads) { task, worker in
            done[task].add()
            _ = workers.withLock { $0.insert(worker) }
        }
        #expect(done.allSatisfy { $0.value == 1 })
        #expect(workers.withLock { $0.allSatisfy((0..<threads).contains) })
    }

    @Test func `has its helpers at work while the caller works`() {
        #expect(
            comesTrue {
                let met = Counter()
                Team.work(3) { _ in
                    met.add()
                    // Nobody leaves before all have come.
                    for _ in 0..<20_000 where met.value < 3 { usleep(10) }
                }
                return met.value == 3
            })
    }

    @Test func `never has two workers of one number at a time`() {
        let busy = (0..<4).map { _ in Counter() }
        let clashes = Counter()
        Team.share(400, among: 4) { _, worker in
            if busy[worker].add() > 0 { clashes.add() }
            usleep(20)
            busy[worker].add(-1)
        }
        #expect(clashes.value == 0)
    }

    @Test func `serves callers side by side, and callers who are helpers`() {
        let sum = Counter()
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<50 {
                Team.share(10, among: 3) { _, _ in Team.share(3, among: 2) { _, _ in sum.add() } }
            }
        }
        #expect(sum.value == 8 * 50 * 30)
    }

    @Test func `waits for a helper that works longer than the caller`() {
        let late = Counter()
        #expect(
            comesTrue {
                let begun = Counter(), ended = Counter()
                Team.work(2) { worker in
                    begun.add()
                    if worker == 0 {
                        for _ in 0..<20_000 where begun.value < 2 { usleep(10) }
                    } else {
                        usleep(50_000)
                        ended.add()
                    }
                }
                // A helper that has begun has ended when the call ends.
                if begun.value > 1 + ended.value { late.add() }
                return ended.value == 1
            })
        #expect(late.value == 0)
    }

    /// Helpers belong to the whole process: where other tests have them just now, another attempt gets them.
    private func comesTrue(_ attempt: () -> Bool) -> Bool { (0..<100).contains { _ in attempt() } }
}

private final class Counter: Sendable {
    private let number = Atomic<Int>(0)

    /// - Returns: what it was.
    @discardableResult
    func add(_ more: Int = 1) -> Int { number.wrappingAdd(more, ordering: .sequentiallyConsistent).oldValue }

    var value: Int { number.load(ordering: .sequentiallyConsistent) }
}
