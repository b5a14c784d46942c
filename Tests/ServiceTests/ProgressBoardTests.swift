import Service
import Synchronization
import Testing

@Suite("Progress and watchdog")
struct ProgressBoardTests {
    let start = ContinuousClock.now

    @Test func `a stage is silent once its own deadline has passed without a tick`() {
        let board = ProgressBoard()
        board.register("poller", deadline: .seconds(10), now: start)
        board.register("courier", deadline: .seconds(60), now: start)
        #expect(board.silent(now: start + .seconds(10)).isEmpty)
        #expect(board.silent(now: start + .seconds(11)) == ["poller"])
        board.tick("poller", now: start + .seconds(11))
        #expect(board.silent(now: start + .seconds(20)).isEmpty)
        #expect(board.silent(now: start + .seconds(100)) == ["courier", "poller"])
    }

    @Test func `the watchdog signs while all make progress and stops when one hangs`() async throws {
        let board = ProgressBoard()
        let signs = Mutex(0)
        let sink = RecordingSink()
        board.register("pipeline", deadline: .seconds(3600))
        let watchdog = Watchdog(board: board, log: Log(to: sink), interval: .milliseconds(40)) { signs.withLock { $0 += 1 } }
        let task = Task { await watchdog.run() }
        try await until { signs.withLock { $0 } > 1 }
        #expect(sink.lines.isEmpty)
        // From now on it counts as silent at once.
        board.register("pipeline", deadline: .zero)
        try await until { !sink.lines.isEmpty }
        let signedWhenSilent = signs.withLock { $0 }
        try await until { sink.lines.count > 3 }
        #expect(signs.withLock { $0 } == signedWhenSilent)
        #expect(sink.lines.allSatisfy { $0.contains("stages=pipeline") })
        task.cancel()
    }
}

/// Waits for a condition; a minute is for machines that do much else.
private func until(_ isSo: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !isSo() {
        try #require(ContinuousClock.now < deadline, "it did not happen within a minute")
        try await Task.sleep(for: .milliseconds(10))
    }
}

final class RecordingSink: LogSink {
    private let written = Mutex<[String]>([])
    var lines: [String] { written.withLock { $0 } }

    func write(_ level: LogLevel, _ message: String, _ fields: [String: String]) {
        written.withLock { $0.append("\(level) \(message) " + fields.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")) }
    }
}

@Suite("Log")
struct LogTests {
    @Test func `less important messages than the level are left out`() {
        let sink = RecordingSink()
        let log = Log(to: sink, level: .notice)
        log.debug("debug")
        log.info("info")
        log.notice("notice")
        log.error("error", ["frame": "106A"])
        #expect(sink.lines == ["notice notice ", "error error frame=106A"])
    }
}
