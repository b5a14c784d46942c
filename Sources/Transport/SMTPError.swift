/// Why a mail was not accepted.
public struct SMTPError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// A setting is malformed or unsafe; nothing was connected.
        case invalidSetting
        /// The message cannot go on the wire as it is (bare line feeds, bytes beyond ASCII, long lines); nothing was connected.
        case invalidMessage
        /// A reply of the 4xx class: the server wants to be asked again.
        case refusedForNow(code: Int)
        /// A reply of the 5xx class: this mail to this address will never be taken.
        case refusedForGood(code: Int)
        /// The user or password is wrong (535 and its kin): an operator has to mend it.
        case authentication(code: Int)
        /// The server offers no STARTTLS although it is required; nothing was sent.
        case noStartTLS
        /// The certificate is not trusted, has expired or is another host's.
        case certificate
        case tls
        case resolve
        case connect
        case timeout
        case connectionLost
        case cancelled
        case `internal`
    }

    public let kind: Kind
    /// What failed, with whom, and what to do.
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// Whether this mail to this address can never succeed. A wrong password or certificate is not permanent: the operator mends
    /// it and the mail still goes out.
    public var isPermanent: Bool {
        switch kind {
        case .refusedForGood, .invalidMessage: true
        case .invalidSetting, .refusedForNow, .authentication, .noStartTLS, .certificate, .tls, .resolve, .connect, .timeout,
            .connectionLost, .cancelled, .internal:
            false
        }
    }

    public var description: String { message }
}

/// The relay's acceptance: from here on the mail is its responsibility.
public struct SMTPReceipt: Hashable, Sendable {
    /// 250.
    public let code: Int
    /// The text behind the code, such as `2.0.0 8a6f2d4c Message accepted for delivery`.
    public let text: String

    public init(code: Int, text: String) {
        self.code = code
        self.text = text
    }
}
