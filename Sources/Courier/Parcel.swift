public import Domain
public import FoundationEssentials
public import Transport

/// A message, ready for its way.
public enum Parcel: Sendable {
    /// The whole mail, lines ended by CRLF.
    case mail(Data, from: EmailAddress, to: EmailAddress)
    /// The same, into a maildir.
    case maildir(Data, folder: URL)
    /// A POST; the headers carry the content type, id, timestamp and signature.
    case webhook(URL, headers: [HTTPHeader], body: Data)
}

/// Makes the message of a delivery.
public protocol MessageSource: Sendable {
    /// Called for every attempt: a webhook's signature covers the time of the attempt. The id in it is the delivery's own, always.
    ///
    /// - Throws: what keeps the message from being made; the attempt counts as failed and is repeated on schedule.
    func parcel(for delivery: Delivery, now: Date) async throws -> Parcel
}

/// Carries a parcel to its receiver and brings back the answer.
public protocol Carrier: Sendable {
    /// Has a deadline of its own, and ends soon after its task is cancelled.
    func carry(_ parcel: Parcel, of delivery: Delivery) async -> Answer
}

/// What came of one attempt.
public enum Answer: Hashable, Sendable {
    /// The receiver has it; its words.
    case accepted(receipt: String)
    /// Not this time; `retryAfter` in seconds if the receiver asked for a pause.
    case later(reason: String, retryAfter: TimeInterval? = nil)
    /// Never this message.
    case refused(reason: String)
    /// Never anything again to this receiver.
    case gone(reason: String)
    /// We broke off ourselves; does not count as an attempt.
    case interrupted
}
