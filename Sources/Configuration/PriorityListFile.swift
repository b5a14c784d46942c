public import Domain
public import FoundationEssentials
public import Volcanoes

/// The priority list that is in force, and what a changed file does to it: all or nothing.
public struct PriorityListFile: Sendable {
    public enum Change: Sendable, Hashable {
        /// As at the last look, right or wrong.
        case unchanged
        /// The file is right; its list is in force from now on.
        case valid(PriorityList, changes: [PriorityListChange])
        /// The file is wrong; the list before stays in force.
        case invalid(ConfigurationErrors)
    }

    private struct Look: Sendable, Equatable {
        let text: String?
        let receiverNames: [ReceiverName]
    }

    /// The list in force.
    public private(set) var list = PriorityList.empty
    private var lastLook: Look?
    private var wasPresent = false
    private let file: String

    public init(file: String) { self.file = file }

    /// - Parameters:
    ///   - text: the file's content now; nil where it does not exist. A file that was there and is gone is an error: an editor may
    ///     be at work, and a slip of the hand must not end all priorities.
    ///   - today: UTC.
    public mutating func consider(
        _ text: String?, volcanoes: VolcanoList, receiverNames: [ReceiverName], today: AcquisitionDate
    ) -> Change {
        let look = Look(text: text, receiverNames: receiverNames)
        guard look != lastLook else { return .unchanged }
        lastLook = look
        guard let text else {
            if !wasPresent { return .valid(list, changes: []) }
            return .invalid(
                ConfigurationErrors([
                    ConfigurationProblem(
                        place: Place(file: file, line: 0, column: 0), key: "", found: "no file any more",
                        expected: "the file of priority volcanoes",
                        suggestion: "to end all priorities, leave it empty")
                ]))
        }
        do throws(ConfigurationErrors) {
            let new = try PriorityList.parse(text, file: file, volcanoes: volcanoes, receiverNames: receiverNames, today: today)
            let changes = PriorityListChange.between(list, new)
            wasPresent = true
            list = new
            return .valid(new, changes: changes)
        } catch {
            return .invalid(error)
        }
    }

    /// The file's text; nil where there is no file.
    /// - Throws: for a file that cannot be read, is no regular file, not UTF-8 or too great.
    public static func read(_ url: URL) throws(ConfigurationErrors) -> String? {
        do throws(BoundedFile.Failure) {
            return try BoundedFile.text(of: url.path, limit: largestSettingsFile)
        } catch {
            if error.isMissing { return nil }
            throw ConfigurationErrors([
                ConfigurationProblem(
                    place: Place(file: url.path, line: 0, column: 0), key: "", found: error.found, expected: error.expected)
            ])
        }
    }
}

/// One difference between two priority lists, for the record.
public enum PriorityListChange: Sendable, Hashable, CustomStringConvertible {
    case added(PriorityEntry)
    case removed(PriorityEntry)
    case changed(from: PriorityEntry, to: PriorityEntry)

    /// In the new list's order; what is gone comes last.
    public static func between(_ old: PriorityList, _ new: PriorityList) -> [PriorityListChange] {
        let kept = new.entries.compactMap { entry -> PriorityListChange? in
            guard let before = old[entry.volcano.number] else { return .added(entry) }
            return before == entry ? nil : .changed(from: before, to: entry)
        }
        return kept + old.entries.filter { new[$0.volcano.number] == nil }.map { .removed($0) }
    }

    public var description: String {
        switch self {
        case .added(let entry): "added \(entry.volcano.name) (\(entry.volcano.number)), \(entry.level.rawValue): \(entry.reason)"
        case .removed(let entry): "removed \(entry.volcano.name) (\(entry.volcano.number))"
        case .changed(let old, let new):
            "changed \(new.volcano.name) (\(new.volcano.number)): " + Self.differences(old, new).joined(separator: ", ")
        }
    }

    private static func differences(_ old: PriorityEntry, _ new: PriorityEntry) -> [String] {
        var parts: [String] = []
        if old.reason != new.reason { parts.append("reason \(new.reason)") }
        if old.until != new.until { parts.append("until \(new.until?.iso8601 ?? "removed")") }
        if old.level != new.level { parts.append("level \(new.level.rawValue)") }
        if old.thresholds != new.thresholds { parts.append("thresholds") }
        if old.receivers != new.receivers { parts.append("receivers \(new.receivers.map(\.text).joined(separator: " "))") }
        return parts
    }
}
