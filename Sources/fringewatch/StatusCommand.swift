import ArgumentParser
import Console
import Domain
import Foundation

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what the daemon does, how old its data are and what is wrong.",
        discussion: "Exit code 0: all is well; 2: degraded, the reasons are listed; 69: no daemon answers.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let report = try await daemon.talk { try await $0.ask("/v1/status", as: StatusReport.self) }
        if try !output.printedJSON(report) { print(Self.text(report)) }
        if report.health == .degraded { throw Exit.degraded }
    }

    static func text(_ report: StatusReport) -> String {
        var lines = [
            "fringewatch \(report.version): \(report.health.rawValue), running for \(duration(report.now.timeIntervalSince(report.started)))"
        ]
        lines += report.problems.map { "  ! \(printable($0))" }
        lines.append("")
        lines.append(
            "watching     \(counted(report.watchedVolcanoes, "volcano", "volcanoes")) (\(report.priorityVolcanoes) with priority) in \(counted(report.watchedFrames, "frame"))"
        )
        lines.append("model        \(report.model)")
        if let newest = report.newestAcquisition, let age = report.newestAcquisitionAgeDays {
            lines.append("newest image \(newest.iso8601), \(counted(age, "day")) ago; no news is not \"no deformation\"")
        } else {
            lines.append("newest image none yet")
        }
        lines.append("waiting      \(counted(report.waiting, "interferogram")), \(report.retrying) of them after a failure")
        lines.append("finished     \(counts(report.outcomes))")
        lines.append("deliveries   \(counts(report.deliveries))")
        lines.append("episodes     \(report.openEpisodes) open; last alert \(report.lastAlert.map(isoTime) ?? "never")")
        var table = Table([("catalogue", .left), ("frames", .right), ("degraded", .right), ("last success", .left), ("last error", .left)])
        for catalogue in report.catalogues {
            table.add([
                catalogue.name, String(catalogue.frames), String(catalogue.degradedFrames),
                catalogue.lastSuccess.map(isoTime) ?? "never", catalogue.lastError ?? "",
            ])
        }
        if !table.isEmpty { lines += ["", table.render(width: terminalWidth())] }
        return lines.joined(separator: "\n")
    }

    private static func counts(_ numbers: [String: Int]) -> String {
        numbers.isEmpty ? "none" : numbers.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    static func duration(_ seconds: TimeInterval) -> String {
        let whole = Int(max(0, seconds))
        return switch whole {
        case ..<120: "\(whole) s"
        case ..<7200: "\(whole / 60) min"
        case ..<172_800: "\(whole / 3600) h"
        default: "\(whole / 86_400) days"
        }
    }
}
