public import Domain
public import FoundationEssentials

/// What happens on the way, for logs and metrics.
public enum CourierEvent: Sendable {
    case delivered(Delivery, receipt: String)
    case postponed(Delivery, reason: String, until: Date)
    case failed(Delivery, reason: String)
    case receiverDisabled(Delivery, reason: String)
    /// The store fails: nothing is sent until it works again. Tried again after `retryIn` seconds.
    case storeFailing(error: String, retryIn: TimeInterval)
    case storeWorksAgain
    /// The daemon ends before this attempt did; it is repeated after the next start.
    case abandoned(Delivery)
}

/// How much at once and how long.
public struct CourierLimits: Hashable, Sendable {
    /// Lanes being sent to at the same time. More receivers that hang than this, and the others wait for a deadline.
    public var lanes: Int
    /// Seconds after which a lease without a result counts as a crash; longer than any attempt's deadline.
    public var lease: TimeInterval
    /// The store is asked at least this often, for changes that nobody announced and steps of the wall clock.
    public var longestPause: Duration
    /// Waits between attempts to reach a failing store; the last one repeats.
    public var storeRetries: [Duration]
    /// At the end: so long attempts may finish, then they are cancelled, and after as long again left behind.
    public var grace: Duration

    public init(
        lanes: Int = 64, lease: TimeInterval = 600, longestPause: Duration = .seconds(15),
        storeRetries: [Duration] = [.milliseconds(200), .seconds(1), .seconds(5), .seconds(15)], grace: Duration = .seconds(3)
    ) {
        self.lanes = max(1, lanes)
        self.lease = lease
        self.longestPause = longestPause
        self.storeRetries = storeRetries.isEmpty ? [.seconds(5)] : storeRetries
        self.grace = grace
    }
}
