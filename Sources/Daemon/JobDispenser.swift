import Domain
import FoundationEssentials
import Ledger

/// Hands waiting interferograms to the workers, the most urgent first, each to one worker only.
actor JobDispenser {
    private let ledger: LedgerDatabase
    private var running: Set<InterferogramID> = []

    init(ledger: LedgerDatabase) { self.ledger = ledger }

    /// - Parameter urgentOnly: for the worker that is kept free for priority volcanoes, so that slow downloads cannot take every place.
    /// - Returns: nil when nothing (or nothing urgent) may be tried now.
    func next(urgentOnly: Bool, at now: Date) async throws -> Job? {
        while true {
            let jobs = try await ledger.reader.nextJobs(limit: 1, at: now, except: running)
            guard let job = jobs.first, !urgentOnly || job.priority > 0 else { return nil }
            // While the ledger was read another worker may have taken the same one: then the next is ours.
            guard running.insert(job.interferogram).inserted else { continue }
            return job
        }
    }

    func finish(_ job: Job) { running.remove(job.interferogram) }
}
