import Dispatch
import Foundation

/// What the daemon is told by signals.
public enum ServiceSignal: Int32, Sendable, CaseIterable {
    case terminate = 15
    case interrupt = 2
    case reload = 1
}

/// The signals as they arrive, from the call's return on. When the stream's consumer ends they have no effect any more.
public func serviceSignals() -> AsyncStream<ServiceSignal> {
    AsyncStream { continuation in
        let queue = DispatchQueue(label: "fringewatch.signals")
        let listening = DispatchGroup()
        let sources = ServiceSignal.allCases.map { kind in
            // Until Dispatch has put its own handler in place the signal keeps its usual effect: ignoring it here would lose a SIGTERM
            // that comes right at the start.
            let source = DispatchSource.makeSignalSource(signal: kind.rawValue, queue: queue)
            source.setEventHandler { continuation.yield(kind) }
            listening.enter()
            source.setRegistrationHandler { listening.leave() }
            source.resume()
            return source
        }
        listening.wait()
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
