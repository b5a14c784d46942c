import Dispatch
import Foundation

/// What the daemon is told by signals.
public enum ServiceSignal: Int32, Sendable, CaseIterable {
    case terminate = 15
    case interrupt = 2
    case reload = 1
}

/// The signals as they arrive, until the stream's consumer ends. From then on they have no effect by themselves.
public func serviceSignals() -> AsyncStream<ServiceSignal> {
    AsyncStream { continuation in
        let queue = DispatchQueue(label: "fringewatch.signals")
        let sources = ServiceSignal.allCases.map { kind in
            signal(kind.rawValue, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: kind.rawValue, queue: queue)
            source.setEventHandler { continuation.yield(kind) }
            source.resume()
            return source
        }
        let keeper = SignalSources(sources)
        continuation.onTermination = { _ in keeper.cancel() }
    }
}

/// Holds the sources for the stream's end. Only ever cancelled, which Dispatch allows from any thread.
private final class SignalSources: @unchecked Sendable {
    private let sources: [any DispatchSourceSignal]
    init(_ sources: [any DispatchSourceSignal]) { self.sources = sources }
    func cancel() { for source in sources { source.cancel() } }
}
