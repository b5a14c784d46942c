internal import CCurl
internal import Domain
internal import FoundationEssentials

/// One complete reply of a mail server.
struct SMTPReply: Hashable, Sendable {
    let code: Int
    /// The text of all its lines, without codes.
    var text: String
}

/// Reads replies line by line (RFC 5321, 4.2): `250-more`, `250 end`.
struct SMTPReplies: Hashable, Sendable {
    private(set) var complete: [SMTPReply] = []
    private var open: SMTPReply?

    mutating func append(line: String) {
        guard line.utf8.count >= 3, let code = Int(line.prefix(3)), (200...599).contains(code) else { return }
        let text = String(line.dropFirst(4)).trimmingBlanks
        var reply = SMTPReply(code: code, text: text)
        if let open, open.code == code { reply.text = open.text + " " + text }
        if line.dropFirst(3).first == "-" {
            open = reply
        } else {
            open = nil
            complete.append(reply)
        }
    }

    /// The answer to the message itself: the one behind 354, "go ahead". QUIT's 221 comes after it.
    var toMessage: SMTPReply? {
        guard let goAhead = complete.firstIndex(where: { $0.code == 354 }) else { return nil }
        return complete[(goAhead + 1)...].first
    }

    /// The last refusal, if any.
    var refusal: SMTPReply? { complete.last { $0.code >= 400 } }
}

/// The running transfer of one mail.
final class SMTPExchange: WireCallbacks {
    private(set) var replies = SMTPReplies()
    private let message: Data
    private var sent = 0
    private let cancellation: CancellationFlag

    init(message: Data, cancellation: CancellationFlag) {
        self.message = message
        self.cancellation = cancellation
    }

    /// Once the server has the whole message, hanging up would only make it a duplicate.
    var isCancelled: Bool { cancellation.isRaised && sent < message.count }

    func admits(_ address: IPAddress?) -> Bool { address != nil }

    func receive(line: UnsafeRawBufferPointer) -> Bool {
        replies.append(line: String(decoding: line.prefix(2048), as: UTF8.self).trimmingBlanks)
        return replies.complete.count < 100
    }

    func receive(body: UnsafeRawBufferPointer) -> Bool { true }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, message.count - sent)
        let start = message.startIndex + sent
        message.copyBytes(to: buffer, from: start..<(start + count))
        sent += count
        return count
    }

    func judge(_ outcome: CurlHandle.Outcome, relay: String) -> Result<SMTPReceipt, SMTPError> {
        if let reply = replies.toMessage, (200...299).contains(reply.code) {
            return .success(SMTPReceipt(code: reply.code, text: reply.text))
        }
        let failure = CurlFailure(outcome.code, detail: outcome.detail)
        // A refusal before the envelope (greeting, EHLO) concerns the relay, not this mail.
        let concernsMail = outcome.code == CURLE_SEND_ERROR || replies.toMessage != nil
        return .failure(
            SMTPError(
                failure, refusal: replies.refusal, concernsMail: concernsMail, isCancelled: cancellation.isRaised, detail: outcome.detail,
                relay: relay))
    }
}

extension SMTPError {
    init(_ failure: CurlFailure, refusal: SMTPReply?, concernsMail: Bool, isCancelled: Bool, detail: String, relay: String) {
        let said = refusal.map { "\($0.code) \($0.text)" } ?? detail
        if failure == .login || [530, 534, 535, 538].contains(refusal?.code) {
            self.init(.authentication(code: refusal?.code ?? 0), "\(relay) refuses the user or password; check both (\(said))")
        } else if let refusal, failure != .noStartTLS, failure != .certificate {
            if refusal.code >= 500, concernsMail {
                self.init(.refusedForGood(code: refusal.code), "\(relay) refuses the mail for good (\(said))")
            } else {
                self.init(.refusedForNow(code: refusal.code), "\(relay) refuses the mail for now (\(said))")
            }
        } else {
            self.init(failure, isCancelled: isCancelled, detail: detail, relay: relay)
        }
    }

    private init(_ failure: CurlFailure, isCancelled: Bool, detail: String, relay: String) {
        let (kind, what): (Kind, String) =
            switch failure {
            case .resolve: (.resolve, "cannot find the mail relay \(relay); check the name and the machine's DNS")
            case .connect: (.connect, "cannot connect to the mail relay \(relay); check that it runs and that no firewall is between")
            case .certificate:
                (.certificate, "the certificate of \(relay) is not trusted; check its name and date, or set the CA bundle that signed it")
            case .trustStore: (.certificate, "the CA bundle for \(relay) cannot be read; check its path and that it is PEM")
            case .tls: (.tls, "no TLS connection with \(relay); check the port and whether it wants starttls or tls")
            case .noStartTLS: (.noStartTLS, "\(relay) offers no STARTTLS, which is required; nothing was sent")
            case .timeout, .tooSlow: (.timeout, "\(relay) did not answer in time")
            case .stoppedByUs where isCancelled: (.cancelled, "the mail to \(relay) was cancelled")
            case .truncated, .connectionLost, .stoppedByUs, .login: (.connectionLost, "the connection to \(relay) broke")
            case .setup: (.internal, "libcurl refuses the mail for \(relay)")
            }
        self.init(kind, "\(what) (\(detail))")
    }
}
