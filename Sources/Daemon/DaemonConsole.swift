import Configuration
import Console
import Detection
import Domain
import FoundationEssentials
import Ledger
import Volcanoes

/// Answers the console from the ledger and from what is watched.
struct DaemonConsole: ConsoleBackend {
    let watch: Watch
    let ledger: LedgerDatabase
    let started: Date
    let version: String
    let reviews: ReviewDesk
    /// Called when a delivery may have become due.
    let posted: @Sendable () async -> Void

    func status() async throws -> StatusReport {
        let now = Date()
        let (runtime, plan) = (await watch.runtime, await watch.plan)
        let polling = try await ledger.reader.polling().filter { plan.frames[$0.frame] != nil }
        let counts = try await ledger.reader.counts()
        let deliveries = try await ledger.reader.deliveryCounts()
        let newest = try await ledger.reader.newestAcquisitions().filter { plan.frames[$0.key] != nil }.values.max()
        let catalogues = runtime.settings.catalogues.map { catalogue in
            let own = polling.filter { $0.catalogue == catalogue.name }
            return StatusReport.Catalogue(
                name: catalogue.name, frames: own.count, degradedFrames: own.count { $0.degraded != nil },
                lastSuccess: own.compactMap(\.lastSuccess).max(),
                lastError: own.filter { $0.lastError != nil }.max { ($0.lastErrorAt ?? .distantPast) < ($1.lastErrorAt ?? .distantPast) }?.lastError)
        }
        let problems = try await problems(catalogues, polling, deliveries, now)
        return StatusReport(
            health: problems.isEmpty ? .ok : .degraded, problems: problems, version: version, started: started, now: now,
            model: runtime.detector.model.id.description, watchedVolcanoes: plan.volcanoes.count,
            priorityVolcanoes: await watch.priorities.active(on: AcquisitionDate(now)).count, watchedFrames: plan.frames.count,
            catalogues: catalogues, waiting: counts.waiting, retrying: counts.retrying,
            outcomes: Dictionary(uniqueKeysWithValues: counts.outcomes.map { ($0.key.rawValue, $0.value) }),
            deliveries: Dictionary(uniqueKeysWithValues: deliveries.map { ($0.key.rawValue, $0.value) }),
            openEpisodes: try await ledger.reader.openEpisodes().count, newestAcquisition: newest,
            newestAcquisitionAgeDays: newest.map { AcquisitionDate(now).days(since: $0) },
            lastAlert: try await ledger.reader.alerts(limit: 1).first?.issued)
    }

    private func problems(
        _ catalogues: [StatusReport.Catalogue], _ polling: [FramePolling], _ deliveries: [Delivery.State.Kind: Int], _ now: Date
    ) async throws -> [String] {
        var problems: [String] = []
        if let aside = ledger.movedAside { problems.append("the ledger was damaged and moved to \(aside.path); it may hold undelivered alerts") }
        if let problem = await watch.priorityProblem { problems.append("the priority list is wrong, the one before counts: \(problem)") }
        if let problem = await watch.discoveryProblem { problems.append(problem) }
        if let problem = await watch.runtime.modelProblem { problems.append("a model is refused: \(problem)") }
        let plan = await watch.plan
        if plan.volcanoes.isEmpty { problems.append("no volcano is watched: fill the section watch of the configuration, or the priority list") }
        let intervals = await watch.intervals
        for catalogue in catalogues {
            let own = polling.filter { $0.catalogue == catalogue.name }
            problems += PollingHealth(catalogue: catalogue.name, polling: own, intervals: intervals, started: started, now: now).problems
        }
        for (receiver, reason) in try await ledger.reader.disabledReceivers().sorted(by: { $0.key < $1.key }) {
            problems.append("receiver \(receiver) is disabled: \(reason)")
        }
        let stuck = try await ledger.reader.deliveries(state: .waiting, limit: 1000).filter { $0.attempts >= 3 }
        if let example = stuck.first {
            problems.append("\(stuck.count) deliveries keep failing and are tried again, such as \(example.id): \(example.lastError ?? "")")
        }
        if let failed = deliveries[.failed], failed > 0 {
            problems.append("\(failed) deliveries have failed; see fringewatch deliveries list --state failed, then retry or drop them")
        }
        return problems
    }

    func alerts(_ query: AlertQuery) async throws -> [Alert] {
        try await ledger.reader.alerts(volcano: query.volcano, limit: query.limit)
    }

    func picture(of alert: AlertID) async throws -> Data? { try await ledger.reader.picture(of: alert) }

    func explain(frame: FrameID?, pair: AcquisitionPair) async throws -> [ExplanationReport] {
        let frames = if let frame { [frame] } else { try await ledger.reader.frames(with: pair) }
        var reports: [ExplanationReport] = []
        for frame in frames { reports += try await explain(InterferogramID(frame: frame, pair: pair)) }
        return reports
    }

    func interferograms(limit: Int) async throws -> [ExplanationReport] {
        let volcanoes = await watch.runtime.volcanoes
        var found: [ExplanationReport] = []
        for account in try await ledger.reader.recentAccounts(limit: limit) {
            found += reports(of: account, volcanoes, try await ledger.reader.verdicts(on: account.interferogram))
        }
        return found
    }

    private func explain(_ id: InterferogramID) async throws -> [ExplanationReport] {
        guard let account = try await ledger.reader.account(of: id) else { return [] }
        return reports(of: account, await watch.runtime.volcanoes, try await ledger.reader.verdicts(on: id))
    }

    /// One report for each published version.
    private func reports(of account: InterferogramAccount, _ volcanoes: VolcanoList, _ verdicts: [ReviewVerdict]) -> [ExplanationReport] {
        let newest = account.versions.map(\.number).max()
        return account.versions.map { version in
            ExplanationReport(
                interferogram: account.interferogram, versionNumber: version.number, catalogue: version.catalogue, source: version.source,
                seen: version.seen, outcome: version.outcome?.kind.rawValue, outcomeReason: version.outcome?.reason, attempts: version.attempts,
                lastError: version.lastError, timings: version.timings, steps: version.assessments.map { step($0, of: version, volcanoes) },
                deliveries: version.number == newest ? account.deliveries : [],
                verdicts: verdicts.filter { ($0.subject.version ?? newest) == version.number })
        }
    }

    private func step(_ assessment: Assessment, of version: InterferogramAccount.Version, _ volcanoes: VolcanoList) -> ExplanationReport.Step {
        let decision = version.decisions.first {
            $0.volcano == assessment.volcano && $0.model == assessment.model.description && $0.reason != .ended
        }
        return ExplanationReport.Step(
            volcano: assessment.volcano, volcanoName: volcanoes[assessment.volcano]?.name ?? "", result: assessment.result,
            model: assessment.model.description, reason: decision?.reason, explanation: decision?.explanation, alert: decision?.alert)
    }

    func deliveries(state: Delivery.State.Kind?, limit: Int) async throws -> [Delivery] {
        try await ledger.reader.deliveries(state: state, limit: limit)
    }

    func retryDelivery(_ id: String) async throws -> ActionReport {
        let change = try await ledger.retryDelivery(id, at: Date())
        // Who asks for a retry has mended the receiver.
        if case .changed(let delivery) = change { try await ledger.enableReceiver(delivery.receiver, at: Date()) }
        let report = try report(of: change, id, done: "is sent again now")
        await posted()
        return report
    }

    func dropDelivery(_ id: String) async throws -> ActionReport {
        try report(of: await ledger.dropDelivery(id, at: Date()), id, done: "is given up")
    }

    private func report(of change: DeliveryChange, _ id: String, done: String) throws -> ActionReport {
        switch change {
        case .changed: return ActionReport(done: "\(id) \(done)", deliveries: [id])
        case .refused(let why): throw ConsoleRefusal(why, .conflict)
        case .unknown: throw ConsoleRefusal("there is no delivery \(id); see fringewatch deliveries list", .notFound)
        }
    }

    func sendTestAlert(to receivers: [ReceiverName]) async throws -> ActionReport {
        let runtime = await watch.runtime
        for name in receivers where runtime.settings.receiver(name) == nil {
            let known = runtime.receiverNames.map(\.text).joined(separator: ", ")
            throw ConsoleRefusal("there is no receiver \(name); the configuration has \(known.isEmpty ? "none" : known)", .notFound)
        }
        let test = try TestAlert.make(runtime: runtime, plan: await watch.plan, receivers: receivers, now: Date())
        guard !test.deliveries.isEmpty else {
            throw ConsoleRefusal("no receiver is configured and enabled: nobody would get the test; add one under receivers in the configuration")
        }
        try await ledger.commitTestAlert(test)
        await posted()
        let count = test.deliveries.count
        return ActionReport(
            done: "test alert \(test.alert.id): \(count) \(count == 1 ? "delivery is" : "deliveries are") on the way",
            deliveries: test.deliveries.map(\.id))
    }
}
