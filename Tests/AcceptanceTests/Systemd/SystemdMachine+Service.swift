import Console
import Domain
import EmbeddedCatalogue
import Foundation
import Testing

/// The service in the machine.
extension SystemdMachine {
    /// Writes /etc/fringewatch/config.yaml: a drop folder, Alcedo, and a maildir in the state directory.
    /// - Parameter more: further sections, and further items of `receivers` first.
    func configure(watch: String = "[353040]", more: String = "") throws {
        let text = """
            catalogues: [{name: drop, kind: directory, path: /srv/catalogue}]
            watch: {volcanoes: \(watch), frames: [\(Station.frame)]}
            polling: {priority: 1s, others: 1s, jitter: 0 %, settle: 1s}
            receivers:
              - {name: mailbox, kind: maildir, path: /var/lib/fringewatch/mail}
            \(more)

            """
        try Data(text.utf8).write(to: etc.appending(path: "config.yaml"))
    }

    /// Puts a pair into the drop folder.
    func publish(_ text: String, _ kind: Scenes.Kind) throws {
        let scenes = try Scenes.shared()
        let folder = catalogue.appending(path: "\(Station.frame)/interferograms/\(text)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, file) in [("geo.cc", scenes.coherence(kind)), ("geo.diff_pha", scenes.phase(kind))] {
            try FileManager.default.copyItem(at: file, to: folder.appending(path: "\(text).\(name).tif"))
        }
    }

    /// Lays settings over the unit's.
    func dropIn(_ lines: String) async throws {
        try await output(
            "sh", "-c", "mkdir -p /etc/systemd/system/fringewatch.service.d && printf '[Service]\\n%s\\n' \"$1\" > \"$2\" && systemctl daemon-reload",
            "sh", lines, "/etc/systemd/system/fringewatch.service.d/test.conf")
    }

    func start() async throws { try await output("systemctl", "start", "fringewatch") }

    /// A property as systemd knows it, such as `ActiveState`.
    func property(_ name: String) async throws -> String {
        try await output("systemctl", "show", "--property=\(name)", "--value", "fringewatch")
    }

    func status() async throws -> StatusReport {
        // 2: degraded, which is an answer too.
        let result = try await run("fringewatch", "status", "--json")
        guard [0, 2].contains(result.status) else { throw Program.Trouble(description: "status: exit \(result.status): \(result.errors)") }
        return try ConsoleJSON.decoder().decode(StatusReport.self, from: Data(result.output.utf8))
    }

    /// Entries of the journal with this field of this value, with all of their fields.
    func journal(_ field: String, _ value: String) async throws -> [[String: String]] {
        let lines = try await output("journalctl", "--no-pager", "--output=json", "\(field)=\(value)").split(separator: "\n")
        return try lines.map { line in
            let entry = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            // A value that is not text is an array of bytes.
            return entry.compactMapValues { $0 as? String }
        }
    }

    /// Mails in the maildir.
    func mails() async throws -> [String] {
        try await output("sh", "-c", "ls /var/lib/fringewatch/mail/new 2>/dev/null || true").split(separator: "\n").map(String.init)
    }

    /// Asks again until it is so.
    func until(_ what: String, within seconds: Double = 60, _ isSo: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if try await isSo() { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Station.Late(description: "within \(Int(seconds)) s it did not happen that \(what)")
    }
}
