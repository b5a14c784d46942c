import Domain
import EmbeddedCatalogue
import Foundation
import Testing

@testable import Catalogue

/// The real frame 106A_09048_000909, where it is at hand.
private let realData: URL? = {
    let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let named = ProcessInfo.processInfo.environment["FRINGEWATCH_TEST_DATA"].map { URL(filePath: $0) }
    let data = (named ?? repository.appending(path: "../shared/data").standardized).appending(path: "licsar")
    return FileManager.default.fileExists(atPath: data.path) ? data : nil
}()

@Suite(.enabled(if: realData != nil, "needs the real frame: set FRINGEWATCH_TEST_DATA"))
struct RealFrameTests {
    @Test func `the real frame is a drop folder of ten whole pairs`() async throws {
        let data = try #require(realData)
        let catalogue = LocalDirectoryCatalogue(name: "real", path: data.path)
        let listing = try await catalogue.listing()
        #expect(listing.pairs.count == 10 && listing.remarks.isEmpty)
        #expect(listing.pairs.first?.id.pair == pair)
        #expect(try await catalogue.polygon(of: frame)?.contains(#require(GeoPoint(latitude: -0.37, longitude: -91.55))) == true)
    }

    @Test func `a real pair comes from the listing to a verified file within seconds`() async throws {
        let data = try #require(realData)
        let drop = LocalDirectoryCatalogue(name: "real", path: data.path)
        let products = try await drop.products(of: #require(drop.listing().pairs.first))
        guard case .local(let phase) = products.phase.location, case .local(let coherence)? = products.coherence?.location else {
            Issue.record("the real pair has no local files")
            return
        }
        try await RunningCatalogue.with { running in
            try running.server.folder.publish(products.id, phase: URL(filePath: phase), coherence: URL(filePath: coherence))
            let connection = CatalogueConnection(client: loopbackClient(), allowedHosts: [])
            let fetcher = ProductFetcher(connection: connection, incoming: running.folder.url.appending(path: "incoming"))
            try await fetcher.prepare(now: Date())
            let catalogue = JASMINCatalogue(base: running.address.jasmin, connection: connection)
            let clock = ContinuousClock()
            let start = clock.now
            let listed = try #require(try await catalogue.listing().pairs.first)
            let afterList = clock.now
            let found = try await catalogue.products(of: listed)
            let afterProducts = clock.now
            let fetched = try await fetcher.fetch(found)
            let end = clock.now
            print(
                "real pair: list \(afterList - start), products \(afterProducts - afterList), fetch and verify \(end - afterProducts)"
            )
            #expect(fetched.phase.version.size == products.phase.version.size)
            #expect(fetched.coherence != nil)
            #expect(end - start < .seconds(60))
        }
    }
}
