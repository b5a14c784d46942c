import Catalogue
import Domain
import EmbeddedCatalogue
import Foundation
import Glibc
import Testing

/// A file system of 64 KiB in memory, mounted on a folder of its own. Needs the right to mount.
private final class SmallVolume: Sendable {
    static let isPossible: Bool = {
        do {
            _ = try SmallVolume()
            return true
        } catch {
            return false
        }
    }()

    struct CannotMount: Error {}

    private let folder: TemporaryFolder
    var url: URL { folder.url }

    init() throws {
        folder = try TemporaryFolder()
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=64k") == 0 else { throw CannotMount() }
    }

    deinit { umount2(folder.path, Int32(MNT_DETACH)) }
}

@Suite(.enabled(if: SmallVolume.isPossible, "needs the right to mount a file system"))
struct FullDiskTests {
    private let phase = TestTIFF(bytesPerStrip: 60_000)
    private let connection = CatalogueConnection(client: loopbackClient(), allowedHosts: [])

    @Test func `a full disk is named, and fetching goes on when there is room`() async throws {
        try await RunningCatalogue.with { running in
            try running.publish(phase: phase, coherence: nil)
            let products = try await JASMINCatalogue(base: running.address.jasmin, connection: connection).firstProducts()
            try await expectDiskFullThenSuccess(products)
        }
    }

    @Test func `a full disk stops the copy of a local file, too`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(phase.data, to: "\(frame)/\(pair)/\(LiCSARName.phase(of: pair))")
        let catalogue = LocalDirectoryCatalogue(name: "drop", path: folder.path, settleTime: 0)
        try await expectDiskFullThenSuccess(catalogue.firstProducts())
    }

    private func expectDiskFullThenSuccess(_ products: PairProducts) async throws {
        let volume = try SmallVolume()
        let fetcher = ProductFetcher(connection: connection, incoming: volume.url.appending(path: "incoming"))
        try await fetcher.prepare(now: Date())
        let error = await #expect(throws: CatalogueError.self) { try await fetcher.fetch(products) }
        #expect(error?.fault == .diskFull && error?.isTemporary == true)
        try #require(mount("tmpfs", volume.url.path, "tmpfs", UInt(MS_REMOUNT), "size=1m") == 0)
        let fetched = try await fetcher.fetch(products)
        #expect(try Data(contentsOf: fetched.phase.file) == phase.data)
    }
}

extension InterferogramCatalogue {
    fileprivate func firstProducts() async throws -> PairProducts {
        try await products(of: #require(listing().pairs.first))
    }
}
