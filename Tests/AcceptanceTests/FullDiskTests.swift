import Console
import Domain
import EmbeddedCatalogue
import Foundation
import LoopbackServers
import Testing

@Suite struct FullDiskTests {
    @Test(.enabled(if: SmallDisk.canBeMounted, "mounting a small disk needs root"))
    func `P10 with a full disk nothing is sent without a record, and the daemon recovers without a restart`() async throws {
        try await withStation { station in
            try station.configure()
            try FileManager.default.createDirectory(at: station.state, withIntermediateDirectories: true)
            let disk = try SmallDisk(at: station.state, megabytes: 8)
            defer { disk.unmount() }
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)

            let ballast = station.state.appending(path: "ballast")
            try disk.fill(ballast)
            try station.publish("20250613_20250707", .uplift)
            try await station.until("the daemon complains", daemon) { try station.written().contains("No space is left") }
            let test = try await station.fringewatch("send-test-alert")
            #expect(test.status == 1, "a test alert that cannot be recorded is refused: \(test.output)")
            let polls = station.polls()
            try await station.until("it has looked once more", daemon) { station.polls() > polls }
            #expect(try station.hook.receipts().isEmpty)
            #expect(try station.filed().isEmpty)
            #expect(daemon.isRunning)

            try FileManager.default.removeItem(at: ballast)
            try await station.settle("20250613_20250707", daemon, within: 150)
            #expect(try station.hook.receipts().count == 1)
            #expect(try station.filed().count == 1)
            #expect(try await station.status().deliveries == ["delivered": 2])
            daemon.signal(SIGTERM)
            #expect(try await daemon.exit(within: 10) == 0)
        }
    }

    @Test(.enabled(if: SmallDisk.canBeMounted, "mounting a small disk needs root"))
    func `P10 a disk that fills up during a download does not count against the interferogram`() async throws {
        try await withStation { station in
            try station.configure()
            try FileManager.default.createDirectory(at: station.state, withIntermediateDirectories: true)
            let disk = try SmallDisk(at: station.state, megabytes: 8)
            defer { disk.unmount() }
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)
            station.catalogue.fail(.slow(50_000), where: "20250613_20250707.geo.diff_pha.tif")
            try station.publish("20250613_20250707", .uplift)
            try await station.until("a part of the phase is there", daemon) { try station.hasPartOfPhase() }
            let ballast = station.state.appending(path: "ballast")
            try disk.fill(ballast)
            station.catalogue.recover()
            try await station.until("the daemon complains", daemon) { try station.written().contains("disk-full") }
            #expect(try station.hook.receipts().isEmpty)

            try FileManager.default.removeItem(at: ballast)
            let freed = ContinuousClock.now
            try await station.settle("20250613_20250707", daemon)
            #expect(ContinuousClock.now - freed < .seconds(45), "the next attempt must not wait for long")
            #expect(try await station.accounts("20250613_20250707").first?.attempts == 0)
            #expect(try station.hook.receipts().count == 1)
        }
    }
}

/// A tmpfs over a folder.
struct SmallDisk {
    let folder: URL

    init(at folder: URL, megabytes: Int) throws {
        self.folder = folder
        guard Self.mount(folder, megabytes: megabytes) else { throw Program.Trouble(description: "no tmpfs can be mounted at \(folder.path)") }
    }

    func unmount() { _ = Self.ran("/usr/bin/umount", ["-l", folder.path]) }

    /// Writes until there is no room for another byte.
    func fill(_ file: URL) throws {
        let descriptor = open(file.path, O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        var piece = [UInt8](repeating: 1, count: 1 << 16)
        while !piece.isEmpty {
            if write(descriptor, piece, piece.count) <= 0 { piece.removeLast(max(1, piece.count / 2)) }
        }
    }

    static let canBeMounted: Bool = {
        guard geteuid() == 0, let folder = try? temporaryFolder("disk") else { return false }
        guard mount(folder, megabytes: 1) else { return false }
        return ran("/usr/bin/umount", [folder.path])
    }()

    private static func mount(_ folder: URL, megabytes: Int) -> Bool {
        ran("/usr/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", folder.path])
    }

    private static func ran(_ program: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
