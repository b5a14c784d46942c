public import Domain
public import Volcanoes

/// The volcanoes that an operator wants watched first, as the file of priority volcanoes says.
public struct PriorityList: Sendable, Hashable {
    /// In the file's order, expired ones included; each volcano once.
    public let entries: [PriorityEntry]
    /// Such as entries that have expired.
    public let warnings: [ConfigurationProblem]

    public static let empty = PriorityList(entries: [], warnings: [])

    init(entries: [PriorityEntry], warnings: [ConfigurationProblem]) {
        self.entries = entries
        self.warnings = warnings
    }

    /// The entries that count on a day (UTC).
    public func active(on day: AcquisitionDate) -> [PriorityEntry] { entries.filter { $0.isActive(on: day) } }

    public subscript(volcano: VolcanoNumber) -> PriorityEntry? { entries.first { $0.volcano.number == volcano } }

    /// What an operator must know to write the file; part of the configuration reference.
    static var reference: String {
        let rows = PriorityListParser.Keys.all.map { key in
            "| `\(key.path)` | \(key.expected) | \(key.isRequired ? "**required**" : key.fallback ?? "none") | \(key.summary) |"
        }
        return """
            ## The file of priority volcanoes

            `priority-volcanoes.yaml`: a list, each entry after a dash. It is read again within seconds of a change, all or nothing.

            | key | value | default | what it does |
            |---|---|---|---|

            """ + rows.joined(separator: "\n") + "\n"
    }
}

extension PriorityList {
    /// - Parameters:
    ///   - file: its name, for messages.
    ///   - receiverNames: those of the configuration; an entry may name only these.
    ///   - today: UTC; entries that ended before it are inactive and give a warning.
    /// - Throws: everything that is wrong, at once.
    public static func parse(
        _ text: String, file: String, volcanoes: VolcanoList, receiverNames: [ReceiverName], today: AcquisitionDate
    ) throws(ConfigurationErrors) -> PriorityList {
        let log = ProblemLog()
        let parser = PriorityListParser(file: file, volcanoes: volcanoes, receiverNames: receiverNames, today: today)
        let list = YAMLText.read(text, file: file, log: log).map { parser.list($0, log: log) }
        guard let list, log.problems.isEmpty else { throw ConfigurationErrors(log.sorted(files: [file])) }
        return list
    }
}
