import Dispatch

/// One thread for work that computes or blocks for long, off Swift's own threads. Jobs run one after the other, in the order they came.
final class BlockingThread: Sendable {
    private let queue: DispatchQueue

    init(_ label: String) { queue = DispatchQueue(label: "fringewatch.\(label)", qos: .userInitiated) }

    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}
