import ArgumentParser
import Console
import Domain
import Foundation

struct ReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Record what an expert says of an alert or an interferogram, see what waits, and export a data set for training.",
        discussion: """
            A verdict is deformation, atmosphere, other or unsure. It is kept for ever with who gave it, when and why; a later one on the \
            same interferogram and volcano counts instead. Rejecting (atmosphere, other) a flag of an open episode withdraws the episode, \
            and those who got its messages are told, unless another of its flags was confirmed.

            Examples:
              fringewatch review 353050-20240310-h4x9q.1 --verdict atmosphere --why "follows the relief, gone in the next pair"
              fringewatch review 106A_09048_000909/20240106_20240211 --volcano "Sierra Negra" --verdict deformation --region=-0.83,-91.17,5
              fringewatch review folder/20240106_20240211.geo.diff_pha.tif --volcano 353050 --verdict deformation
              fringewatch review list --order highest
            """,
        subcommands: [Record.self, List.self, History.self, Export.self], defaultSubcommand: Record.self)

    struct Record: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "record", abstract: "Record a verdict (this is what review alone does).")

        @Argument(help: "An alert, a frame/pair, or a GeoTIFF of wrapped phase.", completion: .file(extensions: ["tif"]))
        var subject: String

        @Option(name: .long, help: "deformation, atmosphere, other or unsure.", completion: .list(Verdict.allCases.map(\.rawValue)))
        var verdict: String

        @Option(name: .long, help: "Which volcano, by number or name; an alert has its own.")
        var volcano: String?

        @Option(name: .long, help: ArgumentHelp("For a file: a place instead of a volcano.", valueName: "lat,lon"))
        var at: String?

        @Option(
            name: .long,
            help: ArgumentHelp(
                "Where it is: latitude,longitude,radius in km, or south,west,north,east. Without one, the place that was flagged.",
                valueName: "region"))
        var region: String?

        @Option(name: .long, help: "Why; kept with the verdict.") var why = ""
        @Option(name: .long, help: "Who says so; without it, the user who runs the command.") var by: String?

        @Option(
            name: .long, help: "The wrapped phase, for an interferogram whose crop the daemon no longer has.", completion: .file(extensions: ["tif"]))
        var file: String?

        @OptionGroup var daemon: DaemonOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let order = try order()
            let report = try await daemon.talk {
                try await $0.order("/v1/verdicts", body: try ConsoleJSON.encoder().encode(order), as: VerdictReport.self)
            }
            if try output.printedJSON(report) { return }
            print("verdict \(report.verdict.number) on \(report.verdict.subject.key): \(report.verdict.verdict.rawValue), by \(report.verdict.who)")
            if let alert = report.withdrawal { print("the episode is withdrawn: alert \(alert) goes to those who got its messages") }
            if let problem = report.cropProblem { say("note: \(problem)") }
        }

        func order() throws -> VerdictOrder {
            guard let judged = Verdict(rawValue: verdict) else {
                throw ValidationError("--verdict \(verdict): use \(Verdict.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            var order = VerdictOrder(verdict: judged, who: by ?? currentUser(), why: why)
            if let region {
                guard let parsed = VerdictRegion(region) else {
                    throw ValidationError("--region \(region): write latitude,longitude,km (=-0.83,-91.17,5) or south,west,north,east, in degrees")
                }
                order.region = parsed
            }
            try fillSubject(&order)
            return order
        }

        private func fillSubject(_ order: inout VerdictOrder) throws {
            order.volcano = try volcano.map { try findVolcano($0).number }
            let isFile = FileManager.default.fileExists(atPath: subject)
            if let id = InterferogramID(subject), !isFile {
                order.interferogram = id
            } else if isFile || subject.hasSuffix(".tif") {
                guard file == nil else { throw ValidationError("\(subject) is the file: leave --file out") }
                order.interferogram = interferogramID(inPathOf: URL(fileURLWithPath: subject))
                order.file = URL(fileURLWithPath: subject).lastPathComponent
                try attach(subject, to: &order)
                return
            } else {
                order.alert = AlertID(subject)
            }
            guard at == nil else { throw ValidationError("--at is for files") }
            if let file { try attach(file, to: &order) }
        }

        /// The crop round the volcano, cut as the detector does.
        private func attach(_ path: String, to order: inout VerdictOrder) throws {
            let place: GeoPoint
            if let number = order.volcano {
                place = try findVolcano("\(number)").summit
            } else if let at {
                place = try parsedPlace(at, option: "--at")
                order.place = place
                // A place has no number in the ledger's interferograms: it is judged as a file.
                order.interferogram = nil
            } else {
                throw ValidationError("a file shows many places: say which volcano with --volcano, or which place with --at")
            }
            order.crop = try cropFile(path, around: place)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List what was flagged and has no verdict yet.")

        @Option(name: .long, help: "newest or highest (P_max) first.", completion: .list(["newest", "highest"])) var order = "newest"
        @Option(name: .long, help: "At most this many.") var limit = 50
        @Option(name: .long, help: ArgumentHelp("Write the alerts' pictures into this folder.", valueName: "folder"), completion: .directory)
        var pictures: String?
        @OptionGroup var daemon: DaemonOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if WaitingQuery.Order(rawValue: order) == nil { throw ValidationError("--order \(order): use newest or highest") }
            if limit < 1 { throw ValidationError("--limit must be 1 or more") }
        }

        func run() async throws {
            let query = [("order", order), ("limit", String(limit))]
            let waiting = try await daemon.talk { try await $0.ask("/v1/reviews", query: query, as: [WaitingReport].self) }
            let saved = try await savePictures(of: waiting)
            if try output.printedJSON(waiting) { return }
            guard !waiting.isEmpty else { return say("nothing waits for review") }
            var table = Table([
                ("P_max", .right), ("volcano", .left), ("place", .left), ("interferogram", .left), ("alert", .left), ("picture", .left),
            ])
            for item in waiting {
                table.add([
                    decimal(item.finding.pMax.value, 3), "\(item.volcanoName) (\(item.volcano))",
                    "\(decimal(item.finding.place.latitude, 3)),\(decimal(item.finding.place.longitude, 3))", "\(item.interferogram)",
                    item.alert?.text ?? "-", item.alert.flatMap { saved[$0] } ?? (item.alert == nil ? "-" : "--pictures FOLDER"),
                ])
            }
            print(table.render(width: terminalWidth()))
        }

        private func savePictures(of waiting: [WaitingReport]) async throws -> [AlertID: String] {
            guard let pictures else { return [:] }
            let folder = URL(fileURLWithPath: pictures)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            var saved: [AlertID: String] = [:]
            for alert in waiting.compactMap(\.alert) {
                do {
                    let file = folder.appendingPathComponent("\(alert.text).png")
                    try await daemon.client.data("/v1/picture", query: [("alert", alert.text)]).write(to: file, options: .atomic)
                    saved[alert] = file.path
                } catch let refusal as ConsoleClient.Failure {
                    say("\(alert): \(refusal)")
                }
            }
            return saved
        }
    }

    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all verdicts, the oldest first; of several on one subject the last counts.")

        @OptionGroup var daemon: DaemonOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let verdicts = try await daemon.talk { try await $0.ask("/v1/verdicts", as: [ReviewVerdict].self) }
            if try output.printedJSON(verdicts) { return }
            guard !verdicts.isEmpty else { return say("no verdict was ever given") }
            let inForce = Set(ReviewedCase.inForce(verdicts).map(\.number))
            var table = Table([
                ("no.", .right), ("verdict", .left), ("counts", .left), ("subject", .left), ("who", .left), ("when", .left), ("why", .left),
            ])
            for verdict in verdicts {
                table.add([
                    "\(verdict.number)", verdict.verdict.rawValue, inForce.contains(verdict.number) ? "yes" : "no", printable(verdict.subject.key),
                    printable(verdict.who), isoTime(verdict.at), printable(verdict.why),
                ])
            }
            print(table.render(width: terminalWidth()))
        }
    }
}

/// The person at the keyboard, behind sudo too.
func currentUser() -> String {
    let environment = ProcessInfo.processInfo.environment
    for name in ["SUDO_USER", "USER", "LOGNAME"] { if let user = environment[name], !user.isEmpty { return user } }
    return NSUserName()
}
