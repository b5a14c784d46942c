import Console
import Foundation
import Testing

/// What systemd does for the service when things go wrong.
extension SystemdServiceTests {
    @Test func `a daemon that hangs misses the watchdog and is started again`() async throws {
        try await SystemdMachine.with { machine in
            try machine.configure()
            try await machine.dropIn("WatchdogSec=2\nTimeoutAbortSec=1\nRestartSec=100ms")
            try await machine.start()
            let hanging = try await machine.property("MainPID")
            // Long enough for the watchdog to fire if the daemon did not sign for itself.
            try await Task.sleep(for: .seconds(3))
            #expect(try await machine.property("NRestarts") == "0")

            try await machine.output("kill", "-STOP", hanging)
            try await machine.until("another process is active", within: 20) {
                // The process first: the state may still be that of the one that just ended.
                let process = try await machine.property("MainPID")
                return try await machine.property("ActiveState") == "active" && ![hanging, "0"].contains(process)
            }
            #expect(try await machine.property("NRestarts") == "1")
            let entries = try await machine.journal("UNIT", "fringewatch.service")
            #expect(entries.contains { $0["MESSAGE"]?.contains("Watchdog timeout") == true })
        }
    }

    @Test func `kill -9 brings a new process with the same ledger, and nothing is told twice`() async throws {
        try await SystemdMachine.with { machine in
            try machine.configure()
            try machine.publish("20250613_20250707", .uplift)
            try await machine.dropIn("RestartSec=100ms")
            try await machine.start()
            try await machine.until("the alert is told") { try await machine.status().deliveries["delivered"] == 1 }
            let killed = try await machine.property("MainPID")

            try await machine.output("systemctl", "kill", "--signal=KILL", "fringewatch")
            try await machine.until("another process is active", within: 20) {
                // The process first: the state may still be that of the one that just ended.
                let process = try await machine.property("MainPID")
                return try await machine.property("ActiveState") == "active" && ![killed, "0"].contains(process)
            }
            #expect(try await machine.property("NRestarts") == "1")
            let status = try await machine.status()
            #expect(status.outcomes == ["scored": 1])
            #expect(status.deliveries == ["delivered": 1])
            #expect(status.problems.isEmpty)
            // It has polled again by then.
            try await Task.sleep(for: .seconds(2))
            #expect(try await machine.mails().count == 1)
        }
    }

    @Test func `a wrong configuration ends it with exit code 78 and is not tried again`() async throws {
        try await SystemdMachine.with { machine in
            try machine.configure(more: "alerting: {notfy: 0.5}")
            try await machine.dropIn("RestartSec=100ms")
            #expect(try await machine.run("systemctl", "start", "fringewatch").status != 0)
            try await Task.sleep(for: .seconds(1))
            #expect(try await machine.property("ActiveState") == "failed")
            #expect(try await machine.property("ExecMainStatus") == "78")
            #expect(try await machine.property("NRestarts") == "0")
            let words = try await machine.journal("_SYSTEMD_UNIT", "fringewatch.service").compactMap { $0["MESSAGE"] }
            #expect(words.contains { $0.contains("/etc/fringewatch/config.yaml:") && $0.contains("notfy") })
        }
    }

    @Test func `a secret comes as a credential: the webhook that is sent is signed with it`() async throws {
        try await SystemdMachine.with { machine in
            let secret = "whsec_\(Data((33...64).map { UInt8($0) }).base64EncodedString())"
            try machine.configure(
                more: "  - {name: hook, kind: webhook, url: \"http://127.0.0.1:8099/\", secret: {credential: hook-secret}, picture: none}")
            // Without it there is no start, and the reason is given.
            #expect(try await machine.run("systemctl", "start", "fringewatch").status != 0)
            #expect(try await machine.property("ExecMainStatus") == "78")

            try await machine.output("sh", "-c", "umask 077; printf '%s\\n' \"$1\" > /root/secret", "sh", secret)
            try await machine.dropIn("LoadCredential=hook-secret:/root/secret")
            try await machine.start()
            // ExecReload= gets no credentials; the check must not want them.
            try await machine.output("systemctl", "reload", "fringewatch")

            let script = try String(contentsOf: StagedInstallation.servers.appending(path: "signed-webhook.py"), encoding: .utf8)
            async let received = machine.run("python3", "-c", script, "8099", secret)
            #expect(try await machine.run("fringewatch", "send-test-alert").status == 0)
            let result = try await received
            #expect(result.output == "signed\n", "\(result.output)\(result.errors)")
        }
    }
}
