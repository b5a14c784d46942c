import Alerting
import Configuration
import Domain
import Evidence
import FoundationEssentials
import Ledger
import MapPicture
import Raster
import Service

/// Turns scored scenes into decisions and stores them, with everything that is to be sent, in one transaction.
struct Decider: Sendable {
    let watch: Watch
    let ledger: LedgerDatabase
    let elevations: ElevationShelf
    let log: Log
    /// Called when deliveries were stored.
    let posted: @Sendable () async -> Void
    private let drawing = BlockingWork("drawing", inTurn: false)

    init(watch: Watch, ledger: LedgerDatabase, elevations: ElevationShelf, log: Log, posted: @escaping @Sendable () async -> Void) {
        self.watch = watch
        self.ledger = ledger
        self.elevations = elevations
        self.log = log
        self.posted = posted
    }

    /// - Returns: how many alerts were stored.
    func decide(_ job: Job, scenes: [AssessedScene], source: String, runtime: Runtime) async throws -> Int {
        // Another interferogram of the same volcano may be decided between our look and our commit: then look again.
        for _ in 0..<20 {
            let decisions = try await weigh(job, scenes: scenes, source: source, runtime: runtime)
            switch try await ledger.commitDecisions(decisions, at: Date()) {
            case .stale: continue
            case .alreadyStored: return 0
            case .stored:
                for entry in decisions.entries { report(entry, job) }
                let alerts = decisions.entries.compactMap(\.alert)
                if !alerts.isEmpty { await posted() }
                return alerts.count
            }
        }
        throw LedgerError.inconsistent("\(job.interferogram): its volcanoes were decided anew twenty times in a row")
    }

    private func weigh(_ job: Job, scenes: [AssessedScene], source: String, runtime: Runtime) async throws -> InterferogramDecisions {
        let now = Date()
        let newest = max(
            try await ledger.reader.newestAcquisition(of: job.interferogram.frame) ?? job.interferogram.pair.later, job.interferogram.pair.later)
        var snapshots: [EpisodeSnapshot] = []
        var drafts: [Draft] = []
        var entries: [InterferogramDecisions.Entry] = []
        for scene in scenes where scene.assessment.finding != nil {
            let volcano = scene.volcano.number
            let priority = await watch.priority(of: volcano, now: now)
            let rules = EpisodeRules(runtime.settings.alerting.rules(for: volcano, thresholds: priority?.thresholds))
            let snapshot = try await ledger.reader.episodes(of: volcano)
            snapshots.append(snapshot)
            let opened = EpisodeID(
                openedBy: job.interferogram, version: job.version, volcano: volcano, model: scene.assessment.model, rules: rules.rules.revision)
            guard
                let decision = rules.decide(
                    scene.assessment, episodes: snapshot.episodes, newestAcquisition: newest,
                    neighbours: await neighbours(of: scene, among: scenes, runtime, now), newEpisode: opened)
            else { continue }
            let context = AlertContext(
                job: job, scene: scene, source: source, newest: newest, rules: rules.rules, priority: priority, runtime: runtime, now: now)
            let decisions = [decision] + (try await endings(after: decision, snapshot, rules, scene, job, runtime))
            for decision in decisions { drafts.append(Draft(context: context, decision: decision)) }
        }
        let pictures = await pictures(for: drafts)
        for draft in drafts {
            let picture = pictures[draft.context.scene.volcano.number]
            entries.append(
                InterferogramDecisions.Entry(
                    volcano: draft.context.scene.volcano.number, model: draft.context.scene.assessment.model,
                    rules: draft.context.rules.revision, decision: draft.decision, alert: try await alert(for: draft, picture)))
        }
        return InterferogramDecisions(
            interferogram: job.interferogram, version: job.version, outcome: outcome(of: scenes), snapshots: snapshots, entries: entries)
    }

    private func neighbours(of scene: AssessedScene, among scenes: [AssessedScene], _ runtime: Runtime, _ now: Date) async -> [Neighbour] {
        var neighbours: [Neighbour] = []
        for other in scenes where other.volcano != scene.volcano {
            guard let finding = other.assessment.finding else { continue }
            let own = await watch.priority(of: other.volcano.number, now: now)?.thresholds
            let notify = runtime.settings.alerting.rules(for: other.volcano.number, thresholds: own).notify
            neighbours.append(Neighbour(name: other.volcano.name, summit: other.volcano.summit, finding: finding, notify: notify))
        }
        return neighbours
    }

    /// Episodes of the volcano that are over now, unless older pairs still wait.
    private func endings(
        after decision: Decision, _ snapshot: EpisodeSnapshot, _ rules: EpisodeRules, _ scene: AssessedScene, _ job: Job, _ runtime: Runtime
    ) async throws -> [Decision] {
        let frames = await watch.plan.frames.filter { $0.value.volcanoes.contains(scene.volcano) }.keys
        guard try await !ledger.reader.isWaiting(anyOf: Set(frames), except: job.interferogram) else { return [] }
        var episodes = snapshot.episodes
        if let changed = decision.episode {
            episodes.removeAll { $0.id == changed.id }
            episodes.append(changed)
        }
        let observed = max(try await ledger.reader.observedUntil(scene.volcano.number) ?? job.interferogram.pair.later, job.interferogram.pair.later)
        return rules.endings(of: episodes, observedUntil: observed).map { ending in
            guard !runtime.settings.alerting.sendEnded else { return ending }
            return Decision(reason: ending.reason, explanation: ending.explanation, episode: ending.episode, announcement: nil)
        }
    }

    private func alert(for draft: Draft, _ picture: Data?) async throws -> NewAlert? {
        let (decision, context) = (draft.decision, draft.context)
        guard let announcement = decision.announcement, let episode = decision.episode, let finding = context.scene.assessment.finding
        else { return nil }
        let alert = Alert(
            id: AlertID(episode: episode.id, revision: episode.revision), episode: episode.id, revision: episode.revision,
            kind: announcement.kind, tier: announcement.tier, issued: context.now, volcano: context.scene.volcano,
            observation: Observation(
                interferogram: context.job.interferogram, source: context.source, seen: context.job.seen, newestAcquisition: context.newest),
            finding: finding, evidence: try await evidence(context, finding),
            history: try await ledger.reader.earlierFlags(
                of: context.scene.volcano.number, atLeast: context.rules.notify, except: context.job.interferogram, limit: 8),
            reason: decision.reason, explanation: decision.explanation, model: context.scene.assessment.model,
            priority: context.priority?.reason)
        return NewAlert(
            alert: alert, picture: picture,
            deliveries: context.runtime.outbox.deliveries(for: alert, listed: context.priority?.receivers ?? [], now: context.now))
    }

    private func evidence(_ context: AlertContext, _ finding: Finding) async throws -> [Domain.Evidence] {
        guard let flagged = ScoredPair(context.scene.assessment) else { return [] }
        let history = try await ledger.reader.assessments(of: context.scene.volcano.number).compactMap(ScoredPair.init)
        return EvidenceWeighing(rules: context.rules).weigh(
            flagged, history: history, phase: context.scene.phase, coherence: context.scene.coherence, elevation: await elevation(context),
            flaggedArea: finding.areaAbove50)
    }

    private func elevation(_ context: AlertContext) async -> RasterGrid? {
        let job = context.job
        guard let catalogue = context.runtime.catalogues[job.catalogue] else { return nil }
        return await elevations.crop(of: job.interferogram.frame, around: context.scene.volcano.summit, from: catalogue, context.runtime)
    }

    /// The pictures of the volcanoes of which something is told, drawn at the same time: they take most of the time between score and mail. One
    /// each, for a flag and the ends of earlier episodes are told with the same one.
    private func pictures(for drafts: [Draft]) async -> [VolcanoNumber: Data] {
        let told = drafts.filter { $0.decision.announcement != nil }.map { ($0.context.scene.volcano.number, $0.context) }
        return await withTaskGroup(of: (VolcanoNumber, Data?).self) { group in
            for (volcano, context) in Dictionary(told, uniquingKeysWith: { first, _ in first }) {
                group.addTask { (volcano, await picture(of: context)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// An alert without its picture is better than none: a picture that cannot be drawn is logged and left out.
    private func picture(of context: AlertContext) async -> Data? {
        let peak = context.scene.assessment.finding.map { PictureScene.Peak(place: $0.place, probability: $0.pMax) }
        let scene = PictureScene(
            volcano: context.scene.volcano.name, summit: context.scene.volcano.summit, interferogram: context.job.interferogram,
            phase: context.scene.phase, probability: context.scene.probability, peak: peak, language: context.runtime.settings.language)
        do {
            return try await drawing.run { try MapPicture.render(scene, layout: .stacked) }
        } catch {
            log.error(
                "an alert's picture could not be drawn",
                context.job.fields + ["volcano": context.scene.volcano.name, "error": "\(error)"])
            return nil
        }
    }

    private func outcome(of scenes: [AssessedScene]) -> Outcome {
        if scenes.contains(where: { $0.assessment.finding != nil }) { return .scored }
        let reasons = scenes.compactMap { scene -> String? in
            guard case .notAssessable(let why) = scene.assessment.result else { return nil }
            return "\(scene.volcano.name): \(why.reason.rawValue), \(why.explanation)"
        }
        return .notAssessable(reasons.isEmpty ? "no watched volcano lies in the image" : reasons.joined(separator: "; "))
    }

    private func report(_ entry: InterferogramDecisions.Entry, _ job: Job) {
        var fields = job.fields + ["volcano": "\(entry.volcano)", "reason": entry.decision.reason.rawValue, "why": entry.decision.explanation]
        guard let alert = entry.alert else { return log.info("decided: nothing is told", fields) }
        fields["alert"] = alert.alert.id.text
        fields["kind"] = alert.alert.kind.rawValue
        fields["deliveries"] = "\(alert.deliveries.count)"
        log.notice("decided: an alert is sent", fields)
    }
}

/// A decision and what its message is made from.
private struct Draft {
    let context: AlertContext
    let decision: Decision
}

/// What an alert about one scene is made from.
private struct AlertContext {
    let job: Job
    let scene: AssessedScene
    let source: String
    let newest: AcquisitionDate
    let rules: AlertRules
    let priority: PriorityEntry?
    let runtime: Runtime
    let now: Date
}
