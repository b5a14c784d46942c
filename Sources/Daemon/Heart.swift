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

    /// Seconds between two looks.
    private static let pause = Duration.seconds(1)

    func run() async {
        var step = ClockStep(wall: Date(), steady: .now)
        var beats = 0
        while !Task.isCancelled {
            do {
                try await pipeline.answer()
                try await watch.lookAtPriorities(now: Date()).write(to: log)
                _ = try await ledger.reader.nextJobDue()
                // Counting everything is dear in a great ledger.
                if beats % 30 == 0 { try await reportState() }
                beats += 1
                beat()
            } catch is CancellationError {
                return
            } catch {
                log.error("the daemon's state could not be looked at; it is tried again", ["error": "\(error)"])
            }
            await store(&step)
            do { try await Task.sleep(for: Self.pause) } catch { return }
        }
    }

    /// Looks for frames that are new in drop folders. Beside ``run()``, because a file server that hangs must not stop the heart.
    func lookForFrames() async {
        while !Task.isCancelled {
            do { try await watch.lookForFrames(now: Date()) } catch {
                log.error("the drop folders could not be looked at; it is tried again", ["error": "\(error)"])
            }
            do { try await Task.sleep(for: Self.pause) } catch { return }
        }
    }

    private func reportState() async throws {
        let counts = try await ledger.reader.counts()
        notifier.status("\(await watch.plan.frames.count) frames watched, \(counts.waiting) interferograms waiting")
    }

    /// Writes what is to be remembered. The heart beats on while that fails: a full disk is no reason to restart (P10).
    private func store(_ step: inout ClockStep) async {
        do {
            try await watch.storeChanges()
            let seconds = step.seconds(wall: Date(), steady: .now)
            guard abs(seconds) > 60 else { return }
            // Waiting times were set by the clock that has just been changed (P9).
            log.warning("the wall clock was set; waiting times move with it", ["seconds": "\(Int(seconds))"])
            try await ledger.shiftSchedules(by: seconds)
            step = ClockStep(wall: Date(), steady: .now)
            try await ledger.recordEvent(.clockStep, "\(Int(seconds)) s", at: Date())
        } catch {
            log.error("a change could not be recorded; it is tried again", ["error": "\(error)"])
        }
    }
}

/// By how much the wall clock has left the steady one since they were last compared.
struct ClockStep: Sendable {
    let wall: Date
    let steady: ContinuousClock.Instant

    /// Positive where the wall clock was set forward.
    func seconds(wall now: Date, steady steadyNow: ContinuousClock.Instant) -> TimeInterval {
        now.timeIntervalSince(wall) - (steadyNow - steady) / .seconds(1)
    }
}
