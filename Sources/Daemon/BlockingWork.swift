import Dispatch

/// Threads for work that computes or blocks for long, off Swift's own threads.
final class BlockingWork: Sendable {
    private let queue: DispatchQueue

    /// - Parameter inTurn: one job after the other, in the order they came; otherwise as many at once as the machine has cores.
    init(_ label: String, inTurn: Bool) {
        queue = DispatchQueue(label: "fringewatch.\(label)", qos: .userInitiated, attributes: inTurn ? [] : .concurrent)
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}
