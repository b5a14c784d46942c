import Configuration
import Detection
import Foundation
import Ledger
import Service

/// What must happen every second or so: looks at the priority list and at drop folders, notices steps of the wall clock, and proves that
/// ledger and detection still answer.
struct Heart: Sendable {
    let watch: Watch
    let ledger: LedgerDatabase
    let pipeline: InterferogramPipeline
    let log: Log
    let notifier: ServiceNotifier
    let beat: @Sendable () -> Void

    func run() async {
        var lastWall = Date()
        var lastSteady = ContinuousClock.now
        while !Task.isCancelled {
            do {
                try await pipeline.answer()
                await lookAtPriorities()
                try await watch.lookForFrames(now: Date())
                let (wall, steady) = (Date(), ContinuousClock.now)
                let step = wall.timeIntervalSince(lastWall) - (steady - lastSteady) / .seconds(1)
                (lastWall, lastSteady) = (wall, steady)
                if abs(step) > 60 { try await follow(step) }
                let counts = try await ledger.reader.counts()
                notifier.status("\(await watch.plan.frames.count) frames watched, \(counts.waiting) interferograms waiting")
                beat()
            } catch is CancellationError {
                return
            } catch {
                log.error("the daemon's state could not be looked at; it is tried again", ["error": "\(error)"])
            }
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }

    private func lookAtPriorities() async {
        do {
            switch try await watch.lookAtPriorities(now: Date()) {
            case .none: break
            case .adopted(let changes):
                for change in changes { log.notice("the priority list has changed", ["change": "\(change)"]) }
            case .refused(let errors):
                log.error("the priority list is wrong; the one before stays in force", ["errors": "\(errors)"])
            }
        } catch {
            log.error("a change of the priority list could not be recorded; it is tried again", ["error": "\(error)"])
        }
    }

    /// Waiting times were set by the clock that has just been changed (P9).
    private func follow(_ step: TimeInterval) async throws {
        log.warning("the wall clock was set; waiting times move with it", ["seconds": "\(Int(step))"])
        try await ledger.shiftSchedules(by: step)
        try await ledger.recordEvent(.clockStep, "\(Int(step)) s", at: Date())
    }
}
