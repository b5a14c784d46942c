public import FoundationEssentials

/// The operator's name for a receiver, from the configuration.
public struct ReceiverName: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    public let text: String

    /// Letters, digits, `-`, `_` and single dots inside, at most 64: what may also stand before the @ of an address, for maildirs.
    public init?(_ text: String) {
        guard (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0.isLetterOrDigit || "-_.".utf8.contains($0) }),
            !text.hasPrefix("."), !text.hasSuffix("."), !text.contains("..")
        else { return nil }
        self.text = text
    }

    public var description: String { text }
    public static func < (a: Self, b: Self) -> Bool { a.text < b.text }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let name = ReceiverName(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a receiver's name")
        }
        self = name
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// One alert on its way to one address: the unit that is sent, retried and accounted for.
public struct Delivery: Hashable, Codable, Sendable {
    public enum State: Hashable, Codable, Sendable {
        /// To be tried at this time.
        case waiting(until: Date)
        /// Being tried; if the lease runs out (a crash), it is tried again.
        case leased(until: Date)
        /// The receiver has taken it; `receipt` is its answer.
        case delivered(at: Date, receipt: String)
        /// Refused for good, or given up.
        case failed(at: Date, reason: String)
        /// An operator gave it up.
        case dropped(at: Date)

        public enum Kind: String, Codable, Sendable, CaseIterable { case waiting, leased, delivered, failed, dropped }

        public var kind: Kind {
            switch self {
            case .waiting: .waiting
            case .leased: .leased
            case .delivered: .delivered
            case .failed: .failed
            case .dropped: .dropped
            }
        }
    }

    /// `alert/receiver` or `alert/receiver/address`; also what the receiver sees (webhook-id, Message-ID), the same on every attempt.
    public let id: String
    public let alert: AlertID
    public let receiver: ReceiverName
    /// An email address, a URL or a folder, as the receiver's kind wants it.
    public let address: String
    public let created: Date
    /// Attempts made so far.
    public var attempts: Int
    /// What the last failed attempt said.
    public var lastError: String?
    public var state: State

    public init(
        id: String, alert: AlertID, receiver: ReceiverName, address: String, created: Date, attempts: Int, lastError: String?,
        state: State
    ) {
        self.id = id
        self.alert = alert
        self.receiver = receiver
        self.address = address
        self.created = created
        self.attempts = attempts
        self.lastError = lastError
        self.state = state
    }
}

/// One receiver's address: sent to one message at a time, and independent of all others.
public struct Lane: Hashable, Sendable {
    public let receiver: ReceiverName
    public let address: String

    public init(receiver: ReceiverName, address: String) {
        self.receiver = receiver
        self.address = address
    }
}

extension Delivery {
    public var lane: Lane { Lane(receiver: receiver, address: address) }
}
