import Foundation
import Service
import Testing

/// What belongs to a whole process (its environment, its signals, its standard error) is tried in one that the test starts.
@Suite("What systemd and the terminal see", .timeLimit(.minutes(2)))
struct ServiceProcessTests {
    @Test func `systemd hears of readiness, reloads with their time, signs of life and the end`() async {
        await #expect(processExitsWith: .success) {
            let systemd = try NotifySocket()
            let notifier = ServiceNotifier()
            notifier.ready("3 frames watched\nREADY=0")
            let ready = try systemd.next()
            // A line break in a status text makes no line of its own.
            #expect(ready == ["READY": "1", "STATUS": "3 frames watched READY=0"])

            notifier.reloading()
            let reloading = try systemd.next()
            #expect(reloading["RELOADING"] == "1")
            let began = try #require(reloading["MONOTONIC_USEC"].flatMap(Double.init)) / 1e6
            var clock = timespec()
            clock_gettime(CLOCK_MONOTONIC, &clock)
            #expect(abs(began - Double(clock.tv_sec) - Double(clock.tv_nsec) / 1e9) < 1)

            notifier.alive()
            #expect(try systemd.next() == ["WATCHDOG": "1"])
            notifier.stopping()
            #expect(try systemd.next()["STOPPING"] == "1")
        }
    }

    @Test func `the watchdog's interval is systemd's, and none without one or for another process`() async {
        await #expect(processExitsWith: .success) {
            #expect(ServiceNotifier.watchdogInterval() == nil)
            setenv("WATCHDOG_USEC", "120000000", 1)
            #expect(ServiceNotifier.watchdogInterval() == .seconds(120))
            setenv("WATCHDOG_PID", "1", 1)
            #expect(ServiceNotifier.watchdogInterval() == nil)
        }
    }

    @Test func `a signal after the stream has ended has no effect`() async {
        await #expect(processExitsWith: .success) {
            let listener = Task { for await _ in serviceSignals() {} }
            try await Task.sleep(for: .milliseconds(100))
            listener.cancel()
            await listener.value
            for _ in 0..<20 { kill(getpid(), SIGTERM) }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    @Test func `signals arrive in the stream and no longer end the process`() async {
        await #expect(processExitsWith: .success) {
            var heard = serviceSignals().makeAsyncIterator()
            for signal in [ServiceSignal.reload, .terminate, .interrupt] {
                kill(getpid(), signal.rawValue)
                let next = await heard.next()
                #expect(next == signal)
            }
        }
    }

    @Test func `without a journal each message is one line with its priority, whatever is in its fields`() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let log = Log(to: StandardErrorSink())
            log.warning("a frame could not be listed", ["frame": "106A_09048_000909", "error": "503\n<0>forged", "host": ""])
        }
        let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(text.hasSuffix("<4>a frame could not be listed error=\"503 <0>forged\" frame=106A_09048_000909 host=\"\"\n"))
    }

    @Test func `the journal is taken only where standard error leads to it`() {
        #expect(JournalSink.ifConnected(environment: [:]) == nil)
        #expect(JournalSink.ifConnected(environment: ["JOURNAL_STREAM": "1:2"]) == nil)
        #expect(JournalSink.ifConnected(environment: ["JOURNAL_STREAM": "no numbers"]) == nil)
        var status = stat()
        fstat(STDERR_FILENO, &status)
        #expect(JournalSink.ifConnected(environment: ["JOURNAL_STREAM": "\(status.st_dev):\(status.st_ino)"]) != nil)
    }
}
