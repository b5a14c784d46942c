import Foundation
import Testing

/// A mail as Python's email package reads it.
struct PythonMail: Decodable {
    struct Part: Decodable {
        let type: String
        let text: String
        let size: Int
        let contentID: String?
    }

    let headers: [String: String]
    let names: [String]
    let defects: [String]
    let structure: String
    let parts: [Part]

    static func read(_ mail: String) throws -> PythonMail {
        try JSONDecoder().decode(PythonMail.self, from: Python.run(script, input: Data(mail.utf8)))
    }

    private static let script = """
        import email, email.policy, json, sys
        m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
        def shape(p):
            return p.get_content_type() + ("(" + ",".join(map(shape, p.iter_parts())) + ")" if p.is_multipart() else "")
        defects, parts = [], []
        for p in m.walk():
            defects += [repr(d) for d in p.defects]
            for v in p.values():
                defects += [repr(d) for d in getattr(v, "defects", [])]
            if p.is_multipart(): continue
            c = p.get_content()
            t = c if isinstance(c, str) else ""
            parts.append(dict(type=p.get_content_type(), text=t.replace("\\r\\n", "\\n"), size=len(p.get_payload(decode=True)), contentID=p["Content-ID"]))
        json.dump(dict(headers={k: str(v) for k, v in m.items()}, names=m.keys(), defects=defects, structure=shape(m), parts=parts), sys.stdout)
        """
}

enum Python {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a script with python3; the input goes through a file, so that no pipe can fill up.
    static func run(_ script: String, input: Data, arguments: [String] = []) throws -> Data {
        let file = FileManager.default.temporaryDirectory.appending(path: "messages-\(UUID().uuidString)")
        try input.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // Debian's own python starts at once; a version manager's on the path may take its time.
        process.environment = ["PATH": "/usr/bin:/bin:" + (ProcessInfo.processInfo.environment["PATH"] ?? "")]
        process.arguments = ["python3", "-c", script] + arguments
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(description: "python3 ended with \(process.terminationStatus)") }
        return data
    }
}
