import ArgumentParser
import Configuration
import Console
import Daemon
import Detection
import Domain
import Foundation
import ModelStore
import Retraining
import Volcanoes

struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "See, compare and exchange the models that judge.",
        discussion: """
            Models lie in the folder models of the state directory; "shipped" is the one that comes with the program. A promotion is \
            one rename: whenever it is interrupted, either the old model or the new one is in force. A running daemon follows within \
            seconds, without a restart, and records who promoted what, when and why. A model that is damaged, of another shape, or holds \
            a NaN is refused, and the one before judges on; fringewatch status says so.
            """,
        subcommands: [List.self, Show.self, Install.self, Compare.self, Promote.self, Rollback.self, History.self], defaultSubcommand: List.self)

    /// Where the store is, from the configuration.
    struct Desk {
        let settings: Settings
        let store: ModelStore

        init(_ options: ConfigurationOptions) throws {
            let installation = try Installation.find()
            do {
                settings = try SettingsLoader.load(
                    main: options.file, environment: ProcessInfo.processInfo.environment,
                    volcanoes: try VolcanoList.load(from: installation.volcanoes))
            } catch {
                say("fringewatch: \(error)")
                throw Exit.configuration
            }
            store = ModelStore(stateDirectory: settings.stateDirectory, installation: installation)
        }

        /// Runs what asks the store, and tells a refusal in its own words.
        func tell<Result>(_ body: (ModelStore) throws -> Result) throws -> Result {
            do { return try body(store) } catch let error as StoreError {
                say("fringewatch: \(error)")
                if case .busy = error { throw Exit.temporary }
                throw Exit.failure
            }
        }

        /// What the daemon judges with.
        func weightsInForce() throws -> URL {
            try tell { try settings.detection.model ?? $0.weights(of: try $0.history().inForce) }
        }

        /// The model that `weights` were retrained from, which no verdict has taught; nil where none has taught `weights` either.
        func untaught(_ weights: URL) throws -> URL? {
            let card = try ModelCard(besideWeights: weights).training
            guard card.reviewedCrops != nil, let name = card.startedFrom else { return nil }
            let all = try tell { store in try store.references().map { store.entry($0) } }
            if let origin = all.first(where: { $0.id?.description == name }) { return origin.weights }
            say(
                "\(name), from which the model in force was retrained, is not here any more: it begins with the model in force, "
                    + "which has been taught the volcanoes that are held out")
            return nil
        }

        /// From which P_max on a volcano is told of, as configured; the priority list's, which come and go, are left aside.
        var thresholds: FlagThresholds {
            func tiers(_ rules: AlertRules) -> FlagThresholds.Tiers { .init(notify: rules.notify.value, alert: rules.alert.value) }
            let own = settings.alerting.volcanoes.map { ("\($0.key)", tiers($0.value)) }
            return FlagThresholds(standard: tiers(settings.alerting.rules), volcanoes: Dictionary(uniqueKeysWithValues: own))
        }

        /// One of the store, or the file of a model outside it.
        func weights(_ text: String) throws -> URL {
            if text.hasSuffix(".safetensors") { return URL(fileURLWithPath: text) }
            return try tell { $0.weights(of: try $0.find(text)) }
        }

        /// A configuration that names a model is stronger than any promotion.
        func refuseIfConfigured() throws {
            guard let named = settings.detection.model else { return }
            say(
                "fringewatch: the configuration names the model \(named.path) (detection.model): remove that line first, or promotions have no effect"
            )
            throw Exit.failure
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the models; the star marks the one in force.")
        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        struct Line: Codable {
            let reference: String
            let model: String?
            let isInForce: Bool
            let bytes: Int
            let metrics: [String: Double]
            let problem: String?
        }

        func run() async throws {
            let desk = try Desk(configuration)
            let lines = try desk.tell { store in
                let inForce = try store.history().inForce
                return try store.entries().map { entry in
                    Line(
                        reference: "\(entry.reference)", model: entry.id?.description, isInForce: entry.reference == inForce, bytes: entry.bytes,
                        metrics: Dictionary((entry.card?.metrics ?? []).map { ("\($0.name), \($0.on)", $0.value) }, uniquingKeysWith: { a, _ in a }),
                        problem: entry.problem)
                }
            }
            if try output.printedJSON(lines) { return }
            if let named = desk.settings.detection.model { say("note: the configuration names the model \(named.path); no promotion has effect") }
            var table = Table([("", .left), ("model", .left), ("weights", .left), ("MB", .right), ("note", .left)])
            for line in lines {
                table.add([
                    line.isInForce ? "*" : "", line.reference, line.model ?? "-", decimal(Double(line.bytes) / 1e6, 1),
                    line.problem.map { "cannot be used: \(printable($0))" } ?? "",
                ])
            }
            print(table.render(width: terminalWidth()))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a model's card; without a name, that of the model in force.")
        @Argument(help: "shipped, a name, name@checksum, or the checksum's first digits.") var model: String?
        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let desk = try Desk(configuration)
            let entry = try desk.tell { $0.entry(try model.map($0.find) ?? $0.history().inForce) }
            if let problem = entry.problem {
                say("\(entry.reference) cannot be used: \(printable(problem))")
                throw Exit.failure
            }
            guard let card = entry.card, let id = entry.id else { throw Exit.failure }
            if try output.printedJSON(card) { return }
            var lines = [
                "\(id)\(entry.reference == .shipped ? ", shipped with the program" : "")", "  weights       \(entry.weights.path)",
                "  architecture  \(card.architecture), \(decimal(Double(entry.bytes) / 1e6, 1)) MB, \(card.calibrated ? "calibrated" : "not calibrated")",
                "  trained on    \(card.training.data)", "  recipe        \(card.training.recipe)",
            ]
            if let first = card.training.startedFrom { lines.append("  began with    \(first)") }
            if let teachers = card.training.teachers { lines.append("  learnt from   the labels and \(teachers.joined(separator: ", "))") }
            if let look = card.secondLook { lines.append("  second look   \(look.model), \(look.architecture), from \(decimal(look.from, 2)) on") }
            lines += card.metrics.map { "  \($0.name) \(decimal($0.value, 4)) on \($0.on)" }
            lines += card.knownFailures.map { "  gets wrong: \($0)" }
            print(lines.map(printable).joined(separator: "\n"))
        }
    }

    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Copy a model with its card into the store, without putting it in force.")
        @Argument(help: "The weights; the card NAME.json lies beside NAME.safetensors.", completion: .file(extensions: ["safetensors"])) var file:
            String
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            let reference = try Desk(configuration).tell { try $0.install(weights: URL(fileURLWithPath: file)) }
            print("\(reference) is in the store; put it in force with: fringewatch model promote \(reference)")
        }
    }

    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all promotions and rollbacks, the oldest first.")
        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let history = try Desk(configuration).tell { try $0.history() }
            if try output.printedJSON(history.promotions) { return }
            guard !history.promotions.isEmpty else { return say("nothing was ever promoted: the shipped model is in force") }
            var table = Table([("no.", .right), ("what", .left), ("from", .left), ("to", .left), ("who", .left), ("when", .left), ("why", .left)])
            for promotion in history.promotions {
                table.add([
                    "\(promotion.number)", promotion.kind.rawValue, "\(promotion.from)", "\(promotion.to)", printable(promotion.who),
                    isoTime(promotion.at), printable(promotion.why),
                ])
            }
            print(table.render(width: terminalWidth()))
        }
    }
}
