import ArgumentParser
import Console

struct SendTestAlertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-test-alert",
        abstract: "Send an alert marked TEST the whole real way, to see that receivers get it.",
        discussion: "It is stored, rendered, sent and retried like any other. `fringewatch deliveries` shows how it went.")

    @Option(name: .long, help: "Only to this receiver, by its name in the configuration; may be repeated.")
    var receiver: [String] = []

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let report = try await daemon.talk {
            try await $0.order("/v1/test-alert", query: receiver.map { ("receiver", $0) }, as: ActionReport.self)
        }
        if try output.printedJSON(report) { return }
        print(report.done)
        for delivery in report.deliveries { print("  \(delivery)") }
    }
}
