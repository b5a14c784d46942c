import Configuration
import Console
import Domain
import FoundationEssentials
import Ledger
import Volcanoes

extension DaemonConsole: ReviewBackend {
    func waitingForReview(_ query: WaitingQuery) async throws -> [WaitingReport] {
        let runtime = await watch.runtime
        let order: LedgerReader.ReviewOrder = query.order == .newest ? .newest : .highest
        let waiting = try await ledger.reader.waitingForReview(from: runtime.settings.alerting.rules.notify, order: order, limit: query.limit)
        return waiting.compactMap { item in
            guard let finding = item.assessment.finding else { return nil }
            return WaitingReport(
                interferogram: item.assessment.interferogram, volcano: item.assessment.volcano,
                volcanoName: runtime.volcanoes[item.assessment.volcano]?.name ?? "", finding: finding,
                model: item.assessment.model.description, alert: item.alert)
        }
    }

    func verdicts() async throws -> [ReviewVerdict] { try await ledger.reader.verdicts() }

    func crop(ofVerdict number: Int) async throws -> Data? {
        guard let verdict = try await ledger.reader.verdict(number) else { throw ConsoleRefusal("there is no verdict \(number)", .notFound) }
        guard let name = verdict.crop else { return nil }
        return try await reviews.shelf.read(name)
    }

    func modelChanges(limit: Int) async throws -> [ModelChangeReport] {
        try await ledger.reader.modelChanges(limit: limit).map { change in
            ModelChangeReport(
                promotion: change.promotion, kind: change.kind, from: change.from, to: change.to, who: change.who, why: change.why,
                ordered: change.ordered, at: change.at, result: change.result.rawValue, problem: change.problem)
        }
    }

    func record(_ order: VerdictOrder) async throws -> VerdictReport { try await reviews.record(order, now: Date()) }
}
