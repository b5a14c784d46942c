import Console
import Domain
import EmbeddedCatalogue
import Foundation

/// Shows what a demonstration came to.
struct DemoAccount {
    let client: ConsoleClient
    let layout: DemoLayout
    let receiver: WebhookReceiver

    /// One line for an interferogram that has been dealt with.
    static func line(for pair: AcquisitionPair, _ reports: [ExplanationReport], seconds: Double) -> String {
        let steps = reports.flatMap(\.steps)
        let told = steps.filter { $0.alert != nil }.map { "\($0.volcanoName): \($0.reason?.rawValue ?? "told")" }
        let most = steps.compactMap { step -> (String, Probability)? in
            guard case .scored(let finding) = step.result else { return nil }
            return (step.volcanoName, finding.pMax)
        }.max { $0.1 < $1.1 }
        let best = most.map { "highest P_max \(Language.english.probability($0.1)) at \($0.0)" } ?? "nothing assessable"
        let outcome = told.isEmpty ? "no message" : "MESSAGE \(told.joined(separator: "; "))"
        return "  \(pair)  \(decimal(seconds, 1)) s  \(best)  -> \(outcome)"
    }

    func show() async throws {
        let alerts = try await client.ask("/v1/alerts", as: [Alert].self).reversed()
        try showDecisions(await client.ask("/v1/interferograms", as: [ExplanationReport].self))
        guard let first = alerts.first else {
            throw Demonstration.Failed(description: "no alert was sent, which a demonstration should have; see \(layout.log.path)")
        }
        try FileManager.default.createDirectory(at: layout.pictures, withIntermediateDirectories: true)
        for alert in alerts {
            let picture = try await client.data("/v1/picture", query: [("alert", alert.id.text)])
            try picture.write(to: layout.pictures.appendingPathComponent("\(alert.id).png"))
        }
        try showMails()
        try showWebhooks()
        print("\nPictures: \(layout.pictures.path)/, the first is \(first.id).png")
        print("Daemon's log: \(layout.log.path)")
    }

    private func showDecisions(_ reports: [ExplanationReport]) throws {
        print("\nThe ledger's account of every interferogram and volcano:\n")
        var table = Table([("pair", .left), ("outcome", .left), ("volcano", .left), ("P_max", .right), ("decision", .left), ("alert", .left)])
        for report in reports.sorted(by: { $0.interferogram < $1.interferogram }) {
            for step in report.steps {
                let score = if case .scored(let finding) = step.result { Language.english.probability(finding.pMax) } else { "-" }
                table.add([
                    report.interferogram.pair.description, report.outcome ?? "waiting", step.volcanoName, score,
                    step.reason?.rawValue ?? "not assessable",
                    step.alert?.text ?? "",
                ])
            }
        }
        print(table.render())
    }

    private func showMails() throws {
        let new = layout.maildir.appendingPathComponent("new")
        let names = try FileManager.default.contentsOfDirectory(atPath: new.path).sorted()
        print("\n\(names.count) mails in \(new.path)/; the first one:\n")
        guard let name = names.first else { return }
        let mail = String(decoding: try Data(contentsOf: new.appendingPathComponent(name)), as: UTF8.self).replacingOccurrences(
            of: "\r\n", with: "\n")
        let headers = mail.prefix(upTo: mail.range(of: "\n\n")?.lowerBound ?? mail.endIndex).split(separator: "\n")
        for line in headers where ["From:", "To:", "Subject:", "Date:", "Message-ID:"].contains(where: line.hasPrefix) { print("  | \(line)") }
        print("  |")
        for line in Self.plainText(of: mail).split(separator: "\n", omittingEmptySubsequences: false) { print("  | \(line)") }
    }

    /// The text part of one of our own mails, which is quoted-printable.
    static func plainText(of mail: String) -> String {
        guard let part = mail.range(of: "Content-Type: text/plain"), let start = mail.range(of: "\n\n", range: part.upperBound..<mail.endIndex) else {
            return ""
        }
        let end = mail.range(of: "\n--=_", range: start.upperBound..<mail.endIndex)?.lowerBound ?? mail.endIndex
        var bytes: [UInt8] = []
        var rest = Array(mail[start.upperBound..<end].utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                bytes.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "\n") {
                rest.removeFirst()
            } else if let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func showWebhooks() throws {
        let receipts = try receiver.receipts()
        print("\n\(receipts.count) webhooks in \(layout.folder.path)/webhooks/; the first one:\n")
        guard let first = receipts.first else { return }
        for name in ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature"] { print("  | \(name): \(first.headers[name] ?? "")") }
        let body = try Data(contentsOf: layout.folder.appendingPathComponent("webhooks/\(first.body)"))
        let shown = String(decoding: body.prefix(700), as: UTF8.self)
        print("  |\n  | \(shown)\(body.count > 700 ? " ... (\(body.count) bytes)" : "")")
    }
}
