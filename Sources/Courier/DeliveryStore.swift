public import Domain
public import FoundationEssentials

/// Where deliveries are kept. Each call is one transaction, on disk when it returns.
public protocol DeliveryStore: Sendable {
    /// Makes everything leased due again. Called once, before anything is sent: attempts of an earlier process are over.
    func releaseLeases(now: Date) async throws

    /// Takes deliveries that are due, at most one of each lane, none of the busy lanes or of disabled receivers, and marks them leased
    /// until `now + lease`. The oldest first.
    ///
    /// Due is what was never tried, whose time has come, whose lease has run out, or whose time lies beyond the horizon.
    /// - Parameter horizon: the latest time that any rule would have set: what lies beyond it, the wall clock was set back since.
    func leaseDue(now: Date, horizon: Date, lease: TimeInterval, excluding busy: Set<Lane>, limit: Int) async throws -> [Delivery]

    /// Keeps what an attempt came to. A receipt always counts; anything else must not overwrite what an operator decided meanwhile.
    ///
    /// - Parameter result: the receiver's answer in words, for the log of attempts.
    func record(_ delivery: Delivery, result: String, now: Date) async throws

    /// The earliest time at which one of the other lanes has something to do; nil if there is nothing.
    func nextDue(excluding busy: Set<Lane>) async throws -> Date?

    /// Sends nothing to this receiver until an operator enables it again.
    func disable(_ receiver: ReceiverName, reason: String, now: Date) async throws
}
