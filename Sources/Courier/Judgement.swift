public import Domain
public import FoundationEssentials
internal import Transport

/// What an answer makes of a delivery.
public struct Judgement: Hashable, Sendable {
    public let delivery: Delivery
    /// In words, for the log of attempts.
    public let result: String
    public let disablesReceiver: Bool

    /// - Parameters:
    ///   - now: when the answer came.
    public init(_ delivery: Delivery, answer: Answer, schedule: RetrySchedule, now: Date) {
        var judged = delivery
        if answer != .interrupted { judged.attempts += 1 }
        switch answer {
        case .accepted(let receipt):
            judged.state = .delivered(at: now, receipt: receipt)
            judged.lastError = nil
            result = receipt
        case .refused(let reason), .gone(let reason):
            judged.state = .failed(at: now, reason: reason)
            judged.lastError = reason
            result = reason
        case .later(let reason, let retryAfter):
            judged.lastError = reason
            switch schedule.next(afterFailures: judged.attempts, retryAfter: retryAfter) {
            case .wait(let seconds): judged.state = .waiting(until: now.addingTimeInterval(seconds))
            case .giveUp: judged.state = .failed(at: now, reason: "given up after \(judged.attempts) attempts: \(reason)")
            }
            result = reason
        case .interrupted:
            judged.state = .waiting(until: now)
            result = "interrupted by the end of the daemon"
        }
        self.delivery = judged
        if case .gone = answer { disablesReceiver = true } else { disablesReceiver = false }
    }
}

extension Answer {
    /// A webhook's status: 2xx is success; redirects are not followed and so are refusals; 408, 425, 429 and 5xx are temporary.
    init(webhook response: HTTPResponse) {
        let said = "HTTP \(response.status)" + Self.excerpt(response.body)
        switch response.retryAdvice {
        case .done where response.isSuccess: self = .accepted(receipt: "HTTP \(response.status)")
        case .later(let retryAfter): self = .later(reason: "the webhook answers \(said)", retryAfter: retryAfter)
        case .gone: self = .gone(reason: "the webhook is gone for good (\(said)); the receiver is disabled")
        case .never where (300...399).contains(response.status):
            self = .refused(reason: "the webhook redirects (\(said)), which is not followed; set its final address")
        case .never, .done: self = .refused(reason: "the webhook refuses the message (\(said))")
        }
    }

    init(_ error: TransportError) {
        switch error.kind {
        case .cancelled: self = .interrupted
        case .refusedByPolicy, .invalidRequest: self = .refused(reason: error.message)
        default: self = .later(reason: error.message)
        }
    }

    init(_ error: SMTPError) {
        if error.kind == .cancelled {
            self = .interrupted
        } else {
            self = error.isPermanent ? .refused(reason: error.message) : .later(reason: error.message)
        }
    }

    /// The beginning of an error page as one line of printable text.
    private static func excerpt(_ body: Data) -> String {
        let words = String(decoding: body.prefix(200), as: UTF8.self).onOneLine().split(separator: " ")
        return words.isEmpty ? "" : ": " + words.joined(separator: " ")
    }
}
