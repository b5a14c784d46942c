import Domain
public import FoundationEssentials
import Mustache

/// The message templates of all languages, read and checked.
public struct TemplateSet: Sendable {
    /// What a template is for; the raw value is its file's name.
    public enum Role: String, Sendable, CaseIterable {
        case subject = "subject.txt.mustache"
        case text = "body.txt.mustache"
        case html = "body.html.mustache"
        /// The short text of a webhook, as chat programs show it.
        case chat = "webhook.txt.mustache"

        var isHTML: Bool { self == .html }
    }

    private struct Place: Hashable {
        let language: Language
        let role: Role
    }

    private let templates: [Place: MustacheTemplate]

    /// Reads `LANGUAGE/ROLE` for every language and role below a folder.
    /// - Throws: every mistake in every file at once: files that are missing or misnamed, tags that do not fit, unknown keys.
    public static func load(from folder: URL) throws(TemplateErrors) -> TemplateSet {
        var templates: [Place: MustacheTemplate] = [:], errors: [TemplateError] = []
        for language in Language.allCases {
            errors += strangers(in: folder.appending(path: language.rawValue), named: language.rawValue)
            for role in Role.allCases {
                let file = "\(language.rawValue)/\(role.rawValue)"
                do throws(TemplateErrors) {
                    templates[Place(language: language, role: role)] = try read(folder.appending(path: file), file: file, role: role)
                } catch {
                    errors += error.errors
                }
            }
        }
        guard errors.isEmpty else { throw TemplateErrors(errors: errors) }
        return TemplateSet(templates: templates)
    }

    private static func read(_ url: URL, file: String, role: Role) throws(TemplateErrors) -> MustacheTemplate {
        func refuse(_ message: String) -> TemplateErrors { TemplateErrors(errors: [TemplateError(file: file, line: nil, message: message)]) }
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw refuse("cannot be read; a template of this name must be there (copy it from the built-in templates)")
        }
        guard data.count <= 256 << 10 else { throw refuse("is larger than 256 KiB") }
        guard let text = String(validating: data, as: UTF8.self) else { throw refuse("is not UTF-8 text") }
        let check = TemplateCheck(text, file: file, isHTML: role.isHTML)
        guard check.errors.isEmpty else { throw TemplateErrors(errors: check.errors) }
        guard !text.trimmed.isEmpty else { throw refuse("is empty") }
        do {
            // The renderer escapes for HTML unless told otherwise.
            return try MustacheTemplate(string: role.isHTML ? text : "{{% CONTENT_TYPE:TEXT}}\n" + text)
        } catch {
            throw refuse("cannot be parsed: \(error)")
        }
    }

    /// Files that look like templates and are none: a misspelt name would silently have no effect.
    private static func strangers(in folder: URL, named name: String) -> [TemplateError] {
        let known = Role.allCases.map(\.rawValue)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            return [TemplateError(file: name, line: nil, message: "this folder is missing; every language needs its templates")]
        }
        return names.sorted().filter { !known.contains($0) && $0.hasSuffix(".mustache") }.map { stranger in
            let hint =
                NearestSpelling.of(stranger, among: known).first.map { "did you mean \($0)?" } ?? "the templates are \(known.joined(separator: ", "))"
            return TemplateError(file: "\(name)/\(stranger)", line: nil, message: "no template has this name; \(hint)")
        }
    }

    /// - Returns: the text with LF line ends, without blank lines at its end.
    func render(_ role: Role, in language: Language, _ context: [String: Any]) -> String {
        guard let template = templates[Place(language: language, role: role)] else { return "" }
        var text = template.render(context)[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
