import Domain
import Foundation
import Testing

@testable import Ledger

struct DiskFullTests {
    @Test func `P10 without space nothing is stored, and the same ledger works again once there is space`() async throws {
        let place = try Workplace()
        let ledger = try await place.open()
        try await ledger.queue([interferogram(0, 12)])
        let pages = try #require(try await ledger.pragma("page_count"))
        try await ledger.execute("PRAGMA max_page_count = \(pages + 2)")
        let decided = decisions(
            on: interferogram(0, 12), snapshots: try await ledger.snapshots, picture: Data(repeating: 7, count: 200_000))
        await #expect(throws: LedgerError.diskFull(path: place.path)) { _ = try await ledger.commitDecisions(decided, at: epoch) }
        #expect(try await ledger.reader.account(of: interferogram(0, 12))?.versions[0].outcome == nil)
        #expect(try await ledger.reader.alerts().isEmpty)
        #expect(try await ledger.leaseDeliveries(limit: 9, lease: 60, at: epoch).isEmpty)
        try await ledger.execute("PRAGMA max_page_count = 1000000")
        #expect(try await ledger.commitDecisions(decided, at: epoch) == .stored)
    }

    @Test(.enabled(if: Volume.isPossible, "needs the right to mount"))
    func `P10 on a volume that is really full nothing is leased without a record and work goes on after space is freed`()
        async throws
    {
        let volume = try Volume(kibibytes: 3072)
        let path = volume.path + "/ledger.sqlite"
        let ledger = try await LedgerDatabase.open(at: path, now: epoch)
        try await ledger.queue((0..<4).map { interferogram($0, $0 + 12) })
        try await ledger.complete(interferogram(0, 12))
        let filler = URL(filePath: volume.path + "/filler")
        volume.fill(filler)
        let decided = decisions(
            on: interferogram(1, 13), snapshots: try await ledger.snapshots, picture: Data(repeating: 7, count: 400_000))
        await #expect(throws: LedgerError.diskFull(path: path)) { _ = try await ledger.commitDecisions(decided, at: epoch) }
        #expect(try await ledger.reader.alerts().count == 1)
        // Small writes may still find a page; keep on until there is none. A lease that is refused is a mail that is not sent.
        var refused = false
        for second in 0..<3000 where !refused {
            do throws(LedgerError) { _ = try await ledger.leaseDeliveries(limit: 9, lease: 0.5, at: after(Double(second))) } catch {
                #expect(error == .diskFull(path: path))
                refused = true
            }
        }
        #expect(refused)
        try FileManager.default.removeItem(at: filler)
        #expect(try await ledger.commitDecisions(decided, at: epoch) == .stored)
        #expect(try await ledger.leaseDeliveries(limit: 9, lease: 60, at: after(1e6)).count == 2)
        try ledger.close()
    }
}

/// A small file system of its own in memory.
final class Volume: Sendable {
    let path: String

    init(kibibytes: Int) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "volume-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.path
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(kibibytes)k") == 0 else {
            try FileManager.default.removeItem(atPath: path)
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM)
        }
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes until nothing more fits.
    func fill(_ file: URL) {
        let descriptor = open(file.path, O_WRONLY | O_CREAT, 0o600)
        let block = [UInt8](repeating: 1, count: 4096)
        while write(descriptor, block, block.count) > 0 {}
        close(descriptor)
    }

    static let isPossible: Bool = (try? Volume(kibibytes: 64)) != nil
}
