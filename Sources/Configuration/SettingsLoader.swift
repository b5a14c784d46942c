import Domain
public import FoundationEssentials
public import Volcanoes

/// Reads the configuration: the main file, then `conf.d/*.yaml` beside it in lexical order.
///
/// A later file wins key by key; its lists replace earlier ones, except that catalogues and receivers merge by name. The main
/// file must exist; `conf.d` need not. Secrets are not read here: see ``SecretSource/read()``.
public enum SettingsLoader {
    /// - Parameters:
    ///   - main: such as `/etc/fringewatch/config.yaml`.
    ///   - environment: `STATE_DIRECTORY`, `RUNTIME_DIRECTORY` and `CREDENTIALS_DIRECTORY`, as systemd sets them.
    ///   - volcanoes: names in the configuration are those of this list.
    /// - Throws: everything that is wrong, at once.
    public static func load(main: URL, environment: [String: String], volcanoes: VolcanoList) throws(ConfigurationErrors) -> Settings {
        let found = ConfigurationFiles.find(main: main)
        let log = ProblemLog()
        log.add(found.problems)
        var root: SettingNode?
        var isWhole = true
        for file in found.files {
            guard let node = node(of: file, log) else {
                isWhole = false
                continue
            }
            root = root.map { SettingsMerge.lay(node.orEmpty, over: $0) } ?? node.orEmpty
        }
        var settings = read(root, main: main, environment: environment, volcanoes: volcanoes, log: log, isWhole: isWhole)
        // What seems to be absent may stand in the file that could not be read.
        let problems = log.sorted(files: found.files.map(\.path)).filter { isWhole || $0.found != SectionReader.absent }
        guard problems.isEmpty else { throw ConfigurationErrors(problems) }
        settings.files = found.files
        settings.warnings += found.warnings
        return settings
    }

    /// What counts where nothing is written.
    public static func standard(main: URL, environment: [String: String], volcanoes: VolcanoList) throws(ConfigurationErrors) -> Settings {
        let log = ProblemLog()
        let settings = read(nil, main: main, environment: environment, volcanoes: volcanoes, log: log)
        guard log.problems.isEmpty else { throw ConfigurationErrors(log.problems) }
        return settings
    }

    private static func node(of file: URL, _ log: ProblemLog) -> SettingNode? {
        do throws(ConfigurationErrors) {
            return YAMLText.read(try ConfigurationFiles.text(of: file), file: file.path, log: log)
        } catch {
            log.add(error.problems)
            return nil
        }
    }

    private static func read(
        _ root: SettingNode?, main: URL, environment: [String: String], volcanoes: VolcanoList, log: ProblemLog, isWhole: Bool = true
    ) -> Settings {
        let start = Place(file: main.path, line: 1, column: 1)
        let reader = SectionReader(root, path: "", parent: start, log: log, volcanoes: volcanoes)
        let network = NetworkSettings(reader.section("network"))
        let language = reader.value(GeneralKeys.language)
        let smtpReader = reader.section("smtp")
        let smtp = reader.node("smtp") == nil ? nil : SMTPRelaySettings(smtpReader, environment: environment)
        let catalogues = catalogues(reader, network, environment)
        let receivers = reader.sections("receivers").compactMap {
            ReceiverSettings($0, language: language, plainHosts: network.plainHTTPHosts, environment: environment)
        }
        var settings = Settings(
            stateDirectory: reader.optional(GeneralKeys.stateDirectory) ?? folder("STATE_DIRECTORY", environment, "/var/lib/fringewatch"),
            runtimeDirectory: reader.optional(GeneralKeys.runtimeDirectory) ?? folder("RUNTIME_DIRECTORY", environment, "/run/fringewatch"),
            language: language, templates: reader.optional(GeneralKeys.templates), publicURL: reader.optional(GeneralKeys.publicURL),
            catalogues: catalogues, network: network, polling: PollingSettings(reader.section("polling")),
            watch: WatchSettings.read(reader.section("watch")),
            priorityList: reader.optional(GeneralKeys.priorityList)
                ?? main.deletingLastPathComponent().appendingPathComponent("priority-volcanoes.yaml"),
            detection: DetectionLimits(reader.section("detection")), alerting: AlertingSettings(reader.section("alerting")), smtp: smtp,
            receivers: receivers, retries: RetrySettings(reader.section("retries")), log: LogSettings(reader.section("log")), files: [],
            warnings: [])
        reader.finish()
        if isWhole { CrossChecks(reader).run(&settings) }
        return settings
    }

    private static func catalogues(_ reader: SectionReader, _ network: NetworkSettings, _ environment: [String: String])
        -> [CatalogueSettings]
    {
        guard reader.node("catalogues") != nil else { return CatalogueSettings.standard() }
        return reader.sections("catalogues").compactMap {
            CatalogueSettings($0, plainHosts: network.plainHTTPHosts, environment: environment)
        }
    }

    /// systemd gives several folders separated by colons; the first is ours.
    private static func folder(_ variable: String, _ environment: [String: String], _ fallback: String) -> URL {
        let first = environment[variable]?.split(separator: ":").first.map(String.init)
        return URL(fileURLWithPath: first ?? fallback, isDirectory: true).standardizedFileURL
    }
}

extension SettingNode {
    /// A file with comments only says nothing, and lays nothing over what was said before.
    fileprivate var orEmpty: SettingNode {
        if case .nothing = content { SettingNode(content: .mapping([]), place: place) } else { self }
    }
}
