public import Domain
public import FoundationEssentials
public import Volcanoes

/// The whole configuration, checked: what is in here needs no second look.
public struct Settings: Sendable, Hashable {
    /// Ledger, downloads, pictures: what must survive a restart.
    public var stateDirectory: URL
    /// The status socket.
    public var runtimeDirectory: URL
    public var language: Language
    /// A folder of templates that take the place of the built-in ones; nil for those.
    public var templates: URL?
    /// Where links in messages begin; nil for messages without links of our own.
    public var publicURL: URL?
    public var catalogues: [CatalogueSettings]
    public var network: NetworkSettings
    public var polling: PollingSettings
    public var watch: WatchSelection
    /// The file of priority volcanoes. It may be absent: then none has priority.
    public var priorityList: URL
    public var detection: DetectionLimits
    public var alerting: AlertingSettings
    /// Nil where no mail relay is configured; then there is no receiver of kind email.
    public var smtp: SMTPRelaySettings?
    public var receivers: [ReceiverSettings]
    public var retries: RetrySettings
    public var log: LogSettings
    /// The files that were read, in order.
    public var files: [URL]
    /// What is allowed but probably not meant.
    public var warnings: [ConfigurationProblem]

    public func receiver(_ name: ReceiverName) -> ReceiverSettings? { receivers.first { $0.name == name } }

    /// Every secret that is referred to, with the key that does.
    public var secrets: [(key: String, source: SecretSource)] {
        var found: [(key: String, source: SecretSource)] = []
        for catalogue in catalogues {
            if let token = catalogue.token { found.append(("catalogues[\(catalogue.name)].token", token)) }
        }
        if let password = smtp?.login?.password { found.append(("smtp.password", password)) }
        for receiver in receivers {
            if case .webhook(_, let secret) = receiver.channel { found.append(("receivers[\(receiver.name)].secret", secret)) }
        }
        return found
    }
}

enum GeneralKeys {
    static let stateDirectory = SettingKey(
        "state_directory", .path, defaultRule: "`$STATE_DIRECTORY`, else `/var/lib/fringewatch`",
        "Folder for what must survive a restart: the ledger, downloads, pictures.")
    static let runtimeDirectory = SettingKey(
        "runtime_directory", .path, defaultRule: "`$RUNTIME_DIRECTORY`, else `/run/fringewatch`",
        "Folder for the socket that `fringewatch status` talks to.")
    static let language = SettingKey<Language>("language", .word, default: "en", "Language of the messages; a receiver may have its own.")
    static let templates = SettingKey(
        "templates", .path, defaultRule: "built-in templates", "Folder of templates that take the place of the built-in ones.")
    static let publicURL = SettingKey(
        "public_url", .webAddress, defaultRule: "no links",
        "Address under which others reach this installation's pictures; links in messages begin with it.")
    static let priorityList = SettingKey(
        "priority_list", .path, defaultRule: "`priority-volcanoes.yaml` beside the main file",
        "The file of priority volcanoes; it may be absent.")

    static let all = [
        stateDirectory.description, runtimeDirectory.description, language.description, templates.description, publicURL.description,
        priorityList.description,
    ]
}

public struct LogSettings: Sendable, Hashable {
    public enum Level: String, Sendable, CaseIterable { case debug, info, notice, warning, error }
    public var level: Level

    enum Keys {
        static let level = SettingKey<Level>("log.level", .word, default: "info", "The least important messages that are logged.")
        static let all = [level.description]
    }

    init(_ reader: SectionReader) {
        level = reader.value(Keys.level)
        reader.finish()
    }
}
