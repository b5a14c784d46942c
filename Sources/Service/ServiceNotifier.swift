internal import CSystemd
import Foundation

/// Tells systemd how the service is. Without systemd (no `$NOTIFY_SOCKET`) it does nothing.
public struct ServiceNotifier: Sendable {
    public init() {}

    public func ready(_ status: String) { send("READY=1\nSTATUS=\(oneLine(status))") }

    /// To be followed by `ready` when the reload has ended, well or not.
    public func reloading() {
        // Type=notify-reload wants the time at which the reload began, on the same clock as systemd's.
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
    }

    public func status(_ text: String) { send("STATUS=\(oneLine(text))") }
    public func stopping() { send("STOPPING=1\nSTATUS=stopping") }
    public func alive() { send("WATCHDOG=1") }

    /// How often systemd wants a sign of life; nil without a watchdog.
    public static func watchdogInterval() -> Duration? {
        var microseconds: UInt64 = 0
        return sd_watchdog_enabled(0, &microseconds) > 0 && microseconds > 0 ? .microseconds(Int64(microseconds)) : nil
    }

    /// A state that cannot be sent is no reason to stop: systemd then acts on its silence.
    private func send(_ state: String) { sd_notify(0, state) }

    private func oneLine(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }
}
