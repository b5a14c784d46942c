/// Every key of the configuration: the source of the reference and of what error messages expect.
public enum ConfigurationReference {
    public struct Section: Hashable, Sendable {
        public let title: String
        public let keys: [KeyDescription]
    }

    public static let sections = [
        Section(title: "General", keys: GeneralKeys.all),
        Section(title: "catalogues", keys: CatalogueSettings.Keys.all),
        Section(title: "network", keys: NetworkSettings.Keys.all),
        Section(title: "polling", keys: PollingSettings.Keys.all),
        Section(title: "watch", keys: WatchSettings.Keys.descriptions),
        Section(title: "detection", keys: DetectionLimits.Keys.all),
        Section(title: "alerting", keys: AlertingSettings.Keys.all),
        Section(title: "smtp", keys: SMTPRelaySettings.Keys.all),
        Section(title: "receivers", keys: ReceiverSettings.Keys.all),
        Section(title: "retries", keys: RetrySettings.Keys.all),
        Section(title: "log", keys: LogSettings.Keys.all),
    ]

    /// `config/reference.md`
    public static var markdown: String {
        introduction + sections.map(table).joined(separator: "\n") + "\n" + PriorityList.reference
    }

    private static func table(_ section: Section) -> String {
        let rows = section.keys.map { key in
            let fallback = key.isRequired ? "**required**" : key.fallback ?? "none"
            return "| `\(key.path)` | \(escaped(key.expected)) | \(escaped(fallback)) | \(escaped(key.summary)) |"
        }
        return "## \(section.title)\n\n| key | value | default | what it does |\n|---|---|---|---|\n" + rows.joined(separator: "\n") + "\n"
    }

    private static func escaped(_ text: String) -> String {
        text.map { $0 == "|" ? "\\|" : $0 == "<" ? "&lt;" : $0 == "*" && !text.hasPrefix("**") ? "\\*" : String($0) }.joined()
    }

    private static let introduction = """
        # Configuration reference

        Made from the program's own table of keys; a test keeps the two the same.

        * Files: `config.yaml`, then `conf.d/*.yaml` beside it in the order of their names. A later file wins key by key. Lists replace earlier
          lists; `catalogues` and `receivers` merge by `name`.
        * A required key is required where its section, or its item of a list, is written.
        * Unknown and duplicate keys are errors. Quantities carry their unit: `90s`, `5m`, `6h`, `30d`, `500 MiB`, `10 km`, `5 %`.
        * Anchors and aliases (`&`, `*`) are not read. A path is absolute or relative to the file that names it.
        * Secrets never stand in these files: `{credential: NAME}` is the file NAME in `$CREDENTIALS_DIRECTORY` (systemd's `LoadCredential=`),
          `{file: /path}` any other file.
        * `fringewatch check-config` shows everything that is wrong at once, with file, line and column.


        """
}
