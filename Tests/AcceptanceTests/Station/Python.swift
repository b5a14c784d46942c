import Foundation
import LoopbackServers

/// Code that shares nothing with fringewatch, to check what it sends.
enum Python {
    /// Runs a script with an input; its output is JSON.
    static func json<Value: Decodable>(_ script: String, _ arguments: [String] = [], as type: Value.Type = Value.self) async throws -> Value {
        let result = try await Program.run(["-c", script] + arguments, program: URL(fileURLWithPath: "/usr/bin/python3"))
        guard result.status == 0 else { throw Program.Trouble(description: "python3 ended with \(result.status): \(result.errors)") }
        return try JSONDecoder().decode(Value.self, from: Data(result.output.utf8))
    }

    /// The first python3 that has the module; nil if none has.
    static func interpreter(with module: String) async throws -> URL? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") + ["/usr/bin"]
        for folder in folders {
            let candidate = URL(fileURLWithPath: "\(folder)/python3")
            guard FileManager.default.isExecutableFile(atPath: candidate.path) else { continue }
            if try await Program.run(["-c", "import \(module)"], program: candidate).status == 0 { return candidate }
        }
        return nil
    }
}

/// A mail as Python's email package reads it.
struct ReadMail: Decodable {
    struct Part: Decodable {
        let type: String
        let text: String
        let cid: String?
        let disposition: String?
        let bytes: Int
        /// Width and height of a PNG.
        let png: [Int]?
    }

    let headers: [String: String]
    let defects: Int
    let parts: [Part]

    var messageID: String? { headers["message-id"] }

    /// - Parameter text: headers, an empty line, body.
    static func read(_ text: String, in folder: URL) async throws -> ReadMail {
        let file = folder.appending(path: "mail-\(UUID().uuidString).eml")
        try Data(text.utf8).write(to: file)
        return try await Python.json(script, [file.path])
    }

    private static let script = """
        import email, email.policy, json, struct, sys
        m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
        parts = []
        for p in m.walk():
            if p.is_multipart(): continue
            raw = p.get_payload(decode=True)
            png = list(struct.unpack(">II", raw[16:24])) if raw[:8] == b"\\x89PNG\\r\\n\\x1a\\n" and raw[12:16] == b"IHDR" else None
            text = p.get_content() if p.get_content_maintype() == "text" else ""
            parts.append(dict(type=p.get_content_type(), text=text, cid=p["Content-ID"], disposition=p.get_content_disposition(), bytes=len(raw), png=png))
        defects = sum(len(p.defects) for p in m.walk())
        json.dump(dict(headers={k.lower(): str(v) for k, v in m.items()}, defects=defects, parts=parts), sys.stdout)
        """
}

/// The ledger of a daemon that does not run, read by Python's sqlite3 from a copy.
struct LedgerCopy: Decodable {
    struct Version: Decodable {
        let pair: String
        let version: Int
        let outcome: String?
        let seen: Int
        let finished: Int?
    }

    struct Sent: Decodable {
        let id: String
        let state: String
    }

    let interferograms: [Version]
    let deliveries: [Sent]
    let alerts: [String]

    static func read(_ station: Station) async throws -> LedgerCopy {
        let copy = try temporaryFolder("copy")
        for suffix in ["", "-wal"] {
            let file = station.state.appending(path: "ledger.sqlite\(suffix)")
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            try FileManager.default.copyItem(at: file, to: copy.appending(path: "ledger.sqlite\(suffix)"))
        }
        defer { try? FileManager.default.removeItem(at: copy) }
        return try await Python.json(script, [copy.appending(path: "ledger.sqlite").path])
    }

    private static let script = """
        import json, sqlite3, sys
        db = sqlite3.connect(sys.argv[1])
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        tables = [r[0] for r in db.execute("SELECT name FROM sqlite_schema")]
        rows = lambda sql, *names: [dict(zip(names, r)) for r in db.execute(sql)] if "delivery" in tables else []
        json.dump(dict(
            interferograms=rows("SELECT pair, version, outcome, seen, finished FROM interferogram", "pair", "version", "outcome", "seen", "finished"),
            deliveries=rows("SELECT id, state FROM delivery", "id", "state"),
            alerts=[r["id"] for r in rows("SELECT id FROM alert", "id")]), sys.stdout)
        """
}
