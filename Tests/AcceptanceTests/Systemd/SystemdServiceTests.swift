import Console
import Foundation
import Testing

/// The installed service under a real systemd, with the whole sandbox of its unit. One machine at a time: they share a control group.
@Suite(.serialized, .bootsSystemd) struct SystemdServiceTests {
    @Test func `it is ready when it answers, every user may ask, and only root may order`() async throws {
        try await SystemdMachine.with { machine in
            try machine.configure()
            try await machine.start()
            #expect(try await machine.output("systemctl", "is-active", "fringewatch") == "active")
            try await machine.until("systemd shows what it does") { try await machine.property("StatusText").contains("1 frames watched") }
            #expect(try await machine.status().watchedVolcanoes == 1)

            let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            func asNobody(_ command: String) async throws -> Program.Result {
                try await machine.run(nobody[0], nobody[1], nobody[2], nobody[3], "sh", "-c", command)
            }
            let asked = try await asNobody("fringewatch status")
            #expect(asked.status == 0 && asked.output.contains("watching"))
            let ordered = try await asNobody("fringewatch send-test-alert")
            #expect(ordered.status == 69 && ordered.errors.contains("as root"))
            #expect(try await asNobody("ls /var/lib/fringewatch/").status != 0)
            #expect(try await asNobody("cat /etc/fringewatch/config.yaml").status == 0)

            let order = try await machine.run("fringewatch", "send-test-alert")
            #expect(order.status == 0)
            try await machine.until("the test alert is in the maildir") { try await machine.mails().count == 1 }
        }
    }

    @Test func `inside its walls it sees, decides, draws and tells, and the journal has it by frame and volcano`() async throws {
        try await SystemdMachine.with { machine in
            try machine.configure()
            try machine.publish("20250613_20250707", .uplift)
            try await machine.start()
            try await machine.until("the alert is in the maildir") { try await machine.mails().count == 1 }
            let mail = try await machine.output("sh", "-c", "cat /var/lib/fringewatch/mail/new/*")
            #expect(mail.contains("image/png"))

            let entries = try await machine.journal("FRINGEWATCH_FRAME", "\(Station.frame)")
            let decided = try #require(entries.first { $0["MESSAGE"]?.hasPrefix("decided: an alert is sent") == true })
            #expect(decided["FRINGEWATCH_PAIR"] == "20250613_20250707")
            #expect(decided["PRIORITY"] == "5" && decided["SYSLOG_IDENTIFIER"] == "fringewatch")
            #expect(decided["_SYSTEMD_UNIT"] == "fringewatch.service")
            let all = try await machine.journal("_SYSTEMD_UNIT", "fringewatch.service").compactMap { $0["MESSAGE"] }
            #expect(!all.contains { $0.contains("thread priority") })
        }
    }

    @Test func `P7 a reload takes a right configuration, fails for a wrong one and leaves the daemon as it was`() async throws {
        try await SystemdMachine.with { machine in
            try machine.configure()
            try await machine.start()
            let process = try await machine.property("MainPID")

            try machine.configure(watch: "[353040, 353050]")
            try await machine.output("systemctl", "reload", "fringewatch")
            try await machine.until("the new configuration counts") { try await machine.status().watchedVolcanoes == 2 }

            try machine.configure(watch: "[353040]", more: "alerting: {notfy: 0.5}")
            let reload = try await machine.run("systemctl", "reload", "fringewatch")
            #expect(reload.status != 0)
            #expect(try await machine.journal("_SYSTEMD_UNIT", "fringewatch.service").contains { $0["MESSAGE"]?.contains("notfy") == true })
            #expect(try await machine.output("systemctl", "is-active", "fringewatch") == "active")
            #expect(try await machine.status().watchedVolcanoes == 2)
            #expect(try await machine.property("MainPID") == process)

            // And it is not stuck after that.
            try machine.configure(watch: "[353040]")
            try await machine.output("systemctl", "reload", "fringewatch")
            try await machine.until("the mended configuration counts") { try await machine.status().watchedVolcanoes == 1 }
            #expect(try await machine.property("MainPID") == process)
        }
    }

    @Test func `a stop ends it within seconds and is a success`() async throws {
        try await SystemdMachine.with { machine in
            try machine.configure()
            try await machine.start()
            let told = ContinuousClock.now
            try await machine.output("systemctl", "stop", "fringewatch")
            #expect(ContinuousClock.now - told < .seconds(5))
            #expect(try await machine.property("Result") == "success")
            #expect(try await machine.property("ExecMainStatus") == "0")
            #expect(try await machine.property("ActiveState") == "inactive")
        }
    }

    @Test func `the unit's exposure is at most 1.5 of 10, and systemd has nothing to say against the unit`() async throws {
        try await SystemdMachine.with { machine in
            let unit = "/usr/lib/systemd/system/fringewatch.service"
            let security = try await machine.run("systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", unit)
            #expect(security.status == 0, "\(security.output.suffix(200))")
            #expect(security.output.contains("Overall exposure level"))
            let verify = try await machine.run("systemd-analyze", "verify", "--man=no", unit)
            #expect(verify.status == 0)
            #expect(!verify.errors.contains("fringewatch"), "\(verify.errors)")
        }
    }
}
