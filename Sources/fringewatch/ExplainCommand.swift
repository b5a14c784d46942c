import ArgumentParser
import Console
import Domain
import Foundation

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show what happened to an interferogram: source, findings, each decision with its reason, messages.",
        discussion: "Example: fringewatch explain 106A_09048_000909/20240106_20240211, or the pair alone for all frames that have it.")

    @Argument(help: "frame/pair, or a pair written yyyymmdd_yyyymmdd.")
    var interferogram: String

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var query: [(String, String)]
        if let id = InterferogramID(interferogram) {
            query = [("frame", id.frame.name), ("pair", id.pair.description)]
        } else if let pair = AcquisitionPair(interferogram) {
            query = [("pair", pair.description)]
        } else {
            throw ValidationError(
                "\(interferogram) is neither frame/pair nor a pair; write 106A_09048_000909/20240106_20240211 or 20240106_20240211, the earlier date first"
            )
        }
        let reports = try await daemon.talk { [query] in
            try await $0.ask("/v1/explain", query: query, as: [ExplanationReport].self)
        }
        if try output.printedJSON(reports) { return }
        guard !reports.isEmpty else {
            say("\(interferogram) is not known: no catalogue has listed it in a watched frame")
            throw Exit.failure
        }
        print(reports.map(Self.text).joined(separator: "\n\n"))
    }

    static func text(_ report: ExplanationReport) -> String {
        var lines = [
            "\(report.interferogram), version \(report.versionNumber)",
            "  source   \(printable(report.source)) (\(report.catalogue)), first seen \(isoTime(report.seen))",
        ]
        if let outcome = report.outcome {
            lines.append("  outcome  \(outcome)" + (report.outcomeReason.map { ": \(printable($0))" } ?? ""))
        } else {
            lines.append("  outcome  none yet, waiting" + (report.attempts > 0 ? " after \(report.attempts) attempts" : ""))
        }
        if let error = report.lastError { lines.append("  error    \(printable(error))") }
        for step in report.steps {
            lines.append("  \(step.volcanoName) (\(step.volcano)), model \(step.model)")
            switch step.result {
            case .scored(let finding): lines.append("    \(summary(finding))")
            case .notAssessable(let why): lines.append("    not assessable, \(why.reason.rawValue): \(why.explanation)")
            }
            if let reason = step.reason { lines.append("    \(reason.rawValue): \(step.explanation ?? "")") }
            if let alert = step.alert { lines.append("    alert \(alert)") }
        }
        lines += report.deliveries.map { "  delivery \($0.id) to \($0.address): \(DeliveriesCommand.state($0))" }
        lines += (report.verdicts ?? []).map(Self.text)
        return lines.joined(separator: "\n")
    }

    private static func text(_ verdict: ReviewVerdict) -> String {
        let place = verdict.subject.volcano?.description ?? "\(verdict.subject.centre.latitude), \(verdict.subject.centre.longitude)"
        var text = "  verdict \(verdict.number) on \(place): \(verdict.verdict.rawValue), by \(printable(verdict.who)) \(isoTime(verdict.at))"
        if let region = verdict.region { text += ", region \(region)" }
        return verdict.why.isEmpty ? text : text + ": \(printable(verdict.why))"
    }

    static func summary(_ finding: Finding) -> String {
        var text =
            "P_max \(Language.english.probability(finding.pMax)) at \(decimal(finding.place.latitude, 3)), \(decimal(finding.place.longitude, 3)), "
        text += "\(decimal(finding.distance / 1000, 1)) km \(compass(finding.bearing)) of the summit; "
        text += "area above 0.5: \(decimal(finding.areaAbove50, 0)) km2, above 0.8: \(decimal(finding.areaAbove80, 0)) km2"
        if let motion = finding.motion {
            let direction = motion.centimetres >= 0 ? "towards" : "away from"
            text += "; \(decimal(motion.fringes, 1)) fringes, \(decimal(abs(motion.centimetres), 1)) cm \(direction) the satellite"
        }
        text += "; valid \(decimal(finding.quality.validShare * 100, 0)) %"
        if let coherence = finding.quality.meanCoherence { text += ", coherence \(decimal(coherence, 2))" }
        return text
    }

    static func compass(_ bearing: Double) -> String {
        let points = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"]
        return points[Int((bearing / 45).rounded()) % 8]
    }
}
