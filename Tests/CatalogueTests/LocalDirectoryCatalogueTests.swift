import Domain
import Foundation
import Synchronization
import Testing

@testable import Catalogue

/// The real clock, which stamps the files, plus what a test adds to it.
private final class TestClock: Sendable {
    private let ahead = Mutex(0.0)
    var now: Date { Date().addingTimeInterval(ahead.withLock(\.self)) }
    func advance(_ seconds: Double) { ahead.withLock { $0 += seconds } }
}

@Suite struct LocalDirectoryCatalogueTests {
    private let folder: TemporaryFolder
    private let clock = TestClock()
    private let catalogue: LocalDirectoryCatalogue

    init() throws {
        folder = try TemporaryFolder()
        catalogue = LocalDirectoryCatalogue(name: "drop", path: folder.path, settleTime: 500, now: { [clock] in clock.now })
    }

    private let phase = LiCSARName.phase(of: pair)
    private let coherence = LiCSARName.coherence(of: pair)

    private func listing() async throws -> FrameListing { try await catalogue.listing() }

    @Test(arguments: [
        "106A_09048_000909/20240106_20240118", "106A_09048_000909/interferograms/20240106_20240118",
        "106A_09048_000909/GEOC/20240106_20240118",
        "106A_09048_000909", "106A_09048_000909/interferograms", "106/106A_09048_000909/interferograms/20240106_20240118",
    ])
    func `LiCSAR's layouts are read`(layout: String) async throws {
        try folder.write(TestTIFF().data, to: "\(layout)/\(phase)")
        try folder.write(TestTIFF(seed: 1).data, to: "\(layout)/\(coherence)")
        clock.advance(600)
        let listing = try await listing()
        #expect(listing.pairs.map(\.id) == [interferogram])
        #expect(listing.lookAgainAfter == nil)
        let products = try await catalogue.products(of: #require(listing.pairs.first))
        #expect(products.phase.location == .local(path: "\(folder.path)/\(layout)/\(phase)"))
        #expect(products.coherence?.location == .local(path: "\(folder.path)/\(layout)/\(coherence)"))
        #expect(products.phase.version.size == TestTIFF().data.count)
        #expect(try await catalogue.allFrames() == [frame])
    }

    @Test func `a file that was just written waits until it rests`() async throws {
        try folder.write(TestTIFF().data, to: "\(frame)/\(pair)/\(phase)")
        let first = try await listing()
        #expect(first.pairs.isEmpty)
        #expect(first.remarks.map(\.reason) == [.stillChanging])
        #expect(first.lookAgainAfter == 500)
        clock.advance(501)
        #expect(try await listing().pairs.count == 1)
    }

    @Test func `a file that grows between two looks waits anew`() async throws {
        let name = "\(frame)/\(pair)/\(phase)"
        // As on a file server whose clock is ahead: only our own looks can tell.
        let ahead = Date().addingTimeInterval(36_000)
        try folder.write(TestTIFF(bytesPerStrip: 100, directoryLast: true).data, to: name, modified: ahead)
        #expect(try await listing().pairs.isEmpty)
        clock.advance(300)
        try folder.write(TestTIFF(directoryLast: true).data, to: name, modified: ahead)
        #expect(try await listing().pairs.isEmpty)
        clock.advance(300)
        #expect(try await listing().pairs.isEmpty)
        clock.advance(300)
        #expect(try await listing().pairs.count == 1)
    }

    @Test func `a truncated file is not taken however long it rests`() async throws {
        try folder.write(TestTIFF().data.dropLast(100), to: "\(frame)/\(pair)/\(phase)")
        clock.advance(100_000)
        let first = try await listing()
        #expect(first.pairs.isEmpty)
        #expect(first.remarks.map(\.reason) == [.stillChanging])
        #expect(first.remarks.first?.detail.contains("strips") == true)
        try folder.write(TestTIFF().data, to: "\(frame)/\(pair)/\(phase)")
        clock.advance(600)
        #expect(try await listing().pairs.count == 1)
    }

    @Test func `a pair waits for its half-written coherence`() async throws {
        try folder.write(TestTIFF().data, to: "\(frame)/\(pair)/\(phase)")
        try folder.write(TestTIFF().data.dropLast(9), to: "\(frame)/\(pair)/\(coherence)")
        clock.advance(600)
        #expect(try await listing().pairs.isEmpty)
        try folder.write(TestTIFF().data, to: "\(frame)/\(pair)/\(coherence)")
        clock.advance(600)
        #expect(try await listing().pairs.count == 1)
    }

    @Test(arguments: [
        ".20240106_20240118.geo.diff_pha.tif.Xa1b2C", "20240106_20240118.geo.diff_pha.tif.part",
        "20240106_20240118.geo.diff_pha.tif.tmp", "20240106_20240118.geo.diff_pha.tif~",
    ])
    func `temporary names never count`(name: String) async throws {
        try folder.write(TestTIFF().data, to: "\(frame)/\(pair)/\(name)")
        clock.advance(600)
        let listing = try await listing()
        #expect(listing.pairs.isEmpty && listing.remarks.isEmpty)
    }

    @Test func `an empty file is not taken and is named`() async throws {
        try folder.write(Data(), to: "\(frame)/\(pair)/\(phase)")
        clock.advance(600)
        let listing = try await listing()
        #expect(listing.pairs.isEmpty)
        #expect(listing.remarks.map(\.reason) == [.empty])
    }

    @Test func `what is no TIFF at all is listed, so that it is rejected by name`() async throws {
        try folder.write("<html><body>Sign in</body></html>", to: "\(frame)/\(pair)/\(phase)")
        clock.advance(600)
        #expect(try await listing().pairs.count == 1)
    }

    @Test func `links out of the folder are not followed`() async throws {
        let outside = try TemporaryFolder()
        let secret = try outside.write(TestTIFF().data, to: phase)
        let manager = FileManager.default
        try manager.createDirectory(at: folder.url.appending(path: "\(frame)/\(pair)"), withIntermediateDirectories: true)
        try manager.createSymbolicLink(atPath: "\(folder.path)/\(frame)/\(pair)/\(phase)", withDestinationPath: secret.path)
        try manager.createSymbolicLink(atPath: "\(folder.path)/\(frame)/20240118_20240130", withDestinationPath: outside.path)
        clock.advance(600)
        let listing = try await listing()
        #expect(listing.pairs.isEmpty)
        #expect(listing.remarks.map(\.reason) == [.refusedLink])
        let forged = ListedPair(
            id: interferogram, location: .local(path: "\(folder.path)/\(frame)/\(pair)/\(phase)"), version: ProductVersion())
        await #expect(throws: CatalogueError.self) { try await catalogue.products(of: forged) }
    }

    @Test func `links inside the folder are followed`() async throws {
        try folder.write(TestTIFF().data, to: "store/one.tif")
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "\(frame)/\(pair)"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/\(frame)/\(pair)/\(phase)", withDestinationPath: "../../store/one.tif")
        clock.advance(600)
        let listing = try await listing()
        #expect(listing.pairs.count == 1)
        #expect(
            try await catalogue.products(of: #require(listing.pairs.first)).phase.location
                == .local(path: "\(folder.path)/store/one.tif"))
    }

    @Test func `a folder under a file's name is not a file`() async throws {
        try folder.write("x", to: "\(frame)/\(pair)/\(phase)/x")
        clock.advance(600)
        #expect(try await listing().remarks.map(\.reason) == [.notARegularFile])
    }

    @Test func `an unchanged folder is unchanged, a replaced file supersedes`() async throws {
        try folder.write(TestTIFF().data, to: "\(frame)/\(pair)/\(phase)", modified: Date().addingTimeInterval(-7200))
        clock.advance(600)
        let first = try await listing()
        #expect(try await catalogue.list(frame, unlessUnchanged: first.validator) == .unchanged)
        try folder.write(TestTIFF(seed: 9).data, to: "\(frame)/\(pair)/\(phase)")
        clock.advance(600)
        guard case .listing(let second) = try await catalogue.list(frame, unlessUnchanged: first.validator) else {
            Issue.record("the replaced file was not seen")
            return
        }
        #expect(try #require(second.pairs.first).version.supersedes(#require(first.pairs.first).version))
    }

    @Test func `no files for a frame is an empty listing`() async throws { #expect(try await listing().pairs.isEmpty) }

    @Test func `a missing drop folder is said to be missing`() async throws {
        let missing = LocalDirectoryCatalogue(name: "drop", path: folder.path + "/nowhere")
        let error = await #expect(throws: CatalogueError.self) { try await missing.list(frame, unlessUnchanged: nil) }
        #expect(error?.fault == .notFound)
        #expect(error?.message.contains("create it") == true)
    }

    @Test func `the polygon is read from metadata`() async throws {
        #expect(try await catalogue.polygon(of: frame) == nil)
        try folder.write("-92.2 -0.5\n-91.6 0.3\n-90.6 -1.0\n", to: "\(frame)/metadata/\(frame)-poly.txt")
        #expect(try await catalogue.polygon(of: frame)?.points.count == 3)
        try folder.write("<html></html>", to: "\(frame)/metadata/\(frame)-poly.txt")
        await #expect(throws: CatalogueError.self) { try await catalogue.polygon(of: frame) }
    }
}
