import Catalogue
import Configuration
import Domain
import FoundationEssentials
import Ledger
import Service

/// Lists frames when they are due and puts what is new into the ledger.
actor FramePoller {
    private let watch: Watch
    private let ledger: LedgerDatabase
    private let log: Log
    /// Called by each lane, by its number, between two polls.
    private let progress: @Sendable (_ lane: Int) -> Void
    /// Called when something new waits.
    private let found: @Sendable () async -> Void
    private var memory: [PollTarget: Memory] = [:]

    /// What makes the next poll of a target cheap. Lost with the process, which costs one full listing each.
    private struct Memory {
        var validator: ListingValidator?
        var fullListing: Date?
        var failures = 0
        /// When "unchanged" was last recorded.
        var recorded: Date?
    }

    init(
        watch: Watch, ledger: LedgerDatabase, log: Log, progress: @escaping @Sendable (Int) -> Void, found: @escaping @Sendable () async -> Void
    ) {
        self.watch = watch
        self.ledger = ledger
        self.log = log
        self.progress = progress
        self.found = found
    }

    /// Polls at the same time; the transport limits how many go to one host.
    static let lanes = 4

    /// Polls until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for lane in 0..<Self.lanes { group.addTask { await self.work(lane) } }
        }
    }

    private func work(_ lane: Int) async {
        while !Task.isCancelled {
            progress(lane)
            if let target = await watch.takeDue() {
                let delay = await poll(target)
                await watch.finish(target, delay: delay)
            } else {
                do { try await Task.sleep(for: .milliseconds(200)) } catch { return }
            }
        }
    }

    /// - Returns: when to come back instead of after the usual interval.
    func poll(_ target: PollTarget) async -> Duration? {
        guard let catalogue = await watch.runtime.catalogues[target.catalogue] else { return nil }
        let now = Date()
        do {
            try await learnPolygon(of: target.frame, from: catalogue)
            switch try await catalogue.list(target.frame, unlessUnchanged: validator(of: target, now: now)) {
            case .unchanged:
                try await recordUnchanged(target, now: now)
                return nil
            case .listing(let listing):
                return try await record(listing, of: target, now: now)
            }
        } catch let error as CatalogueError where error.fault == .cancelled {
            return nil
        } catch let error as CatalogueError {
            return await fail(target, error)
        } catch {
            if Task.isCancelled { return nil }
            complain("a listing could not be recorded; the frame is polled again", target, "\(error)")
            return .seconds(5)
        }
    }

    /// A full listing at least once a day: an index may say "unchanged" although a pair was replaced in place.
    private func validator(of target: PollTarget, now: Date) -> ListingValidator? {
        guard let known = memory[target], let full = known.fullListing, (0..<86_400).contains(now.timeIntervalSince(full)) else { return nil }
        return known.validator
    }

    /// A drop folder is looked at every few seconds: writing each time that nothing has changed would keep the disk busy.
    private func recordUnchanged(_ target: PollTarget, now: Date) async throws {
        guard isWorthRecording(target, now) else { return }
        try await ledger.recordUnchanged(target.frame, in: target.catalogue, at: now)
        memory[target, default: Memory()].failures = 0
        memory[target, default: Memory()].recorded = now
    }

    private func isWorthRecording(_ target: PollTarget, _ now: Date) -> Bool {
        guard let last = memory[target], last.failures == 0, let recorded = last.recorded else { return true }
        return !(0..<60).contains(now.timeIntervalSince(recorded))
    }

    private func record(_ listing: FrameListing, of target: PollTarget, now: Date) async throws -> Duration? {
        let isLocal = await isLocal(target)
        if isLocal && listing.pairs.isEmpty {
            // A drop folder need not hold every frame.
            let isNews = memory[target]?.validator != listing.validator
            try await recordAbsent(target, now: now)
            memory[target, default: Memory()].validator = listing.validator
            if isNews { tell(listing.remarks, of: target) }
            return listing.lookAgainAfter.map { .seconds($0) }
        }
        let pairs = listing.pairs.map { Listed(interferogram: $0.id, source: $0.location.description, version: $0.version) }
        let changes = try await ledger.recordListing(
            pairs, of: target.frame, in: target.catalogue, first: isLocal ? .queue : .baseline, at: now)
        // A page that lacks something may bear the tag of the good one (a proxy, a page that was tampered with): it must not hide its recovery.
        memory[target] = Memory(validator: changes.doubt == nil ? listing.validator : nil, fullListing: now)
        tell(listing.remarks, of: target)
        if !changes.vanished.isEmpty || changes.doubt != nil {
            log.warning(
                "a listing lacks what was there before; nothing known is lost",
                fields(target) + ["reason": changes.doubt ?? "\(changes.vanished.count) pairs listed before no longer appear"])
        }
        if !changes.baseline.isEmpty {
            log.notice("the archive of a frame is known; nothing in it is alerted on", fields(target) + ["pairs": "\(changes.baseline.count)"])
        }
        for interferogram in changes.new + changes.superseding {
            log.info(
                changes.new.contains(interferogram) ? "a new interferogram is listed" : "a reprocessed interferogram is listed",
                fields(target) + ["pair": "\(interferogram.pair)"])
        }
        if !(changes.new.isEmpty && changes.superseding.isEmpty) { await found() }
        return listing.lookAgainAfter.map { .seconds($0) }
    }

    private func tell(_ remarks: [ListingRemark], of target: PollTarget) {
        for remark in remarks.prefix(10) {
            log.notice("something in a listing was not taken", fields(target) + ["detail": "\(remark)"])
        }
    }

    private func learnPolygon(of frame: FrameID, from catalogue: any InterferogramCatalogue) async throws {
        guard await watch.polygon(of: frame) == nil else { return }
        switch await polygon(of: frame, from: catalogue) {
        case .success(let polygon):
            if let polygon { try await watch.learn(polygon, of: frame) }
        case .failure(let error) where [.unreadable, .tooLarge, .denied].contains(error.fault):
            // The listing is worth having without it: coverage is then decided by the raster.
            log.warning("a frame's polygon cannot be read", ["frame": frame.name, "error": "\(error)"])
        case .failure(let error): throw error
        }
    }

    private func polygon(
        of frame: FrameID, from catalogue: any InterferogramCatalogue
    ) async -> Result<FramePolygon?, CatalogueError> {
        do throws(CatalogueError) { return .success(try await catalogue.polygon(of: frame)) } catch { return .failure(error) }
    }

    private func isLocal(_ target: PollTarget) async -> Bool {
        await watch.runtime.settings.catalogues.first { $0.name == target.catalogue }?.source.isLocal ?? false
    }

    /// The frame is not in this catalogue, which is no fault.
    private func recordAbsent(_ target: PollTarget, now: Date) async throws {
        guard isWorthRecording(target, now) else { return }
        try await ledger.recordUnchanged(target.frame, in: target.catalogue, isHealthy: true, at: now)
        memory[target] = Memory(recorded: now)
    }

    /// Exponential, from a minute to the frame's own interval (an hour at most), or what the server asks for.
    private func fail(_ target: PollTarget, _ error: CatalogueError) async -> Duration? {
        let now = Date()
        do {
            // Every frame is in one catalogue or the other; "not found" is trouble only where it was found before.
            let known = try await ledger.reader.polling(frame: target.frame).first { $0.catalogue == target.catalogue }
            if error.fault == .notFound, (known?.pairs ?? 0) == 0 {
                try await recordAbsent(target, now: now)
                log.debug("a catalogue does not have a frame", fields(target))
                return nil
            }
        } catch {
            complain("a failed poll could not be recorded", target, "\(error)")
        }
        // The next listing is wanted in full: an "unchanged" would not tell whether the trouble is over.
        let failures = memory[target, default: Memory()].failures + 1
        memory[target] = Memory(failures: failures)
        do {
            try await ledger.recordPollFailure(
                "\(error)", of: target.frame, in: target.catalogue, degraded: failures >= 3 || !error.fault.mayPassInAMoment ? "\(error)" : nil,
                at: now)
        } catch {
            complain("a failed poll could not be recorded", target, "\(error)")
        }
        log.warning("a frame could not be listed; it is tried again", fields(target) + ["error": "\(error)", "failures": "\(failures)"])
        if let asked = error.retryAfter { return .seconds(min(max(asked, 1), 3600)) }
        let longest = min(max(await watch.interval(of: target) ?? .seconds(60), .seconds(60)), .seconds(3600))
        return min(.seconds(60 * (1 << min(failures - 1, 6))), longest)
    }

    private func complain(_ message: StaticString, _ target: PollTarget, _ error: String) {
        log.error(message, fields(target) + ["error": error])
    }

    private func fields(_ target: PollTarget) -> [String: String] { ["frame": target.frame.name, "catalogue": target.catalogue] }
}

func + (a: [String: String], b: [String: String]) -> [String: String] { a.merging(b) { $1 } }

extension CatalogueError.Fault {
    /// A single time-out among a thousand frames is not worth a word to the operator; what the server says in clear is.
    fileprivate var mayPassInAMoment: Bool {
        switch self {
        case .unreachable, .busy, .cancelled, .diskFull, .storage: true
        default: false
        }
    }
}
