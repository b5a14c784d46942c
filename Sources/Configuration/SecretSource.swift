public import Domain
public import FoundationEssentials

/// Where a secret is kept. The configuration holds only this, never the secret.
public enum SecretSource: Hashable, Sendable, CustomStringConvertible {
    /// A systemd credential: the file of this name in `$CREDENTIALS_DIRECTORY`.
    case credential(name: String, directory: String?)
    case file(URL)

    public var description: String {
        switch self {
        case .credential(let name, _): "the credential \(name)"
        case .file(let url): "the file \(url.path)"
        }
    }

    /// Reads the secret now: the text of the file without the line break at its end.
    public func read() throws(SecretUnavailable) -> Secret {
        let path: String
        switch self {
        case .file(let url): path = url.path
        case .credential(let name, let directory?): path = directory + "/" + name
        case .credential(let name, nil):
            throw SecretUnavailable(
                source: self, found: "no $CREDENTIALS_DIRECTORY",
                remedy: "start fringewatch by systemd with LoadCredential=\(name):/path/to/the/file, or name a file: {file: /path}")
        }
        let text: String
        do throws(BoundedFile.Failure) {
            text = try BoundedFile.text(of: path, limit: 65_536)
        } catch {
            throw SecretUnavailable(source: self, found: error.found, remedy: "put the secret into \(path), readable by the daemon alone")
        }
        let trimmed = text.hasSuffix("\r\n") || text.hasSuffix("\n") ? String(text.dropLast()) : text
        guard !trimmed.isEmpty else { throw SecretUnavailable(source: self, found: "an empty file", remedy: "put the secret into \(path)") }
        guard trimmed.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
            throw SecretUnavailable(
                source: self, found: "several lines or control characters", remedy: "write the secret on one line of \(path)")
        }
        return Secret(trimmed)
    }
}

/// A secret that cannot be had, and how to provide it.
public struct SecretUnavailable: Error, Hashable, Sendable, CustomStringConvertible {
    public let source: SecretSource
    public let found: String
    public let remedy: String
    public var description: String { "\(source): found \(found); \(remedy)" }
}

enum SecretKeys {
    static let expected = "{credential: NAME} or {file: /path}"

    static func key(_ path: String, isRequired: Bool = false, _ summary: String) -> KeyDescription {
        KeyDescription(path: path, expected: expected, fallback: nil, isRequired: isRequired, summary: summary)
    }

    static let credential = SettingKey<String>(
        "credential",
        ValueKind("a credential's name: letters, digits, -, _ and .") { (text, _) throws(Misfit) in
            guard text.utf8.allSatisfy({ $0.isLetterOrDigit || "-_.".utf8.contains($0) }), (1...255).contains(text.utf8.count), text != ".",
                text != ".."
            else {
                throw Misfit("a path is written {file: /path}")
            }
            return text
        }, "")
    static let file = SettingKey("file", .path, "")
}

extension SectionReader {
    /// A reference to a secret. A secret itself is refused without being shown.
    func secret(_ name: String, environment: [String: String]) -> SecretSource? {
        guard let node = node(name) else { return nil }
        guard case .mapping = node.content else {
            log.add(
                node.place, join(name), found: "the secret itself (not shown)", expected: SecretKeys.expected,
                suggestion: "put the secret into a file that only root can read and name it with LoadCredential= in the service")
            return nil
        }
        let reader = SectionReader(node, path: join(name), parent: place, log: log, volcanoes: volcanoes)
        let credential = reader.optional(SecretKeys.credential)
        let file = reader.optional(SecretKeys.file)
        reader.finish()
        switch (reader.isWritten("credential"), reader.isWritten("file")) {
        case (true, false): return credential.map { .credential(name: $0, directory: environment["CREDENTIALS_DIRECTORY"]) }
        case (false, true): return file.map { .file($0) }
        default:
            log.add(node.place, join(name), found: node.kind, expected: SecretKeys.expected)
            return nil
        }
    }
}
