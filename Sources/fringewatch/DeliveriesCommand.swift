import ArgumentParser
import Console
import Domain
import Foundation

struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "See which messages arrived, which are being retried, and try again or give up.",
        subcommands: [List.self, Retry.self, Drop.self], defaultSubcommand: List.self)

    static func state(_ delivery: Delivery) -> String {
        switch delivery.state {
        case .waiting(let until): "waiting until \(isoTime(until))" + (delivery.lastError.map { " (\($0))" } ?? "")
        case .leased: "being sent"
        case .delivered(let at, let receipt): "delivered \(isoTime(at)): \(receipt)"
        case .failed(let at, let reason): "failed \(isoTime(at)): \(reason)"
        case .dropped(let at): "dropped \(isoTime(at))"
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List deliveries, the newest first.")
        private static let states = Delivery.State.Kind.allCases.map(\.rawValue)

        @Option(
            name: .long, help: "Only those waiting, leased, delivered, failed or dropped.", completion: .list(Self.states),
            transform: { text in
                guard let state = Delivery.State.Kind(rawValue: text) else {
                    throw ValidationError("use one of \(Self.states.joined(separator: ", "))")
                }
                return state
            })
        var state: Delivery.State.Kind?

        @Option(name: .long, help: "At most this many.")
        var limit = 200

        @OptionGroup var daemon: DaemonOptions
        @OptionGroup var output: OutputOptions

        func validate() throws { if limit < 1 { throw ValidationError("--limit must be 1 or more") } }

        func run() async throws {
            var query = [("limit", String(limit))]
            if let state { query.append(("state", state.rawValue)) }
            let deliveries = try await daemon.talk { [query] in try await $0.ask("/v1/deliveries", query: query, as: [Delivery].self) }
            if try output.printedJSON(deliveries) { return }
            guard !deliveries.isEmpty else { return say("no deliveries") }
            var table = Table([("delivery", .left), ("receiver", .left), ("address", .left), ("tries", .right), ("state", .left)])
            for delivery in deliveries {
                table.add([
                    delivery.id, delivery.receiver.text, delivery.address, String(delivery.attempts), DeliveriesCommand.state(delivery),
                ])
            }
            print(table.render(width: terminalWidth()))
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a delivery now that waits, failed or was dropped.",
            discussion: "One that was delivered is not sent again.")

        @Argument(help: "The delivery, as listed.") var delivery: String
        @OptionGroup var daemon: DaemonOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let report = try await daemon.talk {
                try await $0.order("/v1/deliveries/retry", query: [("id", delivery)], as: ActionReport.self)
            }
            if try !output.printedJSON(report) { print(report.done) }
        }
    }

    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give a delivery up: it is not tried again.")

        @Argument(help: "The delivery, as listed.") var delivery: String
        @OptionGroup var daemon: DaemonOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let report = try await daemon.talk {
                try await $0.order("/v1/deliveries/drop", query: [("id", delivery)], as: ActionReport.self)
            }
            if try !output.printedJSON(report) { print(report.done) }
        }
    }
}
