public import Domain
import FoundationEssentials

/// The mail relay.
public struct SMTPRelaySettings: Sendable, Hashable {
    public enum Security: String, Sendable, CaseIterable { case starttls, tls, none }

    public struct Login: Sendable, Hashable {
        public var user: String
        public var password: SecretSource
    }

    public var host: String
    public var port: Int
    public var security: Security
    public var login: Login?
    public var from: EmailAddress
    /// Shown beside the address.
    public var fromName: String
    /// The name in EHLO; nil: the machine's own.
    public var ehlo: String?
    /// PEM file's path of the authorities to trust instead of the system's.
    public var caFile: String?

    enum Keys {
        static let host = SettingKey("smtp.host", .host, isRequired: true, "The relay.")
        static let port = SettingKey<Int>(
            "smtp.port", .whole(1...65_535), defaultRule: "starttls: `587`; tls: `465`; none: `25`", "Its port.")
        static let security = SettingKey<Security>(
            "smtp.security", .word, default: "starttls",
            "How the connection is encrypted; none only for this machine or a network you trust.")
        static let user = SettingKey<String>("smtp.user", .line(), defaultRule: "no login", "Name to log in with.")
        static let password = SecretKeys.key("smtp.password", "Password to log in with; required with user.")
        static let from = SettingKey("smtp.from", .mailAddress, isRequired: true, "Sender's address.")
        static let fromName = SettingKey<String>("smtp.from_name", .line(upTo: 100), default: "fringewatch", "Sender's name.")
        static let ehlo = SettingKey("smtp.ehlo", .host, defaultRule: "the machine's name", "Name that fringewatch greets the relay with.")
        static let caFile = SettingKey(
            "smtp.ca_file", .path, defaultRule: "the system's", "PEM file of the certificate authorities to trust instead of the system's.")
        static let all = [
            host.description, port.description, security.description, user.description, password, from.description, fromName.description,
            ehlo.description, caFile.description,
        ]
    }

    /// Nil where something is wrong; the reader has noted what.
    init?(_ reader: SectionReader, environment: [String: String]) {
        let host = reader.required(Keys.host)
        let from = reader.required(Keys.from)
        security = reader.value(Keys.security)
        let usual = [Security.starttls: 587, .tls: 465, .none: 25]
        port = reader.optional(Keys.port) ?? usual[security] ?? 587
        fromName = reader.value(Keys.fromName)
        ehlo = reader.optional(Keys.ehlo)
        caFile = reader.optional(Keys.caFile)?.path
        let user = reader.optional(Keys.user)
        let password = reader.secret("password", environment: environment)
        if reader.isWritten("user") != reader.isWritten("password") {
            reader.problem(
                at: reader.isWritten("user") ? "user" : "password", found: "only one of user and password", expected: "both or neither")
        }
        if security == .none, let host, !isLoopback(host: host), reader.isWritten("password") {
            reader.problem(
                at: "security", found: "none, with a password", expected: "starttls or tls: the password would travel readable")
        }
        login = if let user, let password { Login(user: user, password: password) } else { nil }
        reader.finish()
        guard let host, let from else { return nil }
        self.host = host
        self.from = from
    }
}
