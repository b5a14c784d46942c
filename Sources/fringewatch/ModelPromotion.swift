import ArgumentParser
import Configuration
import Console
import Foundation
import ModelStore

extension ModelCommand {
    /// Who puts a model in force, and why: kept in the store and in the ledger.
    struct Signature: ParsableArguments {
        @Option(name: .long, help: "Why; kept with the promotion.") var why = ""
        @Option(name: .long, help: "Who says so; without it, the user who runs the command.") var by: String?

        var who: String { by ?? currentUser() }
    }

    struct Promote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a model in force.",
            discussion: "Exit code 1: it cannot be used, or the running daemon refuses it; what was in force stays.")
        @Argument(
            help: "shipped, a name, name@checksum, the checksum's first digits, or a .safetensors file, which is installed first.",
            completion: .file(extensions: ["safetensors"]))
        var model: String
        @OptionGroup var signature: Signature
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            let desk = try Desk(configuration)
            try desk.refuseIfConfigured()
            let promotion = try desk.tell { store in
                let reference =
                    model.hasSuffix(".safetensors") ? try store.install(weights: URL(fileURLWithPath: model)) : try store.find(model)
                return try store.promote(reference, who: signature.who, why: signature.why, at: Date())
            }
            try await ModelCommand.report(promotion, desk)
        }
    }

    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Put the model before the last promotion back in force.")
        @OptionGroup var signature: Signature
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            let desk = try Desk(configuration)
            try desk.refuseIfConfigured()
            let promotion = try desk.tell { try $0.rollBack(who: signature.who, why: signature.why, at: Date()) }
            try await ModelCommand.report(promotion, desk)
        }
    }

    /// Says what is in force, and what a running daemon makes of it within some seconds.
    static func report(_ promotion: Promotion, _ desk: Desk) async throws {
        print("\(promotion.to) is in force in the place of \(promotion.from)")
        let client = ConsoleClient(runtimeDirectory: desk.settings.runtimeDirectory)
        for _ in 0..<50 {
            do {
                let changes = try await client.ask("/v1/model-changes", query: [("limit", "10")], as: [ModelChangeReport].self)
                if let change = changes.first(where: { $0.promotion == promotion.number }) {
                    guard change.result == "refused" else { return print("the daemon judges with it from the next interferogram on") }
                    say("the daemon refuses it, and the model before judges on: \(printable(change.problem ?? ""))")
                    throw Exit.failure
                }
            } catch is ConsoleClient.Failure {
                return say("no daemon answers at \(desk.settings.runtimeDirectory.path): it takes the model when it starts")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        say("the daemon has not said within 10 s that it took the model; look at fringewatch status")
        throw Exit.temporary
    }
}
