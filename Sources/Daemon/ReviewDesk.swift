import Alerting
import Checksums
import Configuration
import Console
import Domain
import Foundation
import Ledger
import Volcanoes

/// Takes experts' verdicts: finds what they are about, keeps its crop, stores them, and withdraws an episode that was rejected.
struct ReviewDesk: Sendable {
    let watch: Watch
    let ledger: LedgerDatabase
    let shelf: CropShelf
    /// Called when deliveries were stored.
    let posted: @Sendable () async -> Void

    func record(_ order: VerdictOrder, now: Date) async throws -> VerdictReport {
        guard !order.who.isEmpty, order.who.count <= 200, order.why.count <= 2000 else {
            throw ConsoleRefusal("a verdict needs a name of at most 200 characters, and a reason of at most 2000")
        }
        var new = try await subject(of: order)
        try Self.check(order.region, in: new.subject)
        new.region = order.region
        let name = Self.cropName(new.subject)
        let problem = try await shelf.review(name, attached: order.crop)
        new.crop = problem == nil ? name : nil
        // Another interferogram of the volcano may be decided between our look and our commit: then look again.
        for _ in 0..<20 {
            let withdrawal = try await withdrawal(after: new, now)
            guard case .stored(let verdict) = try await ledger.recordVerdict(new, withdrawing: withdrawal, at: now) else { continue }
            if withdrawal != nil { await posted() }
            return VerdictReport(verdict: verdict, cropProblem: problem, withdrawal: withdrawal?.entry.alert?.alert.id)
        }
        throw LedgerError.inconsistent("\(new.subject.key): its volcano was decided anew twenty times in a row")
    }

    /// A place that the crop does not show would teach something else.
    private static func check(_ region: VerdictRegion?, in subject: VerdictSubject) throws {
        guard let place = region?.middle else { return }
        let reach = 0.25, centre = subject.centre
        let east = (place.longitude - centre.longitude).remainder(dividingBy: 360)
        guard abs(place.latitude - centre.latitude) > reach || abs(east) > reach else { return }
        throw ConsoleRefusal("the region's middle, \(place), lies outside the crop of 0.5 x 0.5 degrees round \(centre)")
    }

    private static func cropName(_ subject: VerdictSubject) -> String {
        if let interferogram = subject.interferogram, let volcano = subject.volcano {
            return CropShelf.name(interferogram, version: subject.version ?? 1, volcano: volcano)
        }
        return "place_\(Checksums.sha256(of: Data(subject.key.utf8)).prefix(16)).tif"
    }

    // MARK: What it is about

    private func subject(of order: VerdictOrder) async throws -> NewVerdict {
        if let id = order.alert { return try await subject(of: order, alert: id) }
        if let interferogram = order.interferogram {
            let account = try await ledger.reader.account(of: interferogram)
            if let version = account?.versions.first { return try await subject(of: order, interferogram, version) }
            guard order.file != nil else {
                throw ConsoleRefusal("\(interferogram) is not known: no catalogue has listed it; give its file instead", .notFound)
            }
        }
        guard let file = order.file, let crop = order.crop, let centre = try await centre(of: order) else {
            throw ConsoleRefusal("a verdict is about an alert, about frame/pair and a volcano, or about a file with a volcano or a place")
        }
        let mark = Checksums.sha256(of: crop).prefix(12)
        let subject = VerdictSubject(interferogram: nil, version: nil, file: "\(file)#\(mark)", volcano: order.volcano, centre: centre)
        return NewVerdict(subject: subject, verdict: order.verdict, who: order.who, why: order.why)
    }

    private func centre(of order: VerdictOrder) async throws -> GeoPoint? {
        guard let number = order.volcano else { return order.place }
        guard let volcano = await watch.runtime.volcanoes[number] else { throw ConsoleRefusal("there is no volcano \(number)", .notFound) }
        return volcano.summit
    }

    private func subject(of order: VerdictOrder, alert id: AlertID) async throws -> NewVerdict {
        guard let alert = try await ledger.reader.alert(id) else {
            throw ConsoleRefusal("there is no alert \(id); see fringewatch review list, or fringewatch alerts", .notFound)
        }
        switch alert.kind {
        case .test: throw ConsoleRefusal("\(id) is a test: there is nothing to judge", .conflict)
        case .ended, .cancelled:
            throw ConsoleRefusal(
                "\(id) closes its episode: judge the message that flagged it, \(AlertID(episode: alert.episode, revision: 1))", .conflict)
        case .new, .update, .confirmed: break
        }
        let interferogram = alert.observation.interferogram
        let account = try await ledger.reader.account(of: interferogram)
        let version = account?.versions.first { $0.decisions.contains { $0.alert == id } } ?? account?.versions.first
        return NewVerdict(
            subject: VerdictSubject(
                interferogram: interferogram, version: version?.number, file: nil, volcano: alert.volcano.number, centre: alert.volcano.summit),
            verdict: order.verdict, who: order.who, why: order.why, alert: id, finding: alert.finding, model: alert.model)
    }

    private func subject(
        of order: VerdictOrder, _ interferogram: InterferogramID, _ version: InterferogramAccount.Version
    ) async throws -> NewVerdict {
        let volcanoes = await watch.runtime.volcanoes
        guard let number = order.volcano ?? (version.assessments.count == 1 ? version.assessments[0].volcano : nil) else {
            let seen = version.assessments.map { "\($0.volcano) \(volcanoes[$0.volcano]?.name ?? "")" }
            throw ConsoleRefusal(
                "\(interferogram) shows \(seen.isEmpty ? "no assessed volcano" : seen.joined(separator: ", ")): say which with --volcano")
        }
        guard let volcano = volcanoes[number] else { throw ConsoleRefusal("there is no volcano \(number)", .notFound) }
        let assessment = version.assessments.last { $0.volcano == number }
        return NewVerdict(
            subject: VerdictSubject(
                interferogram: interferogram, version: version.number, file: nil, volcano: number, centre: volcano.summit),
            verdict: order.verdict, who: order.who, why: order.why,
            alert: version.decisions.first { $0.volcano == number && $0.alert != nil && $0.reason != .ended }?.alert,
            finding: assessment?.finding, model: assessment?.model)
    }

    // MARK: What follows from it

    private func withdrawal(after new: NewVerdict, _ now: Date) async throws -> EpisodeWithdrawal? {
        guard let interferogram = new.subject.interferogram, let volcano = new.subject.volcano, let version = new.subject.version else { return nil }
        let snapshot = try await ledger.reader.episodes(of: volcano)
        let others = try await ledger.reader.verdictsInForce(on: volcano).filter { $0.key != interferogram }
        for episode in snapshot.episodes {
            guard let decision = episode.decision(after: new.verdict, on: interferogram, by: new.who, others: others),
                let told = try await ledger.reader.alerts(of: episode.id).last
            else { continue }
            let entry = InterferogramDecisions.Entry(
                volcano: volcano, model: told.model, rules: "review", decision: decision, alert: try await message(decision, after: told, now))
            return EpisodeWithdrawal(interferogram: interferogram, version: version, snapshot: snapshot, entry: entry)
        }
        return nil
    }

    /// The withdrawal says what the last message said, and goes to those who got a message of the episode.
    private func message(_ decision: Decision, after told: Alert, _ now: Date) async throws -> NewAlert? {
        guard let announcement = decision.announcement, let episode = decision.episode else { return nil }
        let alert = Alert(
            id: AlertID(episode: episode.id, revision: episode.revision), episode: episode.id, revision: episode.revision, kind: announcement.kind,
            tier: announcement.tier, issued: now, volcano: told.volcano, observation: told.observation, finding: told.finding,
            evidence: told.evidence, history: told.history, reason: decision.reason, explanation: decision.explanation, model: told.model,
            priority: told.priority)
        var reached: Set<Lane> = []
        for earlier in try await ledger.reader.alerts(of: episode.id) {
            let deliveries = try await ledger.reader.deliveries(alert: earlier.id, limit: 10_000)
            reached.formUnion(deliveries.filter { $0.state.kind != .dropped }.map(\.lane))
        }
        let deliveries = await watch.runtime.outbox.deliveries(for: alert, listed: reached.map(\.receiver), now: now)
        return NewAlert(
            alert: alert, picture: try await ledger.reader.picture(of: told.id), deliveries: deliveries.filter { reached.contains($0.lane) })
    }
}
