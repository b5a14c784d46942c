public import Domain
public import FoundationEssentials

/// What the console asks the daemon. Reading is open to every user of the machine, changing to root and the daemon's own user.
public protocol ConsoleBackend: Sendable {
    func status() async throws -> StatusReport
    func alerts(_ query: AlertQuery) async throws -> [Alert]
    func picture(of alert: AlertID) async throws -> Data?
    /// All frames that have this pair where only a pair is given.
    func explain(frame: FrameID?, pair: AcquisitionPair) async throws -> [ExplanationReport]
    func interferograms(limit: Int) async throws -> [ExplanationReport]
    func deliveries(state: Delivery.State.Kind?, limit: Int) async throws -> [Delivery]

    func retryDelivery(_ id: String) async throws -> ActionReport
    func dropDelivery(_ id: String) async throws -> ActionReport
    /// - Parameter receivers: empty for all.
    func sendTestAlert(to receivers: [ReceiverName]) async throws -> ActionReport
}

/// A request that cannot be granted; the message goes to the person who asked.
public struct ConsoleRefusal: Error, CustomStringConvertible {
    /// What kind of mistake it is; each has its HTTP status.
    public enum Kind: Sendable {
        /// 400: the question is wrong.
        case badRequest
        /// 404: what it asks about is not there.
        case notFound
        /// 409: not in the state that things are in.
        case conflict
    }

    public let kind: Kind
    public let description: String

    public init(_ description: String, _ kind: Kind = .badRequest) {
        self.kind = kind
        self.description = description
    }
}
