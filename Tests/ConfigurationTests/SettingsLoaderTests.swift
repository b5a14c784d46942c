import Domain
import FoundationEssentials
import Testing
import Volcanoes

@testable import Configuration

struct SettingsLoaderTests {
    @Test func `the example works as it is`() throws {
        let main = Repository.root.appendingPathComponent("config/config.yaml")
        let settings = try SettingsLoader.load(main: main, environment: [:], volcanoes: Repository.volcanoes.get())
        #expect(settings.watch.volcanoes.map(\.value) == [353_050, 353_010])
        #expect(settings.receivers.map(\.channel) == [.maildir(URL(fileURLWithPath: "/var/lib/fringewatch/maildir"))])
        #expect(settings.priorityList.path.hasSuffix("config/priority-volcanoes.yaml"))
        #expect(settings.secrets.isEmpty && settings.warnings.isEmpty)
        #expect(settings.alerting.rules == .standard)
    }

    @Test func `every commented line of the example works too`() throws {
        let lines = try Repository.text("config/config.yaml").split(separator: "\n", omittingEmptySubsequences: false)
        // Commented settings stand in the place where they belong: "  # key: value" or "# key:" at the start of a line.
        let opened = lines.dropFirst(9).map { line -> String in
            guard let mark = line.firstIndex(of: "#"), line[..<mark].allSatisfy({ $0 == " " }) else { return String(line) }
            let rest = line[line.index(after: mark)...].dropFirst()
            let isSetting = rest.contains(":") && !rest.hasPrefix("-- ") || rest.drop(while: { $0 == " " }).hasPrefix("- ")
            return isSetting && !line.hasPrefix("# Volcanoes") && !line.hasPrefix("# Every") ? line[..<mark] + String(rest) : String(line)
        }
        let settings = try load(opened.joined(separator: "\n"))
        #expect(settings.receivers.map(\.name.text) == ["local", "observatory", "dashboard"])
        #expect(settings.catalogues.map(\.name) == ["jasmin", "ceda", "drop"])
        #expect(settings.smtp?.login?.user == "fringewatch")
        #expect(settings.watch.all && settings.watch.boxes.count == 1)
        #expect(settings.secrets.map(\.key).sorted() == ["catalogues[ceda].token", "receivers[dashboard].secret", "smtp.password"])
        #expect(try settings.alerting.volcanoes[number(353_050)]?.alert == probability(0.9))
    }

    @Test func `an empty file gives the defaults, with a warning that nobody is told and nothing watched`() throws {
        let settings = try load("# nothing\n")
        #expect(settings.polling.priority == .seconds(300) && settings.polling.others == .seconds(21_600))
        #expect(settings.polling.jitter == 0.1)
        #expect(settings.network.maxDownload == 500 * 1_048_576)
        #expect(settings.network.allowedHosts.map(\.description) == ["data.ceda.ac.uk", "dap.ceda.ac.uk"])
        #expect(settings.catalogues.map(\.name) == ["jasmin"])
        #expect(settings.retries.giveUpAfter == .seconds(3 * 86_400))
        #expect(settings.stateDirectory.path == "/var/lib/fringewatch" && settings.runtimeDirectory.path == "/run/fringewatch")
        #expect(settings.warnings.map(\.key) == ["receivers", "watch"])
        #expect(settings.language == .english && settings.smtp == nil && settings.templates == nil)
        var standard = try SettingsLoader.standard(main: settings.files[0], environment: [:], volcanoes: Repository.volcanoes.get())
        standard.files = settings.files
        #expect(standard == settings)
    }

    @Test(arguments: [
        ("", [30.0, 120, 600, 1800, 3600, 7200] + Array(repeating: 14_400, count: 17)), ("waits: [1m], give_up_after: 3m", [60, 60, 60]),
        ("waits: [10s, 1h], give_up_after: 30m", [10]), ("waits: [1s, 2s, 3s], give_up_after: 1m", [1, 2] + Array(repeating: 3, count: 19)),
    ])
    func `retries follow the waits, the last one repeated, until it is time to give up`(yaml: String, seconds: [Double]) throws {
        #expect(try load("retries: {\(yaml)}").retries.schedule == seconds.map { .seconds($0) })
    }

    @Test func `P8 a path reads the same before and after its folder is made`() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("state_directory: state\nreceivers: [{name: a, kind: maildir, path: mail}]\n", "config.yaml")
        let load = { try SettingsLoader.load(main: file, environment: [:], volcanoes: Repository.volcanoes.get()) }
        let before = try load()
        for name in ["state", "mail"] {
            try FileManager.default.createDirectory(at: folder.url.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        #expect(try load() == before)
    }

    @Test func `systemd's folders are taken, and a key overrules them`() throws {
        let environment = [
            "STATE_DIRECTORY": "/state/a:/state/b", "RUNTIME_DIRECTORY": "/run/x", "CREDENTIALS_DIRECTORY": "/run/credentials/f",
        ]
        let settings = try load(
            "runtime_directory: /run/y\nsmtp: {host: m, from: a@b.c, user: u, password: {credential: p}}\n", environment: environment)
        #expect(settings.stateDirectory.path == "/state/a" && settings.runtimeDirectory.path == "/run/y")
        #expect(settings.smtp?.login?.password == .credential(name: "p", directory: "/run/credentials/f"))
    }

    @Test func `later files win key by key, lists replace, named lists merge by name`() throws {
        let main = """
            polling: {priority: 1m, others: 1h}
            watch: {volcanoes: [353050], countries: [Ecuador]}
            catalogues: [{name: a, kind: jasmin}, {name: b, kind: ceda}]
            receivers:
              - {name: local, kind: maildir, path: /m, from_tier: alert}
            """
        let settings = try load(
            main,
            [
                "20.yaml": "polling: {others: 3h}\nreceivers: [{name: local, path: /n}, {name: more, kind: maildir, path: /o}]\n",
                "10.yaml": "polling: {others: 2h}\nwatch: {volcanoes: [Etna]}\ncatalogues: [{name: b, url: \"https://b.example\"}]\n",
                "30.yml": "nonsense",
                "empty.yaml": "# only a comment\n",
            ])
        #expect(settings.polling.priority == .seconds(60) && settings.polling.others == .seconds(10_800))
        #expect(settings.watch.volcanoes.map(\.value) == [211_060] && settings.watch.countries == ["Ecuador"])
        #expect(settings.receivers.map(\.channel) == [.maildir(URL(fileURLWithPath: "/n")), .maildir(URL(fileURLWithPath: "/o"))])
        #expect(settings.receivers.map(\.fromTier) == [.alert, .notify])
        let b = try #require(URL(string: "https://b.example"))
        #expect(settings.catalogues.map(\.name) == ["a", "b"] && settings.catalogues[1].source == .ceda(b))
        #expect(settings.files.map(\.lastPathComponent) == ["config.yaml", "10.yaml", "20.yaml", "empty.yaml"])
        #expect(settings.warnings.contains { $0.place.file.hasSuffix("30.yml") })
    }

    @Test func `a secret in a later file replaces the earlier one`() throws {
        let settings = try load(
            "smtp: {host: m, from: a@b.c, user: u, password: {credential: p}}", ["a.yaml": "smtp: {password: {file: /q}}"])
        #expect(settings.smtp?.login?.password == .file(URL(fileURLWithPath: "/q")))
    }

    @Test func `everything that is wrong is told at once, in the order of the files`() throws {
        let found = try problems(
            """
            polling:
              prioritty: 5m
              others: 6
            smtp: {host: "a b", from: nobody, password: hunter2}
            receivers:
              - name: x
                kind: emial
            watch: {volcanoes: [Siera Negra, Sumbing]}
            polling: {jitter: 80 %}
            """, ["a.yaml": "languag: en\n", "b.yaml": "log: [\n"])
        let text = ConfigurationErrors(found).description
        #expect(found.map(\.place.line) == [2, 3, 4, 4, 4, 4, 7, 8, 8, 9, 1, 2], "\(text)")
        for fragment in [
            "did you mean priority", "add a unit: 6s, 6m, 6h or 6d", "smtp.host", "smtp.from", "not shown", "only one of user and password",
            "did you mean email", "Sierra Negra (353050, Ecuador)",
            "261180", "the same key a second time", "a.yaml:1:1: languag: found an unknown key", "did you mean language",
        ] {
            #expect(text.contains(fragment), "\(fragment) in \(text)")
        }
        #expect(!text.contains("hunter2"))
    }

    @Test func `a missing main file, a folder and a binary file are told apart`() throws {
        let folder = try TemporaryFolder()
        let volcanoes = try Repository.volcanoes.get()
        func found(_ file: URL) -> String {
            do throws(ConfigurationErrors) {
                _ = try SettingsLoader.load(main: file, environment: [:], volcanoes: volcanoes)
                return ""
            } catch {
                return error.description
            }
        }
        #expect(found(folder.url.appendingPathComponent("none.yaml")).contains("no such file"))
        #expect(found(folder.url).contains("no regular file"))
        try Data([0xFF, 0xFE, 0x00]).write(to: folder.url.appendingPathComponent("binary.yaml"))
        #expect(found(folder.url.appendingPathComponent("binary.yaml")).contains("UTF-8"))
        let great = try folder.write(String(repeating: "# long\n", count: 200_000), "great.yaml")
        #expect(found(great).contains("at most 1024 KiB"))
    }
}
