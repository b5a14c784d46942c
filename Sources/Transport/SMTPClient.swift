public import FoundationEssentials

/// Hands mails to one relay, one connection each.
public struct SMTPClient: Sendable {
    public let settings: SMTPSettings

    public init(settings: SMTPSettings) { self.settings = settings }

    /// - Parameter message: the whole mail with its headers: ASCII, lines of at most 998 bytes that end in CRLF.
    /// - Returns: the relay's answer to the message.
    public func send(message: Data, from: EmailAddress, to: EmailAddress) async throws(SMTPError) -> SMTPReceipt {
        throw SMTPError(.internal, "not built yet")
    }
}
