import ArgumentParser
import Domain
import Foundation

struct AlertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "List the alerts that were issued, the newest first, or save one's picture.")

    @Option(name: .long, help: "Only this volcano's, by GVP number.")
    var volcano: Int?

    @Option(name: .long, help: "At most this many.")
    var limit = 50

    @Option(name: .long, help: ArgumentHelp("Save the picture of this alert as a PNG; name the file with --output.", valueName: "alert"))
    var picture: String?

    @Option(name: .shortAndLong, help: "The picture's file.", completion: .file(extensions: ["png"]))
    var output: String?

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        if (picture == nil) != (output == nil) { throw ValidationError("--picture and --output go together") }
        if limit < 1 { throw ValidationError("--limit must be 1 or more") }
        if let volcano, VolcanoNumber(volcano) == nil { throw ValidationError("\(volcano) is not a GVP number, which has six digits") }
    }

    func run() async throws {
        if let picture, let output {
            let data = try await daemon.talk { try await $0.data("/v1/picture", query: [("alert", picture)]) }
            do {
                try data.write(to: URL(fileURLWithPath: output), options: .atomic)
            } catch {
                say("fringewatch: \(output) cannot be written: \(error.localizedDescription)")
                throw Exit.failure
            }
            return
        }
        var query = [("limit", String(limit))]
        if let volcano { query.append(("volcano", String(volcano))) }
        let alerts = try await daemon.talk { [query] in try await $0.ask("/v1/alerts", query: query, as: [Alert].self) }
        if try format.printedJSON(alerts) { return }
        guard !alerts.isEmpty else { return say("no alerts yet") }
        var table = Table([
            ("issued", .left), ("kind", .left), ("tier", .left), ("volcano", .left), ("pair", .left), ("P_max", .right), ("reason", .left),
            ("alert", .left),
        ])
        for alert in alerts {
            table.add([
                isoTime(alert.issued), alert.kind.rawValue, alert.tier.rawValue, alert.volcano.name,
                alert.observation.interferogram.pair.description, Language.english.probability(alert.finding.pMax), alert.reason.rawValue,
                alert.id.text,
            ])
        }
        print(table.render(width: terminalWidth()))
    }
}
