internal import CCurl
public import Domain
public import FoundationEssentials

/// Hands mails to one relay, one connection each.
public struct SMTPClient: Sendable {
    public let settings: SMTPSettings

    public init(settings: SMTPSettings) { self.settings = settings }

    /// Sends one mail to one recipient.
    ///
    /// - Parameter message: the whole mail with its headers: ASCII, lines of at most 998 bytes, each ended by CRLF.
    /// - Returns: the relay's answer to the message.
    public func send(message: Data, from: EmailAddress, to: EmailAddress) async throws(SMTPError) -> SMTPReceipt {
        try checkWireFormat(message)
        let cancellation = CancellationFlag()
        let result = await withTaskCancellationHandler {
            await onOwnThread { [settings] in
                Self.deliver(message, from: from, to: to, settings: settings, cancellation: cancellation)
            }
        } onCancel: {
            cancellation.raise()
        }
        return try (result ?? .failure(outOfResources)).get()
    }

    /// Runs on this thread. A connection per mail: QUIT follows at once, and a hanging relay holds up nobody else.
    private static func deliver(
        _ message: Data, from: EmailAddress, to: EmailAddress, settings: SMTPSettings, cancellation: CancellationFlag
    ) -> Result<SMTPReceipt, SMTPError> {
        guard let handle = CurlHandle() else { return .failure(outOfResources) }
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        handle.set(
            CURLOPT_URL, "\(settings.security == .tls ? "smtps" : "smtp")://\(host):\(settings.port)/\(settings.ehloName ?? "")")
        handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        handle.set(CURLOPT_PROXY, "")
        handle.set(CURLOPT_UPLOAD, 1)
        handle.set(CURLOPT_INFILESIZE_LARGE, offset: message.count)
        handle.set(CURLOPT_MAIL_FROM, "<\(from.text)>")
        handle.set(CURLOPT_MAIL_RCPT, lines: ["<\(to.text)>"])
        handle.set(CURLOPT_FORBID_REUSE, 1)
        handle.set(settings.timeouts)
        // Also bounds the wait for the answer to QUIT, which comes after the mail is accepted.
        handle.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds: min(settings.timeouts.total, .seconds(60)))
        handle.set(CURLOPT_SSL_VERIFYPEER, 1)
        handle.set(CURLOPT_SSL_VERIFYHOST, 2)
        handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // Required, not tried: without it a listener in the middle could simply leave STARTTLS out.
        if settings.security != .none { handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        if let caBundle = settings.caBundle { handle.set(CURLOPT_CAINFO, caBundle) }
        if let credentials = settings.credentials {
            handle.set(CURLOPT_USERNAME, credentials.user)
            handle.set(CURLOPT_PASSWORD, credentials.password.revealed)
        }
        let exchange = SMTPExchange(message: message, cancellation: cancellation)
        let outcome = handle.perform(exchange)
        // Whatever libcurl still says to the server when the handle goes must not reach the exchange, which goes first.
        handle.reset()
        return exchange.judge(outcome, relay: "\(host):\(settings.port)")
    }
}

/// A bare CR or LF could end the message early for the next relay, and what follows would be commands (SMTP smuggling).
func checkWireFormat(_ message: Data) throws(SMTPError) {
    var previous: UInt8 = 0
    var lineLength = 0
    for byte in message {
        switch byte {
        case 10 where previous == 13: lineLength = 0
        case 10: throw invalid("holds a line feed without a carriage return; end lines with CRLF")
        case 0, 128...: throw invalid("holds bytes beyond ASCII; encode them as quoted-printable or base64")
        default:
            guard previous != 13 else { throw invalid("holds a carriage return without a line feed; end lines with CRLF") }
            if byte != 13 { lineLength += 1 }
            guard lineLength <= 998 else { throw invalid("has a line of more than 998 bytes; encode it as quoted-printable or base64") }
        }
        previous = byte
    }
    guard previous == 10 else { throw invalid(message.isEmpty ? "is empty" : "does not end with CRLF") }
}

private func invalid(_ why: String) -> SMTPError { SMTPError(.invalidMessage, "the mail cannot be sent: it \(why)") }

private let outOfResources = SMTPError(.internal, "the system has no thread or memory left for a mail; raise the service's limits")
