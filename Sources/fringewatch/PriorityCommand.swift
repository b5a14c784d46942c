import ArgumentParser
import Configuration
import Domain
import Foundation
import Daemon
import Volcanoes

struct PriorityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "priority",
        abstract: "See and edit the list of priority volcanoes.",
        discussion: """
            Priority volcanoes are polled every few minutes and overtake everything that waits. The list is a file made for a text \
            editor; these commands edit it too and keep its comments. A running daemon follows within seconds.
            """,
        subcommands: [List.self, Add.self, Remove.self, Check.self], defaultSubcommand: List.self)

    /// The file, and what is needed to understand it.
    struct Desk {
        let file: URL
        let volcanoes: VolcanoList
        let receivers: [ReceiverName]
        let today = AcquisitionDate(Date())

        init(_ options: ConfigurationOptions) throws {
            let installation = try Installation.find()
            volcanoes = try VolcanoList.load(from: installation.volcanoes)
            do {
                let settings = try SettingsLoader.load(main: options.file, environment: ProcessInfo.processInfo.environment, volcanoes: volcanoes)
                file = settings.priorityList
                receivers = settings.receivers.map(\.name)
            } catch {
                say("fringewatch: \(error)")
                throw Exit.configuration
            }
        }

        func read() throws -> PriorityList {
            do throws(ConfigurationErrors) {
                guard let text = try PriorityListFile.read(file) else { return .empty }
                return try PriorityList.parse(text, file: file.path, volcanoes: volcanoes, receiverNames: receivers, today: today)
            } catch {
                for problem in error.problems { say("error: \(problem)") }
                throw Exit.configuration
            }
        }

        var editor: PriorityListEditor {
            PriorityListEditor(file: file.path, volcanoes: volcanoes, receiverNames: receivers, today: today)
        }

        /// Changes the file's text, atomically.
        func edit(_ change: @escaping (String) throws(PriorityEditError) -> String) throws {
            do throws(PriorityEditError) {
                try PriorityListEditor.edit(file, change)
            } catch {
                say("fringewatch: \(error)")
                throw Exit.failure
            }
        }

        /// The volcano that a person means; otherwise says what it might be.
        func volcano(_ text: String) throws -> Volcano {
            switch volcanoes.resolve(text) {
            case .found(let volcano): return volcano
            case .ambiguous(let candidates):
                say("\(text) is the name of several volcanoes; give the number:")
                for candidate in candidates { say("  \(candidate.number)  \(candidate.name), \(candidate.country)") }
            case .unknown(let suggestions):
                say("no volcano is called \(printable(text))" + (suggestions.isEmpty ? "" : "; did you mean:"))
                for suggestion in suggestions { say("  \(suggestion.number)  \(suggestion.name), \(suggestion.country)") }
            }
            throw Exit.failure
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the list.")

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let desk = try Desk(configuration)
            let list = try desk.read()
            if try output.printedJSON(list.entries) { return }
            for warning in list.warnings { say("warning: \(warning)") }
            guard !list.entries.isEmpty else {
                return say("\(desk.file.path) lists no volcano; add one with: fringewatch priority add NAME --reason WHY")
            }
            var table = Table([("number", .left), ("volcano", .left), ("country", .left), ("level", .left), ("until", .left), ("reason", .left)])
            for entry in list.entries {
                table.add([
                    "\(entry.volcano.number)", entry.volcano.name, entry.volcano.country, entry.level.rawValue,
                    (entry.until?.iso8601 ?? "removed") + (entry.isActive(on: desk.today) ? "" : " (over)"), entry.reason,
                ])
            }
            print(table.render(width: terminalWidth()))
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a volcano.",
            discussion: "Example: fringewatch priority add \"Sierra Negra\" --reason \"uplift since 2023\" --until 2027-06-30 --level high")

        @Argument(help: "Number or name.") var volcano: String
        @Option(name: .long, help: "Why it has priority; shown in its alerts.") var reason: String
        @Option(name: .long, help: "The last day on which it counts (yyyy-mm-dd, UTC); without one, until it is removed.") var until: String?
        @Option(name: .long, help: "high, medium or low.") var level = "high"
        @Option(name: .long, help: "Threshold of its own for tier notify, 0 to 1.") var notify: Double?
        @Option(name: .long, help: "Threshold of its own for tier alert, 0 to 1.") var alert: Double?
        @Option(name: .long, help: "A receiver that is told of it whatever its own filters say; may be repeated.") var receiver: [String] = []
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            let desk = try Desk(configuration)
            let entry = PriorityEntry(
                volcano: try desk.volcano(volcano), reason: reason, until: try until.map(day), level: try parsedLevel(), thresholds: try thresholds(),
                receivers: try receiver.map(receiverName))
            let editor = desk.editor
            try desk.edit { text throws(PriorityEditError) in try editor.adding(entry, to: text) }
            say("\(entry.volcano.name) (\(entry.volcano.number)) is on the priority list, \(desk.file.path)")
        }

        private func day(_ text: String) throws -> AcquisitionDate {
            let parts = text.split(separator: "-")
            guard parts.count == 3, text.utf8.count == 10, let date = AcquisitionDate(parts.joined()) else {
                throw ValidationError("--until \(text): write the day as 2027-06-30")
            }
            return date
        }

        private func parsedLevel() throws -> PriorityLevel {
            guard let level = PriorityLevel(rawValue: level) else { throw ValidationError("--level \(level): use high, medium or low") }
            return level
        }

        private func thresholds() throws -> PriorityThresholds? {
            func probability(_ name: String, _ value: Double?) throws -> Probability? {
                try value.map { value in
                    guard let probability = Probability(value) else { throw ValidationError("--\(name) \(value): use a number from 0 to 1") }
                    return probability
                }
            }
            let own = PriorityThresholds(notify: try probability("notify", notify), alert: try probability("alert", alert))
            return own == PriorityThresholds() ? nil : own
        }

        private func receiverName(_ text: String) throws -> ReceiverName {
            guard let name = ReceiverName(text) else { throw ValidationError("--receiver \(text): not a receiver's name") }
            return name
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove a volcano; comments round its entry stay.")

        @Argument(help: "Number or name.") var volcano: String
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            let desk = try Desk(configuration)
            let found = try desk.volcano(volcano)
            let editor = desk.editor
            try desk.edit { text throws(PriorityEditError) in try editor.removing(found.number, from: text) }
            say("\(found.name) (\(found.number)) is no longer on the priority list")
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Check the file and show every mistake at once; exit code 78 if there is one.")

        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            let desk = try Desk(configuration)
            let list = try desk.read()
            for warning in list.warnings { say("warning: \(warning)") }
            print("\(desk.file.path) is right: \(list.entries.count) volcanoes, \(list.active(on: desk.today).count) of them active")
        }
    }
}
