import Configuration
import Courier
import Domain
import FoundationEssentials
import Ledger

/// The ledger as the courier wants it.
struct DeliveryDesk: DeliveryStore {
    let ledger: LedgerDatabase
    /// Called whenever the courier asks for work or has a result.
    let progress: @Sendable () -> Void

    func releaseLeases(now: Date) async throws { try await ledger.releaseLeases(at: now) }

    func leaseDue(now: Date, horizon: Date, lease: TimeInterval, excluding busy: Set<Lane>, limit: Int) async throws -> [Delivery] {
        progress()
        return try await ledger.leaseDeliveries(limit: limit, except: busy, lease: lease, at: now, horizon: horizon)
    }

    func record(_ delivery: Delivery, result: String, now: Date) async throws {
        progress()
        try await ledger.recordAttempt(delivery, result: result, at: now)
    }

    func nextDue(excluding busy: Set<Lane>) async throws -> Date? {
        try await ledger.reader.nextDeliveryDue(except: busy)
    }

    func disable(_ receiver: ReceiverName, reason: String, now: Date) async throws {
        try await ledger.disableReceiver(receiver, reason: reason, at: now)
    }
}

/// Writes each delivery's message from what the ledger froze, in the configuration that is in force.
struct MessageDesk: MessageSource {
    let watch: Watch
    let ledger: LedgerDatabase

    func parcel(for delivery: Delivery, now: Date) async throws -> Parcel {
        guard let alert = try await ledger.reader.alert(delivery.alert) else {
            throw LedgerError.inconsistent("delivery \(delivery.id) of an alert that is not in the ledger")
        }
        let picture = try await ledger.reader.picture(of: delivery.alert)
        return try await watch.runtime.outbox.parcel(for: delivery, alert: alert, picture: picture, now: now)
    }
}

/// The carrier of the configuration in force.
struct CurrentCarrier: Carrier {
    let watch: Watch

    func carry(_ parcel: Parcel, of delivery: Delivery) async -> Answer { await watch.runtime.outbox.carrier.carry(parcel, of: delivery) }
}
