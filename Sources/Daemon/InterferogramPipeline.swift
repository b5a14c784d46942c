import Catalogue
import Configuration
import Detection
import Domain
import FoundationEssentials
import Ledger
import Raster
import Service

/// Takes waiting interferograms from the ledger through fetching, reading and scoring to a decision.
///
/// Every step may be repeated: a crash at any moment costs at most the work since the last commit.
struct InterferogramPipeline: Sendable {
    let watch: Watch
    let ledger: LedgerDatabase
    let fetcher: @Sendable (Runtime, _ isUrgent: Bool) -> ProductFetcher
    let decider: Decider
    let shelf: CropShelf
    let log: Log
    let wakeups: Wakeups
    /// Called by each worker, by its number, between two interferograms.
    let progress: @Sendable (_ worker: Int) -> Void
    private let dispenser: JobDispenser
    private let detectionThread = BlockingWork("detection", inTurn: true)

    init(
        watch: Watch, ledger: LedgerDatabase, fetcher: @escaping @Sendable (Runtime, Bool) -> ProductFetcher, decider: Decider,
        shelf: CropShelf, log: Log, wakeups: Wakeups, progress: @escaping @Sendable (Int) -> Void
    ) {
        self.watch = watch
        self.ledger = ledger
        self.fetcher = fetcher
        self.decider = decider
        self.shelf = shelf
        self.log = log
        self.wakeups = wakeups
        self.progress = progress
        dispenser = JobDispenser(ledger: ledger)
    }

    /// Interferograms at the same time. Worker 0 takes those of priority volcanoes only.
    static let workers = 4

    /// Works until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<Self.workers { group.addTask { await work(worker) } }
        }
    }

    /// Returns once the detection thread has done what was before it: a sign that it is not stuck.
    func answer() async throws { try await detectionThread.run {} }

    private func work(_ worker: Int) async {
        while !Task.isCancelled {
            progress(worker)
            let seen = await wakeups.count
            do {
                if let job = try await dispenser.next(urgentOnly: worker == 0, at: Date()) {
                    await process(job)
                    await dispenser.finish(job)
                } else {
                    await wakeups.wait(atMost: .seconds(2), since: seen)
                }
            } catch {
                if Task.isCancelled { return }
                log.error("the ledger cannot be read; it is tried again", ["error": "\(error)"])
                await wakeups.wait(atMost: .seconds(5))
            }
        }
    }

    private func process(_ job: Job) async {
        do {
            try await assess(job)
        } catch let error as CatalogueError where error.fault == .cancelled {
            return
        } catch is CancellationError {
            return
        } catch let error as LedgerError where error.isTemporary {
            if Task.isCancelled { return }
            // Nothing was stored, so nothing may follow from it; the interferogram still waits.
            log.error("the ledger did not take a result; the interferogram is worked on again", job.fields + ["error": "\(error)"])
            await wakeups.wait(atMost: .seconds(10))
        } catch let error as CatalogueError where error.fault == .diskFull {
            // Not the interferogram's fault: it counts as no attempt and does not make the next one wait for hours (P10).
            log.error("there is no room for an interferogram's files; it is worked on again", job.fields + ["error": "\(error)"])
            await wakeups.wait(atMost: .seconds(10))
        } catch {
            await fail(job, error)
        }
    }

    private func assess(_ job: Job) async throws {
        let runtime = await watch.runtime
        var clock = StageClock()
        guard let catalogue = runtime.catalogues[job.catalogue] else { throw JobError.noCatalogue(job.catalogue) }
        guard await !watch.volcanoes(in: job.interferogram.frame).isEmpty else {
            // A setting that changed while it waited: not worth a download.
            try await ledger.recordOutcome(
                .notAssessable("its frame shows no watched volcano"), of: job.interferogram, version: job.version, at: Date())
            return
        }
        let products = try await catalogue.products(of: job.listed)
        clock.mark("resolve")
        let fetcher = fetcher(runtime, job.priority > 0)
        let fetched = try await fetcher.fetch(products)
        clock.mark("fetch")
        do {
            try await judge(job, fetched, source: products.source, &clock)
        } catch {
            await discard(fetched, fetcher, job)
            throw error
        }
        await discard(fetched, fetcher, job)
    }

    /// A file that cannot be removed is no reason to doubt the result; the next start removes it.
    private func discard(_ fetched: FetchedPair, _ fetcher: ProductFetcher, _ job: Job) async {
        do { try await fetcher.discard(fetched) } catch {
            log.warning("an interferogram's files could not be removed", job.fields + ["error": "\(error)"])
        }
    }

    private func judge(_ job: Job, _ fetched: FetchedPair, source: String, _ stages: inout StageClock) async throws {
        // A download may have taken an hour: what is in force now decides.
        let runtime = await watch.runtime
        let volcanoes = await watch.volcanoes(in: job.interferogram.frame)
        let (reading, results, clock) = try await detectionThread.run { [stages] in
            var clock = stages
            let reading = try CropReading(
                phase: fetched.phase.file, coherence: fetched.coherence?.file, volcanoes: volcanoes, threads: runtime.detector.threads)
            clock.mark("read")
            let results = try runtime.detector.assess(reading.entries.map(\.crop))
            clock.mark("classify")
            return (reading, results, clock)
        }
        stages = clock
        for problem in [reading.coherenceProblem, fetched.coherenceProblem.map({ "\($0)" })].compactMap(\.self) {
            log.warning("an interferogram's coherence was not used", job.fields + ["error": problem])
        }
        let assessments = zip(reading.entries, results).map { entry, result in
            Assessment(
                interferogram: job.interferogram, volcano: entry.volcano.number, model: runtime.detector.model.id, result: result.result)
        }
        try await ledger.recordScores(assessments, of: job.interferogram, version: job.version, timings: stages.seconds, at: Date())
        stages.mark("record")
        let scenes = zip(reading.entries, zip(assessments, results)).map { entry, pair in
            AssessedScene(
                volcano: entry.volcano, assessment: pair.0, phase: entry.crop.phase, coherence: entry.crop.coherence, probability: pair.1.probability)
        }
        let told = try await decider.decide(job, scenes: scenes, source: source, runtime: runtime)
        stages.mark("decide")
        await keep(scenes, job, runtime)
        log.info(
            "an interferogram is assessed",
            job.fields + [
                "volcanoes": "\(scenes.count)", "p_max": scenes.compactMap { $0.assessment.finding?.pMax.value }.max().map { "\($0)" } ?? "none",
                "alerts": "\(told)", "seconds": stages.description,
            ])
    }

    /// What was flagged may be judged by an expert, and teach. A crop that cannot be kept is no reason to doubt the result.
    private func keep(_ scenes: [AssessedScene], _ job: Job, _ runtime: Runtime) async {
        for scene in scenes {
            let volcano = scene.volcano.number
            guard let finding = scene.assessment.finding, finding.pMax >= runtime.settings.alerting.rules(for: volcano).release else { continue }
            do {
                try await shelf.keep(scene.phase, as: CropShelf.name(job.interferogram, version: job.version, volcano: volcano))
            } catch {
                log.warning("a flagged crop could not be kept for review", job.fields + ["volcano": scene.volcano.name, "error": "\(error)"])
            }
        }
    }

    private func fail(_ job: Job, _ error: any Error) async {
        let now = Date()
        let isFinal: Bool
        var asked: TimeInterval?
        switch error {
        case let error as CatalogueError:
            isFinal = !error.isTemporary
            asked = error.retryAfter
        // A damaged file may be replaced without notice, so it is fetched again a few times.
        case let error as RasterError: isFinal = !error.isTemporary && job.attempts >= 2
        // Also what the ledger refuses for good (a contradiction): with waits, so that it does not hold up the others, and not for ever.
        default: isFinal = false
        }
        do {
            if !isFinal, let wait = FetchRetries.wait(afterFailures: job.attempts + 1, asked: asked) {
                try await ledger.recordRetry(
                    job.interferogram, version: job.version, error: "\(error)", notBefore: now.addingTimeInterval(wait), at: now)
                log.warning(
                    "an interferogram could not be assessed; it is tried again", job.fields + ["error": "\(error)", "wait_s": "\(Int(wait))"])
            } else {
                try await ledger.recordOutcome(.rejected("\(error)"), of: job.interferogram, version: job.version, at: now)
                log.error("an interferogram is rejected", job.fields + ["error": "\(error)"])
            }
        } catch {
            log.error("the ledger did not take a failure; the interferogram is worked on again", job.fields + ["error": "\(error)"])
            await wakeups.wait(atMost: .seconds(10))
        }
    }
}

/// One volcano's part of an interferogram, with what a picture of it needs.
struct AssessedScene: Sendable {
    let volcano: Volcano
    let assessment: Assessment
    let phase: RasterGrid
    let coherence: RasterGrid?
    let probability: RasterGrid?
}

/// A job that cannot be done as things are configured.
enum JobError: Error, CustomStringConvertible {
    case noCatalogue(String)

    var description: String {
        switch self {
        case .noCatalogue(let name):
            "its catalogue \(name) is no longer configured; it is tried again for some days, or as soon as another catalogue lists it"
        }
    }
}

extension Job {
    var fields: [String: String] { ["frame": interferogram.frame.name, "pair": interferogram.pair.description] }

    /// What the catalogue listed, rebuilt from what the ledger keeps of it.
    var listed: ListedPair {
        let remote = source.hasPrefix("http://") || source.hasPrefix("https://") ? URL(string: source) : nil
        return ListedPair(id: interferogram, location: remote.map(ProductLocation.remote) ?? .local(path: source), version: product)
    }
}

/// Seconds from mark to mark.
struct StageClock: Sendable, CustomStringConvertible {
    private(set) var seconds: [String: Double] = [:]
    private var order: [String] = []
    private var last = ContinuousClock.now

    mutating func mark(_ stage: String) {
        let now = ContinuousClock.now
        seconds[stage] = (now - last) / .seconds(1)
        order.append(stage)
        last = now
    }

    var description: String { order.map { "\($0) \(((seconds[$0] ?? 0) * 1000).rounded() / 1000)" }.joined(separator: ", ") }
}
