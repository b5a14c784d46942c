public import Domain
public import Volcanoes

/// Adds and removes entries of the file of priority volcanoes as text, so that every other byte stays as it is.
///
/// Every change is checked by reading the result: it must hold exactly the entries that it should, or nothing is changed.
public struct PriorityListEditor: Sendable {
    private let file: String
    private let volcanoes: VolcanoList
    private let receiverNames: [ReceiverName]
    private let today: AcquisitionDate

    /// - Parameter file: its name, for messages.
    public init(file: String, volcanoes: VolcanoList, receiverNames: [ReceiverName], today: AcquisitionDate) {
        self.file = file
        self.volcanoes = volcanoes
        self.receiverNames = receiverNames
        self.today = today
    }

    /// The text with one more entry, at the end.
    public func adding(_ entry: PriorityEntry, to text: String) throws(PriorityEditError) -> String {
        let before = try parse(text)
        if let index = before.entries.firstIndex(where: { $0.volcano.number == entry.volcano.number }) {
            throw .alreadyListed(entry.volcano, line: try layout(text).entries[index].lowerBound + 1)
        }
        let layout = try layout(text)
        var lines = layout.lines
        let ending = layout.lineEnding
        if let last = lines.indices.last, !lines[last].isEmpty, !lines[last].hasSuffix("\n"), !lines[last].hasSuffix("\r\n") {
            lines[last] += ending
        }
        let indent = String(repeating: " ", count: layout.indent)
        let written = Self.lines(of: entry).map { indent + $0 + ending }
        lines.insert(contentsOf: written, at: min(layout.end, lines.count))
        return try checked(lines.joined(), before.entries + [entry])
    }

    /// The text without a volcano's entry. Comments and empty lines round it stay; comments inside it go with it.
    public func removing(_ volcano: VolcanoNumber, from text: String) throws(PriorityEditError) -> String {
        let before = try parse(text)
        guard let index = before.entries.firstIndex(where: { $0.volcano.number == volcano }) else {
            throw .notListed(volcano, near: before.entries.map(\.volcano))
        }
        let layout = try layout(text)
        var lines = layout.lines
        lines.removeSubrange(layout.entries[index])
        var after = before.entries
        after.remove(at: index)
        return try checked(lines.joined(), after)
    }

    private func parse(_ text: String) throws(PriorityEditError) -> PriorityList {
        do throws(ConfigurationErrors) {
            return try PriorityList.parse(text, file: file, volcanoes: volcanoes, receiverNames: receiverNames, today: today)
        } catch {
            throw .invalidFile(error)
        }
    }

    private func layout(_ text: String) throws(PriorityEditError) -> PriorityListLayout {
        let root: SettingNode
        do throws(ConfigurationErrors) {
            root = try YAMLText.read(text, file: file)
        } catch {
            throw .invalidFile(error)
        }
        guard let layout = PriorityListLayout(text, root) else {
            throw .notEditable("\(file) is not written as a list with each entry on lines of its own after a dash")
        }
        return layout
    }

    private func checked(_ text: String, _ expected: [PriorityEntry]) throws(PriorityEditError) -> String {
        let result: PriorityList
        do throws(ConfigurationErrors) {
            result = try PriorityList.parse(text, file: file, volcanoes: volcanoes, receiverNames: receiverNames, today: today)
        } catch {
            throw .invalidEntry(error)
        }
        guard result.entries == expected else { throw .notEditable("the change would alter other entries of \(file)") }
        return text
    }

    /// The entry as YAML, without line ends.
    static func lines(of entry: PriorityEntry) -> [String] {
        var lines = ["- volcano: \(entry.volcano.number)  # \(entry.volcano.name)", "  reason: \(quoted(entry.reason))"]
        if let until = entry.until { lines.append("  until: \(until.iso8601)") }
        lines.append("  level: \(entry.level.rawValue)")
        if let thresholds = entry.thresholds {
            let parts = [thresholds.notify.map { "notify: \($0.value)" }, thresholds.alert.map { "alert: \($0.value)" }].compactMap { $0 }
            if !parts.isEmpty { lines.append("  thresholds: {\(parts.joined(separator: ", "))}") }
        }
        if !entry.receivers.isEmpty { lines.append("  receivers: [\(entry.receivers.map { quoted($0.text) }.joined(separator: ", "))]") }
        return lines
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            // A line break must not become a blank: it is refused when the result is read.
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": "\\n"
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}

/// Why a file of priority volcanoes was not changed.
public enum PriorityEditError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It has errors already; a program must not write into what it does not understand.
    case invalidFile(ConfigurationErrors)
    /// The entry itself is wrong.
    case invalidEntry(ConfigurationErrors)
    case alreadyListed(Volcano, line: Int)
    case notListed(VolcanoNumber, near: [Volcano])
    /// Correct, but written in a way that cannot be changed line by line.
    case notEditable(String)
    /// Another program is editing it.
    case busy(String)
    /// Somebody saved it while the change was being made.
    case changedMeanwhile(String)
    case cannotWrite(String)

    public var description: String {
        switch self {
        case .invalidFile(let errors): "nothing was changed, because the file has errors; mend them first. \(errors)"
        case .invalidEntry(let errors): "nothing was changed, because the new entry is wrong. \(errors)"
        case .alreadyListed(let volcano, let line):
            "\(volcano.name) (\(volcano.number)) is listed already, in line \(line); remove it first, or change it with a text editor"
        case .notListed(let number, let near):
            "volcano \(number) is not listed; " + (near.isEmpty ? "the list is empty" : "listed are \(listing(near))")
        case .notEditable(let reason): "nothing was changed: \(reason). Change it with a text editor"
        case .busy(let file): "nothing was changed: another program is editing \(file); try again"
        case .changedMeanwhile(let file): "nothing was changed: \(file) was saved by somebody else in this moment; try again"
        case .cannotWrite(let reason): "nothing was changed: \(reason)"
        }
    }
}
