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
        board.register("pipeline", deadline: .milliseconds(200))
        let watchdog = Watchdog(board: board, log: Log(to: sink), interval: .milliseconds(40)) { signs.withLock { $0 += 1 } }
        let task = Task { await watchdog.run() }
        try await Task.sleep(for: .milliseconds(120))
        #expect(signs.withLock { $0 } > 0)
        try await Task.sleep(for: .milliseconds(300))
        let signedWhenSilent = signs.withLock { $0 }
        try await Task.sleep(for: .milliseconds(200))
        #expect(signs.withLock { $0 } == signedWhenSilent)
        #expect(sink.lines.contains { $0.contains("stages=pipeline") })
        task.cancel()
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
