import Domain
import Testing

@testable import Configuration

/// One line each: what is written, the key that is told, and a part of what is said.
struct SettingsErrorTests {
    @Test(arguments: [
        ("nonsense", "", "a mapping"), ("- a", "", "a mapping"), ("polling: 5m", "polling", "a mapping"),
        ("polling: {priority: [5m]}", "polling.priority", "a list of 1"),
        ("polling: {priority: 5}", "polling.priority", "add a unit"), ("polling: {priority: 5x}", "polling.priority", "1s to 1d"),
        ("polling: {priority: -5m}", "polling.priority", "1s to 1d"), ("polling: {priority: 2d}", "polling.priority", "1s to 1d"),
        ("polling: {priority: 5m 5m}", "polling.priority", "1s to 1d"),
        ("polling: {priority: 2h, others: 1h}", "polling.others", "at least polling.priority"),
        ("polling: {jitter: 51 %}", "polling.jitter", "0 % to 50 %"), ("polling: {jitter: 10}", "polling.jitter", "did you mean 10 %?"),
        ("language: fr", "language", "en or es"), ("log: {level: warn}", "log.level", "did you mean warning"),
        ("state_directory: ~/x", "state_directory", "home directory"), ("templates: \"a\\nb\"", "templates", "a path"),
        ("public_url: example.org", "public_url", "https://"), ("public_url: \"https://u:p@example.org\"", "public_url", "password"),
        ("public_url: \"ftp://example.org\"", "public_url", "web address"), ("public_url: \"file:///etc\"", "public_url", "web address"),
        ("network: {connections_per_host: 0}", "network.connections_per_host", "1 to 32"),
        ("network: {requests_per_second: inf}", "network.requests_per_second", "0.1 to 100"),
        ("network: {max_download: 500}", "network.max_download", "500 MiB"),
        ("network: {max_download: 1 TiB}", "network.max_download", "1 MiB to 10 GiB"),
        ("network: {allowed_hosts: example.org}", "network.allowed_hosts", "write [example.org]"),
        ("network: {allowed_hosts: [\"https://example.org/\"]}", "network.allowed_hosts[1]", "without scheme"),
        ("network: {allowed_hosts: [\"a:99999\"]}", "network.allowed_hosts[1]", "host:port"),
        ("network: {user_agent: \"a\\r\\nB: c\"}", "network.user_agent", "control characters"),
        ("network: {connect_timeout: 1m, transfer_timeout: 30s}", "network.transfer_timeout", "connect_timeout"),
        ("detection: {threads: 1.5}", "detection.threads", "whole number"),
        ("detection: {minimum_coherence: 2}", "detection.minimum_coherence", "did you mean 2 %"),
        ("retries: {waits: []}", "retries.waits", "at least one wait"), ("retries: {waits: [1]}", "retries.waits[1]", "add a unit"),
        ("retries: {waits: 30s}", "retries.waits", "write [30s]"),
        ("retries: {waits: [2h], give_up_after: 1h}", "retries.give_up_after", "at least the first"),
        ("alerting: {notify: 80}", "alerting.notify", "write 80 % as 0.8"), ("alerting: {notify: nan}", "alerting.notify", "probability"),
        ("alerting: {notify: 0.9}", "alerting.notify", "no greater than alert"),
        ("alerting: {alert: 0.4}", "alerting.alert", "no greater than alert"),
        ("alerting: {release: 0.6}", "alerting.release", "no greater than notify"),
        ("alerting: {notify: 0.3}", "alerting.notify", "write release here too"),
        ("alerting: {quiet: 36h}", "alerting.quiet", "whole days"), ("alerting: {quiet: 30}", "alerting.quiet", "30d"),
        ("alerting: {same_place: 10}", "alerting.same_place", "10 km"),
        ("alerting: {growth: 1}", "alerting.growth", "1.1 to 100"),
        ("alerting: {send_ended: maybe}", "alerting.send_ended", "true or false"),
        ("alerting: {volcanoes: {353051: {alert: 0.9}}}", "alerting.volcanoes.353051", "Sierra Negra (353050"),
        ("alerting: {volcanoes: {353050: {alert: 0.9}, Sierra Negra: {}}}", "alerting.volcanoes.Sierra Negra", "a second time"),
        ("alerting: {volcanoes: {Etna: {alarm: 0.9}}}", "alerting.volcanoes.Etna.alarm", "unknown key"),
        ("alerting: {volcanoes: {Etna: {alert: 0.3}}}", "alerting.volcanoes.Etna.alert", "at its value from above"),
        ("alerting: {volcanoes: [Etna]}", "alerting.volcanoes", "a mapping"),
        ("watch: {volcanoes: [Siera Negra]}", "watch.volcanoes[1]", "did you mean Sierra Negra (353050, Ecuador)?"),
        ("watch: {volcanoes: [Cerro Azul]}", "watch.volcanoes[1]", "Cerro Azul (353060, Ecuador), Cerro Azul (357060, Chile)"),
        ("watch: {countries: [Equador]}", "watch.countries[1]", "did you mean Ecuador"),
        ("watch: {regions: [Galapgos]}", "watch.regions[1]", "a region"),
        ("watch: {frames: [Etna]}", "watch.frames[1]", "106A_09048_000909"),
        ("watch: {boxes: [{south: 1, west: 1, north: 0, east: 2}]}", "watch.boxes[1].south", "no greater than north"),
        ("watch: {boxes: [{south: 1, west: 1, north: 2}]}", "watch.boxes[1].east", "add the key east"),
        ("watch: {boxes: [{south: 1, west: 1, north: 2, east: 200}]}", "watch.boxes[1].east", "-180 to 180"),
        ("watch: {boxes: {south: 1}}", "watch.boxes", "each item after a dash"), ("watch: {all: 2}", "watch.all", "true or false"),
    ])
    func `a wrong setting is told with its key`(yaml: String, key: String, fragment: String) throws {
        let found = try problems(yaml)
        #expect(found.map(\.key) == [key], "\(found)")
        #expect(found.contains { "\($0)".contains(fragment) }, "\(found)")
    }

    @Test(arguments: [
        ("{kind: jasmin}", "name", "add the key name"), ("{name: a}", "kind", "jasmin, ceda or directory"),
        ("{name: a, kind: asf}", "kind", "jasmin, ceda or directory"),
        ("{name: a, kind: directory}", "path", "add the key path"),
        ("{name: a, kind: directory, path: /a, url: \"https://b\"}", "url", "the kinds jasmin and ceda"),
        ("{name: a, kind: jasmin, path: /a}", "path", "kind directory"),
        ("{name: a, kind: ceda, url: \"http://example.org\"}", "url", "add example.org to network.plain_http_hosts"),
        ("{name: a, kind: ceda, token: abc}", "token", "{credential: NAME} or {file: /path}"),
        ("{name: a, kind: ceda, tocken: {file: /a}}", "tocken", "did you mean token"),
        ("{name: a, kind: ceda}, {name: a, kind: jasmin}", "name", "each name once"),
    ])
    func `a wrong catalogue is told with its name and key`(items: String, key: String, fragment: String) throws {
        let found = try problems("catalogues: [\(items)]")
        #expect(found.count == 1 && found[0].key.hasPrefix("catalogues[") && found[0].key.hasSuffix("]." + key), "\(found)")
        #expect("\(found)".contains(fragment), "\(found)")
    }

    @Test(arguments: [
        ("{kind: maildir, path: /m}", "name", "add the key name"), ("{name: a b, kind: maildir, path: /m}", "name", "letters, digits"),
        ("{name: a, kind: mail}", "kind", "did you mean"), ("{name: a, kind: email, to: []}", "to", "at least one address"),
        ("{name: a, kind: email}", "to", "add the key to"),
        ("{name: a, kind: email, to: a@b.c}", "to", "write [a@b.c]"),
        ("{name: a, kind: email, to: [\"Ann <a@b.c>\"]}", "to[1]", "write the address alone: a@b.c"),
        ("{name: a, kind: email, to: [\"a@b.c\\nBcc: e@f.g\"]}", "to[1]", "an email address"),
        ("{name: a, kind: email, to: [\"a@b.c>\\r\\nRCPT TO:<e@f.g\"]}", "to[1]", "an email address"),
        ("{name: a, kind: email, to: [a@b.c, a@b.c]}", "to", "each address once"),
        ("{name: a, kind: email, to: [a@b.c], url: \"https://x\"}", "url", "kind webhook"),
        ("{name: a, kind: webhook, url: \"https://x\"}", "secret", "openssl rand"),
        ("{name: a, kind: webhook, secret: {file: /s}}", "url", "add the key url"),
        ("{name: a, kind: webhook, url: \"http://x.example\", secret: {file: /s}}", "url", "https://"),
        ("{name: a, kind: webhook, url: \"https://x\", secret: whsec_abc}", "secret", "not shown"),
        ("{name: a, kind: webhook, url: \"https://x/\\r\\nHost: y\", secret: {file: /s}}", "url", "web address"),
        ("{name: a, kind: maildir, path: /m, picture: big}", "picture", "inline, link or none"),
        ("{name: a, kind: maildir, path: /m, picture: link}", "picture", "public_url"),
        ("{name: a, kind: maildir, path: /m, from_tier: alarm}", "from_tier", "notify or alert"),
        ("{name: a, kind: maildir, path: /m, kinds: [NEWS]}", "kinds[1]", "did you mean NEW?"),
        ("{name: a, kind: maildir, path: /m, countries: [Ecuado]}", "countries[1]", "did you mean Ecuador?"),
        ("{name: a, kind: maildir, path: /m, enabled: 1}", "enabled", "true or false"),
        ("{name: a, kind: maildir, path: /m}, {name: a, kind: maildir, path: /n}", "name", "each name once"),
    ])
    func `a wrong receiver is told with its name and key`(items: String, key: String, fragment: String) throws {
        let found = try problems("smtp: {host: m, from: a@b.c}\nreceivers: [\(items)]")
        #expect(found.count == 1 && found[0].key.hasPrefix("receivers[") && found[0].key.hasSuffix("]." + key), "\(found)")
        #expect(found.contains { "\($0)".contains(fragment) }, "\(found)")
    }

    @Test(arguments: [
        ("{from: a@b.c}", "host", "add the key host"), ("{host: m}", "from", "add the key from"),
        ("{host: \"m\\nX\", from: a@b.c}", "host", "host name"),
        ("{host: \"smtp://m\", from: a@b.c}", "host", "the host alone"), ("{host: m, from: a@b.c, port: 0}", "port", "1 to 65535"),
        ("{host: m, from: a@b.c, security: ssl}", "security", "starttls, tls or none"),
        ("{host: m, from: a@b.c, user: u}", "user", "both or neither"),
        ("{host: m, from: a@b.c, user: u, password: hunter2}", "password", "{credential: NAME}"),
        ("{host: m, from: a@b.c, user: u, password: [x]}", "password", "not shown"),
        ("{host: m, from: a@b.c, user: u, password: {credential: ../etc/passwd}}", "password.credential", "{file: /path}"),
        ("{host: m, from: a@b.c, user: u, password: {credential: ..}}", "password.credential", "a credential's name"),
        ("{host: m, from: a@b.c, user: u, password: {credential: a, file: /b}}", "password", "or {file: /path}"),
        ("{host: m, from: a@b.c, user: u, password: {}}", "password", "or {file: /path}"),
        ("{host: m, from: a@b.c, user: u, security: none, password: {file: /p}}", "security", "travel readable"),
        ("{host: m, from: a@b.c, from_name: \"a\\nb\"}", "from_name", "control characters"),
        ("{host: m, from: a@b.c, ehlo: \"x y\"}", "ehlo", "host name"),
    ])
    func `a wrong mail relay is told with its key`(section: String, key: String, fragment: String) throws {
        let found = try problems("smtp: \(section)")
        #expect(found.map(\.key) == ["smtp." + key], "\(found)")
        #expect("\(found)".contains(fragment), "\(found)")
        #expect(!"\(found)".contains("hunter2"))
    }

    @Test func `a receiver of kind email needs a relay`() throws {
        let found = try problems("receivers: [{name: a, kind: email, to: [a@b.c]}]")
        #expect(found.map(\.key) == ["receivers[a].kind"])
        #expect(found[0].description.contains("a section smtp"))
    }

    @Test func `plain HTTP is for this machine and for hosts that are named`() throws {
        for url in ["http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]:80/x"] {
            #expect(throws: Never.self) { try load("catalogues: [{name: a, kind: jasmin, url: \"\(url)\"}]") }
        }
        for host in ["mirror.example.org", "mirror.example.org:8000", "*.example.org"] {
            #expect(throws: Never.self) {
                try load(
                    "network: {plain_http_hosts: [\"\(host)\"]}\ncatalogues: [{name: a, kind: jasmin, url: \"http://mirror.example.org:8000/x\"}]"
                )
            }
        }
        #expect(throws: ConfigurationErrors.self) { try load("catalogues: [{name: a, kind: jasmin, url: \"http://127.evil.example/x\"}]") }
    }
}
