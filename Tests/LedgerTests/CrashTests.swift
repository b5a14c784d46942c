import Domain
import Foundation
import Testing

@testable import Ledger

/// The process is killed for good while it commits one interferogram after another.
struct CrashTests {
    static let count = 60

    /// Commits before the fatal one, and microseconds into it.
    @Test(arguments: [(1, 300), (4, 1000), (8, 2000), (12, 4000), (16, 8000)])
    func `P1 P2 a process killed while committing leaves every interferogram whole or untouched`(
        commits: Int, microseconds: Int
    ) async throws {
        let place = try Workplace()
        let path: String = place.path
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, commits = commits as Int, microseconds = microseconds as Int] in
            let ledger = try await LedgerDatabase.open(at: path, now: epoch)
            let all = (0..<CrashTests.count).map { interferogram($0, $0 + 12) }
            try await ledger.queue(all)
            for (index, interferogram) in all.enumerated() {
                if index == commits {
                    Thread.detachNewThread {
                        usleep(UInt32(microseconds))
                        kill(getpid(), SIGKILL)
                    }
                }
                try await ledger.complete(interferogram)
            }
        }

        let ledger = try await place.open()
        #expect(ledger.movedAside == nil)
        var finished = 0
        for index in 0..<Self.count {
            let account = try #require(try await ledger.reader.account(of: interferogram(index, index + 12)))
            let isFinished = account.versions[0].outcome == .scored
            finished += isFinished ? 1 : 0
            #expect(account.versions[0].decisions.count == (isFinished ? 2 : 0))
            #expect(account.alerts.count == (isFinished ? 1 : 0))
            #expect(account.deliveries.count == (isFinished ? 2 : 0))
            for alert in account.alerts { #expect(try await ledger.reader.picture(of: alert.id) != nil) }
        }
        #expect(finished >= commits)
        #expect(finished < Self.count, "the process was killed too late to show anything")
        #expect(try await ledger.reader.alerts(limit: 1000).count == finished)
        #expect(try await ledger.reader.episodes(of: volcano1).episodes.count == finished)

        // Going on finishes the rest and repeats nothing.
        for index in 0..<Self.count {
            let result = try await ledger.complete(interferogram(index, index + 12))
            if index < finished { #expect(result != .stored) }
        }
        #expect(try await ledger.reader.deliveries(limit: 1000).count == 2 * Self.count)
        #expect(try await ledger.reader.counts().outcomes == [.baseline: 1, .scored: Self.count])
    }
}
