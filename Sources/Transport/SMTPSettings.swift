public import Domain

/// How to reach the mail relay. Checked when made: a setting that could carry an SMTP command is refused.
public struct SMTPSettings: Sendable {
    public enum Security: String, Sendable, CaseIterable {
        /// No TLS: only to loopback, unless `plainAllowed` says that the network between is trusted.
        case none
        /// Plain greeting, then STARTTLS. Required: without it nothing is sent.
        case startTLS = "starttls"
        /// TLS from the first byte (port 465).
        case tls
    }

    public struct Credentials: Sendable {
        public let user: String
        public let password: Secret
        public init(user: String, password: Secret) {
            self.user = user
            self.password = password
        }
    }

    public let host: String
    public let port: Int
    public let security: Security
    public let credentials: Credentials?
    /// The name in EHLO; nil: the machine's own.
    public let ehloName: String?
    /// PEM file of the certificate authorities to trust instead of the system's.
    public let caBundle: String?
    public let timeouts: Timeouts

    /// - Throws: `.invalidSetting` with the setting's name and what to write instead.
    public init(
        host: String, port: Int, security: Security, credentials: Credentials? = nil, ehloName: String? = nil, caBundle: String? = nil,
        plainAllowed: Bool = false, timeouts: Timeouts = Timeouts(total: .seconds(120), lowSpeedBytesPerSecond: 0)
    ) throws(SMTPError) {
        guard IPAddress(host) != nil || HostName(host) != nil else {
            throw SMTPError(.invalidSetting, "the mail host \(host.quoted) is neither a host name nor an address")
        }
        guard (1...65_535).contains(port) else { throw SMTPError(.invalidSetting, "the mail port \(port) is not within 1 to 65535") }
        if let ehloName, HostName(ehloName) == nil {
            throw SMTPError(.invalidSetting, "the EHLO name \(ehloName.quoted) is not a host name")
        }
        guard security != .none || isLoopback(host: host) || plainAllowed else {
            throw SMTPError(
                .invalidSetting, "mail to \(host) would go without encryption; set security to starttls or tls, or allow plain explicitly")
        }
        if let credentials {
            let texts = [credentials.user, credentials.password.revealed]
            guard texts.allSatisfy({ text in !text.isEmpty && text.utf8.count <= 512 && text.utf8.allSatisfy { $0 >= 32 && $0 != 127 } })
            else { throw SMTPError(.invalidSetting, "the mail user or password is empty, too long or holds a control character") }
        }
        self.host = host
        self.port = port
        self.security = security
        self.credentials = credentials
        self.ehloName = ehloName
        self.caBundle = caBundle
        self.timeouts = timeouts
    }
}
