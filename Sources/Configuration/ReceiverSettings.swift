public import Domain
public import FoundationEssentials
import Volcanoes

/// Somebody who is told, and of what.
public struct ReceiverSettings: Sendable, Hashable {
    public enum Channel: Sendable, Hashable {
        case email(to: [EmailAddress])
        case maildir(URL)
        case webhook(URL, secret: SecretSource)
    }

    public enum Kind: String, Sendable, CaseIterable { case email, maildir, webhook }
    public enum Picture: String, Sendable, CaseIterable { case inline, link, none }

    public var name: ReceiverName
    public var channel: Channel
    public var picture: Picture
    public var fromTier: Tier
    public var kinds: Set<AlertKind>
    /// Only these volcanoes; nil for all.
    public var volcanoes: Set<VolcanoNumber>?
    /// Only for volcanoes whose priority entry names this receiver.
    public var onlyWhenListed: Bool
    public var language: Language
    public var enabled: Bool

    /// Whether this receiver is to get a message.
    /// - Parameter listed: whether the volcano's active priority entry names this receiver.
    public func wants(kind: AlertKind, tier: Tier, volcano: VolcanoNumber, listed: Bool) -> Bool {
        guard enabled else { return false }
        // A test must arrive wherever alerts can arrive.
        if kind == .test { return true }
        guard kinds.contains(kind), tier >= fromTier else { return false }
        if listed { return true }
        return !onlyWhenListed && (volcanoes?.contains(volcano) ?? true)
    }

    enum Keys {
        static let name = SettingKey(
            "receivers[].name", .receiverName, isRequired: true,
            "Its name in the ledger and the priority list; unique. A later file changes a receiver by its name.")
        static let kind = SettingKey<Kind>("receivers[].kind", .word, isRequired: true, "How it is reached.")
        static let to = SettingKey(
            "receivers[].to", .mailAddress, isList: true, "Kind email, required there: the addresses, each with its own delivery.")
        static let path = SettingKey("receivers[].path", .path, "Kind maildir, required there: the maildir; made if absent.")
        static let url = SettingKey("receivers[].url", .webAddress, "Kind webhook, required there: where messages are posted.")
        static let secret = SecretKeys.key(
            "receivers[].secret", "Kind webhook, required there: the signing secret (whsec_ and base64 of 24 to 64 bytes).")
        static let picture = SettingKey<Picture>(
            "receivers[].picture", .word, default: "inline",
            "Whether the picture is in the message, behind a link (needs public_url), or left out.")
        static let fromTier = SettingKey<Tier>("receivers[].from_tier", .word, default: "notify", "The lowest tier that it hears of.")
        static let kinds = SettingKey<AlertKind>(
            "receivers[].kinds", .word, defaultRule: "all", isList: true, "The kinds of messages that it gets; tests always arrive.")
        static let volcanoes = SettingKey(
            "receivers[].volcanoes", .volcano, defaultRule: "all", isList: true, "Only these volcanoes and countries.")
        static let countries = SettingKey(
            "receivers[].countries", .country, defaultRule: "all", isList: true, "Only these countries and volcanoes.")
        static let onlyWhenListed = SettingKey<Bool>(
            "receivers[].only_when_listed", .yesOrNo, default: "false",
            "Only for volcanoes whose entry in the priority list names this receiver.")
        static let language = SettingKey<Language>(
            "receivers[].language", .word, defaultRule: "the key `language`", "Language of its messages.")
        static let enabled = SettingKey<Bool>(
            "receivers[].enabled", .yesOrNo, default: "true", "Switched off it gets nothing, not even tests.")
        static let all = [
            name.description, kind.description, to.description, path.description, url.description, secret, picture.description,
            fromTier.description, kinds.description, volcanoes.description, countries.description, onlyWhenListed.description,
            language.description, enabled.description,
        ]
    }

    /// Nil where something is wrong; the reader has noted what.
    init?(_ reader: SectionReader, language: Language, plainHosts: [HostPattern], environment: [String: String]) {
        let name = reader.required(Keys.name)
        let kind = reader.required(Keys.kind)
        picture = reader.value(Keys.picture)
        fromTier = reader.value(Keys.fromTier)
        kinds = Set(reader.list(Keys.kinds) ?? AlertKind.allCases)
        let numbers = reader.list(Keys.volcanoes)
        let countries = reader.list(Keys.countries)
        volcanoes =
            numbers == nil && countries == nil
            ? nil : Set(numbers ?? []).union((countries ?? []).flatMap { reader.volcanoes.inCountry($0).map(\.number) })
        onlyWhenListed = reader.value(Keys.onlyWhenListed)
        self.language = reader.optional(Keys.language) ?? language
        enabled = reader.value(Keys.enabled)
        let channel = Self.channel(kind, reader, plainHosts, environment)
        let owners = ["to": "kind email", "path": "kind maildir", "url": "kind webhook", "secret": "kind webhook"]
        if kind == nil { for known in owners.keys { _ = reader.node(known) } }
        reader.finish(elsewhere: owners)
        guard let name, let channel else { return nil }
        self.name = name
        self.channel = channel
    }

    private static func channel(_ kind: Kind?, _ reader: SectionReader, _ plainHosts: [HostPattern], _ environment: [String: String])
        -> Channel?
    {
        switch kind {
        case .email:
            guard let to = reader.list(Keys.to) else {
                _ = reader.required(Keys.to)
                return nil
            }
            if to.isEmpty, case .list(let items) = reader.node("to")?.content, items.isEmpty {
                reader.problem(at: "to", found: "an empty list", expected: "at least one address")
            }
            if Set(to).count < to.count { reader.problem(at: "to", found: "an address twice", expected: "each address once") }
            return .email(to: to)
        case .maildir: return reader.required(Keys.path).map(Channel.maildir)
        case .webhook:
            let url = reader.secureAddress(Keys.url, plainHosts: plainHosts)
            let secret = reader.secret("secret", environment: environment)
            if reader.node("secret") == nil {
                reader.missing(
                    "secret", expected: SecretKeys.expected,
                    suggestion: "webhooks are always signed; make a secret with: echo whsec_$(openssl rand -base64 32)")
            }
            guard let url, let secret else { return nil }
            return .webhook(url, secret: secret)
        case nil: return nil
        }
    }
}
