import Courier
import Domain
import Foundation
import Synchronization
import Testing

/// A clock that only moves when told to; its wall shows what the test sets.
final class ManualClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var wall = Date(timeIntervalSince1970: 1_800_000_000)
        var sleepers: [Int: (until: Instant, resume: CheckedContinuation<Void, any Error>)] = [:]
        var number = 0
    }

    private let state = Mutex(State())

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .zero }
    var wall: Date { state.withLock { $0.wall } }

    /// Time passes, on both clocks.
    func advance(by seconds: TimeInterval) {
        let due = state.withLock { state in
            state.now.offset += .seconds(seconds)
            state.wall += seconds
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.resume)
        }
        for sleeper in due { sleeper.resume() }
    }

    /// Somebody sets the wall clock.
    func stepWall(by seconds: TimeInterval) { state.withLock { $0.wall += seconds } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let done: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if deadline <= state.now { return .success(()) }
                    state.sleepers[number] = (deadline, continuation)
                    return nil
                }
                if let done { continuation.resume(with: done) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.resume.resume(throwing: CancellationError())
        }
    }
}

struct DiskFull: Error {}

/// The store's rules in memory; writes fail when told to.
actor MemoryStore: DeliveryStore {
    private(set) var deliveries: [String: Delivery] = [:]
    private(set) var results: [String] = []
    private(set) var disabled: Set<ReceiverName> = []
    private(set) var attemptsToWrite = 0
    private var isFull = false
    private var keepsNoResults = false

    init(_ deliveries: [Delivery]) { for delivery in deliveries { self.deliveries[delivery.id] = delivery } }

    func fill(_ full: Bool) { isFull = full }
    /// Leases still work, results cannot be kept.
    func refuseResults(_ refuse: Bool) { keepsNoResults = refuse }
    func add(_ delivery: Delivery) { deliveries[delivery.id] = delivery }
    subscript(_ id: String) -> Delivery? { deliveries[id] }

    private func write() throws {
        attemptsToWrite += 1
        if isFull { throw DiskFull() }
    }

    func releaseLeases(now: Date) throws {
        try write()
        for (id, delivery) in deliveries where delivery.state.kind == .leased { deliveries[id]?.state = .waiting(until: now) }
    }

    func leaseDue(now: Date, horizon: Date, lease: TimeInterval, excluding busy: Set<Lane>, limit: Int) throws -> [Delivery] {
        try write()
        var lanes = busy
        var leased: [Delivery] = []
        for var delivery in deliveries.values.sorted(by: { ($0.created, $0.id) < ($1.created, $1.id) })
        where leased.count < limit && delivery.isDue(now: now, horizon: horizon) && !disabled.contains(delivery.receiver) {
            guard lanes.insert(delivery.lane).inserted else { continue }
            delivery.state = .leased(until: now + lease)
            deliveries[delivery.id] = delivery
            leased.append(delivery)
        }
        return leased
    }

    func record(_ delivery: Delivery, result: String, now: Date) throws {
        try write()
        if keepsNoResults { throw DiskFull() }
        results.append("\(delivery.id): \(result)")
        if deliveries[delivery.id]?.state.kind == .leased { deliveries[delivery.id] = delivery }
    }

    func nextDue(excluding busy: Set<Lane>) -> Date? {
        deliveries.values.filter { !busy.contains($0.lane) && !disabled.contains($0.receiver) }.compactMap { delivery in
            switch delivery.state {
            case .waiting(let until), .leased(let until): until
            case .delivered, .failed, .dropped: nil
            }
        }.min()
    }

    func disable(_ receiver: ReceiverName, reason: String, now: Date) throws {
        try write()
        disabled.insert(receiver)
    }
}

struct Messages: MessageSource {
    struct NoTemplate: Error {}
    var isBroken = false
    func parcel(for delivery: Delivery, now: Date) throws -> Parcel {
        if isBroken { throw NoTemplate() }
        return .maildir(Data("\(delivery.id) at \(now.timeIntervalSince1970)".utf8), folder: URL(filePath: "unused"))
    }
}

/// Answers as the test says, and remembers what it was given.
final class ScriptedCarrier: Carrier, Sendable {
    private let carried = Mutex<[(id: String, message: String)]>([])
    private let answer: @Sendable (Delivery) async -> Answer

    init(_ answer: @escaping @Sendable (Delivery) async -> Answer) { self.answer = answer }

    var ids: [String] { carried.withLock { $0.map(\.id) } }
    var messages: [String] { carried.withLock { $0.map(\.message) } }

    func carry(_ parcel: Parcel, of delivery: Delivery) async -> Answer {
        if case .maildir(let message, _) = parcel {
            carried.withLock { $0.append((delivery.id, String(decoding: message, as: UTF8.self))) }
        }
        return await answer(delivery)
    }
}

func delivery(
    _ id: String, receiver: String = "observatory", address: String = "duty@example.org", attempts: Int = 0, created: TimeInterval = 0,
    state: Delivery.State? = nil
) throws -> Delivery {
    let created = Date(timeIntervalSince1970: 1_800_000_000 + created)
    return Delivery(
        id: id, alert: AlertID("alert"), receiver: try #require(ReceiverName(receiver)), address: address, created: created,
        attempts: attempts, lastError: nil, state: state ?? .waiting(until: created))
}

/// Waits until it is so; the time limit is for a machine under load, not part of the behaviour.
func eventually(_ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async -> Bool) async throws {
    for _ in 0..<2000 {
        if await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record(what, sourceLocation: sourceLocation)
}

/// Gives the courier the chance to do what it must not do.
func aMoment() async throws { try await Task.sleep(for: .milliseconds(60)) }

extension Delivery {
    /// The rule of `DeliveryStore.leaseDue`.
    fileprivate func isDue(now: Date, horizon: Date) -> Bool {
        switch state {
        case .waiting(let until): attempts == 0 || until <= now || until > horizon
        case .leased(let until): until <= now || until > horizon
        case .delivered, .failed, .dropped: false
        }
    }
}

extension RetrySchedule {
    /// Thirty seconds, two minutes, ten minutes; then it is given up.
    static let short = RetrySchedule(waits: [30, 120, 600], retryAfterLimit: 3600)
}
