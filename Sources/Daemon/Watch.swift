import Catalogue
import Checksums
import Configuration
import Domain
import FoundationEssentials
import Ledger
import Volcanoes

/// What is watched at this moment: the configuration in force, the priority list, the frames and when each is polled.
actor Watch {
    private(set) var runtime: Runtime
    private(set) var plan: WatchPlan
    private(set) var priorities = PriorityList.empty
    private var priorityFile: PriorityListFile
    /// Why the priority file as it now is does not count; nil while it does.
    private(set) var priorityProblem: String?
    private var schedule: PollSchedule<PollTarget>
    private var polygons: [FrameID: FramePolygon]
    private var discovered: Set<FrameID> = []
    private let ledger: LedgerDatabase
    private let clock = ContinuousClock()

    init(_ runtime: Runtime, ledger: LedgerDatabase, now: Date) async throws {
        self.runtime = runtime
        self.ledger = ledger
        priorityFile = PriorityListFile(file: runtime.settings.priorityList.path)
        schedule = PollSchedule(jitter: runtime.settings.polling.jitter)
        polygons = try await ledger.reader.polygons()
        plan = WatchPlan(watch: WatchList(runtime.settings.watch, from: runtime.volcanoes), list: runtime.frames, discovered: [], polygons: [:], levels: [:])
        _ = try await readPriorities(now: now)
        try await recordPriorities()
        try await discoverFrames()
        try await replan(now: now, atStart: true)
    }

    // MARK: Changes

    /// Puts a new configuration in force.
    func adopt(_ new: Runtime, now: Date) async throws {
        let isSameFile = new.settings.priorityList == runtime.settings.priorityList
        runtime = new
        schedule.jitter = new.settings.polling.jitter
        if !isSameFile { priorityFile = PriorityListFile(file: new.settings.priorityList.path) }
        _ = try await readPriorities(now: now)
        try await recordPriorities()
        try await discoverFrames()
        try await replan(now: now)
    }

    /// What a look at the priority file led to.
    enum PriorityNews: Sendable {
        case none
        case adopted([PriorityListChange])
        case refused(ConfigurationErrors)
    }

    /// Looks at the priority file; a change that is right counts at once, one that is wrong leaves the list as it was.
    func lookAtPriorities(now: Date) async throws -> PriorityNews {
        let news = try await readPriorities(now: now)
        // Also without a change: entries expire at midnight.
        if case .adopted = news { try await replan(now: now) } else if levels(now) != levelsInForce { try await replan(now: now) }
        try await recordPriorities()
        return news
    }

    private func readPriorities(now: Date) async throws -> PriorityNews {
        let text: String?
        do throws(ConfigurationErrors) {
            text = try PriorityListFile.read(runtime.settings.priorityList)
        } catch {
            let isNew = priorityProblem != error.description
            priorityProblem = error.description
            return isNew ? .refused(error) : .none
        }
        let change = priorityFile.consider(
            text, volcanoes: runtime.volcanoes, receiverNames: runtime.receiverNames, today: AcquisitionDate(now))
        switch change {
        case .unchanged: return .none
        case .invalid(let errors):
            priorityProblem = errors.description
            return .refused(errors)
        case .valid(let list, let changes):
            priorityProblem = nil
            priorities = list
            guard !changes.isEmpty else { return .none }
            unrecorded.append(PriorityRecord(content: text ?? "", summary: changes.map(\.description).joined(separator: "; "), at: now))
            return .adopted(changes)
        }
    }

    /// A change of the priority list that the ledger does not have yet.
    private struct PriorityRecord {
        let content: String
        let summary: String
        let at: Date
    }

    private var unrecorded: [PriorityRecord] = []

    /// Records what was adopted; what the ledger does not take (a full disk) is kept and tried again.
    private func recordPriorities() async throws {
        while let record = unrecorded.first {
            try await ledger.recordPriorityChange(
                contentHash: Checksums.sha256(of: Data(record.content.utf8)), content: record.content, summary: record.summary, at: record.at)
            unrecorded.removeFirst()
        }
    }

    /// Asks the catalogues that can tell at once which frames they hold.
    /// - Returns: whether there were new ones.
    @discardableResult
    func discoverFrames() async throws -> Bool {
        var found: Set<FrameID> = []
        for catalogue in runtime.catalogues.catalogues {
            // A folder that is not there yet is the poller's to report, frame by frame and in status.
            do { found.formUnion(try await catalogue.allFrames() ?? []) } catch { discoveryProblem = "\(error)" }
        }
        guard found != discovered else { return false }
        discovered = found
        return true
    }

    private(set) var discoveryProblem: String?

    func lookForFrames(now: Date) async throws {
        discoveryProblem = nil
        if try await discoverFrames() { try await replan(now: now) }
    }

    /// Keeps a frame's outline, which may take volcanoes from the frame, or the frame from the plan.
    func learn(_ polygon: FramePolygon, of frame: FrameID, now: Date) async throws {
        try await ledger.recordPolygon(polygon, of: frame)
        polygons[frame] = polygon
        try await replan(now: now)
    }

    func polygon(of frame: FrameID) -> FramePolygon? { polygons[frame] }

    // MARK: The plan

    private var levelsInForce: [VolcanoNumber: Int] = [:]

    private func levels(_ now: Date) -> [VolcanoNumber: Int] {
        Dictionary(priorities.active(on: AcquisitionDate(now)).map { ($0.volcano.number, $0.level.rank) }, uniquingKeysWith: max)
    }

    private func replan(now: Date, atStart: Bool = false) async throws {
        levelsInForce = levels(now)
        let active = priorities.active(on: AcquisitionDate(now))
        plan = WatchPlan(
            watch: WatchList(runtime.settings.watch, from: runtime.volcanoes, also: active.map(\.volcano)), list: runtime.frames,
            discovered: discovered.sorted(), polygons: polygons, levels: levelsInForce)
        try await ledger.setFramePriority(plan.frames.compactMapValues { $0.level > 0 ? $0.level : nil })
        let last = atStart ? try await lastPolls() : [:]
        schedule.plan(runtime.settings.polling.wishes(for: plan, in: runtime.settings.catalogues), now: clock.now) { target, wish in
            // After a restart the rhythm goes on: what was polled a moment ago waits, what is overdue is polled now.
            guard wish.level == 0, let seen = last[target] else { return .zero }
            let rest = wish.interval - .seconds(max(0, now.timeIntervalSince(seen)))
            return min(max(rest, .zero), wish.interval)
        }
    }

    private func lastPolls() async throws -> [PollTarget: Date] {
        Dictionary(
            try await ledger.reader.polling().compactMap { polling in
                polling.lastSuccess.map { (PollTarget(frame: polling.frame, catalogue: polling.catalogue), $0) }
            }, uniquingKeysWith: max)
    }

    /// The volcanoes that a frame may show; empty for a frame that left the plan.
    func volcanoes(in frame: FrameID) -> [Volcano] { plan.frames[frame]?.volcanoes ?? [] }

    func priority(of volcano: VolcanoNumber, now: Date) -> PriorityEntry? {
        priorities[volcano].flatMap { $0.isActive(on: AcquisitionDate(now)) ? $0 : nil }
    }

    // MARK: The schedule

    /// What to list next; nil when nothing is due.
    func takeDue() -> PollTarget? { schedule.take(now: clock.now) }

    func finish(_ target: PollTarget, delay: Duration? = nil) {
        schedule.finish(target, now: clock.now, delay: delay, random: .random(in: 0..<1))
    }
}
