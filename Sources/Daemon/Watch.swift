import Catalogue
import Checksums
import Configuration
import Detection
import Domain
import FoundationEssentials
import Ledger
import Volcanoes

/// What is watched at this moment: the configuration in force, the priority list, the frames and when each is polled.
///
/// Changes are made one after the other: one that waits for a slow drop folder must not overwrite what a reload did meanwhile.
actor Watch {
    private(set) var runtime: Runtime
    private(set) var plan: WatchPlan
    /// What the first look at the priority file led to.
    let firstNews: PriorityNews
    /// Why a local catalogue cannot be looked into.
    private(set) var discoveryProblem: String?

    private var desk: PriorityDesk
    private var schedule: PollSchedule<PollTarget>
    private var polygons: [FrameID: FramePolygon]
    /// The frames in each local catalogue.
    private var held: [String: Set<FrameID>] = [:]
    private var levelsInForce: [VolcanoNumber: Int] = [:]
    /// As the ledger has them; nil while that is not known.
    private var storedPriorities: [FrameID: Int]?
    private var lastChange: Task<Void, Never>?
    private let ledger: LedgerDatabase
    private let clock = ContinuousClock()

    init(_ runtime: Runtime, ledger: LedgerDatabase, now: Date) async throws {
        self.runtime = runtime
        self.ledger = ledger
        schedule = PollSchedule(jitter: runtime.settings.polling.jitter)
        polygons = try await ledger.reader.polygons()
        var desk = PriorityDesk(runtime.settings.priorityList)
        firstNews = desk.look(volcanoes: runtime.volcanoes, receiverNames: runtime.receiverNames, now: now)
        self.desk = desk
        plan = WatchPlan(
            coverage: FrameCoverage(WatchList(WatchSelection(), from: VolcanoList([])), list: FrameList([:])), discovered: [], polygons: [:],
            levels: [:])
        _ = takeOver(await Self.look(into: runtime.catalogues))
        replan(now: now, last: try await lastPolls())
        try await storeChanges()
    }

    // MARK: Changes

    /// Puts a new configuration in force. What the ledger does not take of it now is stored by ``storeChanges()`` later.
    func adopt(_ new: Runtime, now: Date) async throws -> PriorityNews {
        try await inTurn { watch in
            let old = watch.runtime.settings
            // A model that judges is better than a stand-in for one that was damaged meanwhile.
            watch.runtime = new.modelProblem.map { new.using(watch.runtime.detector.model, problem: $0) } ?? new
            watch.schedule.jitter = new.settings.polling.jitter
            if new.settings.priorityList != old.priorityList {
                watch.desk = PriorityDesk(new.settings.priorityList, inForce: watch.desk.list)
            }
            // A catalogue that is another one now holds nothing until it is looked into.
            let kept = Set(new.settings.catalogues).intersection(old.catalogues).map(\.name)
            watch.held = watch.held.filter { kept.contains($0.key) }
            let news = watch.lookAtFile(now: now)
            watch.replan(now: now)
            return news
        }
    }

    /// Judges with another model from now on; nil keeps the one that judges.
    /// - Parameter problem: why it is not the one that was promoted, if it is not.
    func use(_ model: CNNModel?, problem: String?) async throws {
        try await inTurn { watch in
            // A configuration that names a model may have come in between.
            guard watch.runtime.store != nil else { return }
            watch.runtime = watch.runtime.using(model ?? watch.runtime.detector.model, problem: problem)
        }
    }

    /// Looks at the priority file and at the day: entries expire at midnight.
    func lookAtPriorities(now: Date) async throws -> PriorityNews {
        try await inTurn { watch in
            let news = watch.lookAtFile(now: now)
            if watch.levels(now) != watch.levelsInForce || watch.priorityVolcanoes(now) != watch.extraVolcanoes { watch.replan(now: now) }
            return news
        }
    }

    /// Looks into the local catalogues for new frames. May take as long as a file server hangs, and holds up nothing else meanwhile.
    func lookForFrames(now: Date) async throws {
        let asked = runtime
        let looks = await Self.look(into: asked.catalogues)
        try await inTurn { watch in
            guard watch.runtime.settings.catalogues == asked.settings.catalogues else { return }
            if watch.takeOver(looks) { watch.replan(now: now) }
        }
    }

    /// Keeps a frame's outline, which may take volcanoes from the frame, or the frame from the plan.
    func learn(_ polygon: FramePolygon, of frame: FrameID) async throws {
        try await ledger.recordPolygon(polygon, of: frame)
        try await inTurn { watch in
            watch.polygons[frame] = polygon
            watch.plan.setOutline(polygon, of: frame)
            let wishes = watch.wishes(for: watch.plan.frames[frame].map { [frame: $0] } ?? [:])
            for catalogue in watch.runtime.settings.catalogues {
                let target = PollTarget(frame: frame, catalogue: catalogue.name)
                watch.schedule.change(target, to: wishes[target], now: watch.clock.now)
            }
        }
        try await storeChanges()
    }

    /// Brings the ledger up to date with the priority list and the frames that it makes urgent. What fails (a full disk) is tried again by
    /// the next call.
    func storeChanges() async throws {
        try await inTurn { watch in
            for record in watch.desk.unrecorded {
                try await watch.ledger.recordPriorityChange(
                    contentHash: Checksums.sha256(of: Data(record.content.utf8)), content: record.content, summary: record.summary, at: record.at)
                watch.desk.markRecorded(record)
            }
            let priorities = watch.plan.priorities
            guard priorities != watch.storedPriorities else { return }
            try await watch.ledger.setFramePriority(priorities)
            watch.storedPriorities = priorities
        }
    }

    /// Runs one change after the other, whichever task asks for it.
    private func inTurn<Value: Sendable>(_ change: @escaping @Sendable (isolated Watch) async throws -> Value) async throws -> Value {
        let before = lastChange
        let task = Task {
            await before?.value
            return try await change(self)
        }
        // How it ended is for its caller; the next one waits for its end only.
        lastChange = Task { _ = await task.result }
        return try await task.value
    }

    private func lookAtFile(now: Date) -> PriorityNews {
        desk.look(volcanoes: runtime.volcanoes, receiverNames: runtime.receiverNames, now: now)
    }

    private typealias Looks = [String: Result<[FrameID], CatalogueError>]

    /// Asks the catalogues that can tell at once which frames they hold.
    private static func look(into catalogues: CatalogueSet) async -> Looks {
        var looks: Looks = [:]
        for catalogue in catalogues.catalogues {
            do throws(CatalogueError) {
                looks[catalogue.name] = try await catalogue.allFrames().map { .success($0) }
            } catch {
                looks[catalogue.name] = .failure(error)
            }
        }
        return looks
    }

    /// A catalogue that cannot be looked into keeps the frames it had.
    /// - Returns: whether anything changed.
    private func takeOver(_ looks: Looks) -> Bool {
        var (found, problems): ([String: Set<FrameID>], [String]) = ([:], [])
        for (name, look) in looks.sorted(by: { $0.key < $1.key }) {
            switch look {
            case .success(let frames): found[name] = Set(frames)
            case .failure(let error):
                found[name] = held[name]
                problems.append("\(name): \(error)")
            }
        }
        discoveryProblem = problems.isEmpty ? nil : problems.joined(separator: "; ")
        defer { held = found }
        return found != held
    }

    // MARK: The plan

    private var extraVolcanoes: [Volcano] = []

    private func priorityVolcanoes(_ now: Date) -> [Volcano] { desk.list.active(on: AcquisitionDate(now)).map(\.volcano) }

    private func levels(_ now: Date) -> [VolcanoNumber: Int] {
        Dictionary(desk.list.active(on: AcquisitionDate(now)).map { ($0.volcano.number, $0.level.rank) }, uniquingKeysWith: max)
    }

    /// - Parameter last: at the start, when each target was last polled.
    private func replan(now: Date, last: [PollTarget: Date] = [:]) {
        levelsInForce = levels(now)
        extraVolcanoes = priorityVolcanoes(now)
        let watched = WatchList(runtime.settings.watch, from: runtime.volcanoes, also: extraVolcanoes)
        plan = WatchPlan(
            coverage: FrameCoverage(watched, list: runtime.frames), discovered: held.values.reduce(into: []) { $0.formUnion($1) }, polygons: polygons,
            levels: levelsInForce)
        schedule.plan(wishes(for: plan.frames), now: clock.now) { target, wish in
            // After a restart the rhythm goes on: what was polled a moment ago waits, what is overdue is polled now.
            guard wish.level == 0, let seen = last[target] else { return .zero }
            let rest = wish.interval - .seconds(max(0, now.timeIntervalSince(seen)))
            return min(max(rest, .zero), wish.interval)
        }
    }

    private func wishes(for frames: [FrameID: WatchPlan.Frame]) -> [PollTarget: PollSchedule<PollTarget>.Wish] {
        runtime.settings.polling.wishes(for: frames, in: runtime.settings.catalogues, held: held)
    }

    private func lastPolls() async throws -> [PollTarget: Date] {
        Dictionary(
            try await ledger.reader.polling().compactMap { polling in
                polling.lastSuccess.map { (PollTarget(frame: polling.frame, catalogue: polling.catalogue), $0) }
            }, uniquingKeysWith: max)
    }

    // MARK: Questions

    var priorities: PriorityList { desk.list }

    /// Why the priority file as it now is does not count; nil while it does.
    var priorityProblem: String? { desk.problem }

    func polygon(of frame: FrameID) -> FramePolygon? { polygons[frame] }

    /// The watched volcanoes that a frame may show, whether it is polled at this moment or not (a drop folder may be away for a while).
    func volcanoes(in frame: FrameID) -> [Volcano] { plan.coverage.volcanoes(in: frame, outline: polygons[frame]) }

    func priority(of volcano: VolcanoNumber, now: Date) -> PriorityEntry? {
        desk.list[volcano].flatMap { $0.isActive(on: AcquisitionDate(now)) ? $0 : nil }
    }

    /// How often each target is polled.
    var intervals: [PollTarget: Duration] { wishes(for: plan.frames).mapValues(\.interval) }

    // MARK: The schedule

    /// What to list next; nil when nothing is due.
    func takeDue() -> PollTarget? { schedule.take(now: clock.now) }

    /// How often a target is polled; nil for one that left the plan.
    func interval(of target: PollTarget) -> Duration? { schedule.interval(of: target) }

    func finish(_ target: PollTarget, delay: Duration? = nil) {
        schedule.finish(target, now: clock.now, delay: delay, random: .random(in: 0..<1))
    }
}
