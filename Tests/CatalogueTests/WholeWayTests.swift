import Catalogue
import Domain
import EmbeddedCatalogue
import Foundation
import Testing
import Transport

private let later = AcquisitionPair("20240118_20240130")!
private let connection = CatalogueConnection(client: loopbackClient(), allowedHosts: [])

/// List, resolve, fetch: each catalogue from end to end.
@Suite struct WholeWayTests {
    private let phase = TestTIFF(bytesPerStrip: 30_000)

    /// Fetches every listed pair and checks its bytes.
    private func fetchAll(_ catalogue: some InterferogramCatalogue, _ listing: FrameListing, folder: TemporaryFolder) async throws {
        let fetcher = ProductFetcher(connection: connection, incoming: folder.url.appending(path: "incoming-\(UUID())"))
        try await fetcher.prepare(now: Date())
        for listed in listing.pairs {
            let products = try await catalogue.products(of: listed)
            let fetched = try await fetcher.fetch(products)
            #expect(try Data(contentsOf: fetched.phase.file) == phase.data)
            #expect(fetched.coherence != nil)
            #expect(products.source.contains(listed.id.pair.description))
            try await fetcher.discard(fetched)
        }
    }

    @Test(arguments: [CatalogueFolder.Style.manifest, .folder])
    func `JASMIN from end to end`(style: CatalogueFolder.Style) async throws {
        try await RunningCatalogue.with { running in
            try running.publish(phase: phase, style: style)
            try running.publish(InterferogramID(frame: frame, pair: later), phase: phase, style: style, homes: (.ceda, .jasmin))
            let catalogue = JASMINCatalogue(base: running.address.jasmin, connection: connection)
            let listing = try await catalogue.listing()
            #expect(listing.pairs.map(\.id.pair) == [pair, later])
            #expect(listing.remarks.isEmpty)
            #expect(listing.pairs.allSatisfy { $0.version.lastModified != nil })
            try await fetchAll(catalogue, listing, folder: running.folder)
        }
    }

    @Test(arguments: [frame, FrameID("005A_01234_131313")!])
    func `CEDA from end to end`(frame: FrameID) async throws {
        try await RunningCatalogue.with { running in
            try running.publish(InterferogramID(frame: frame, pair: pair), phase: phase)
            try running.publish(InterferogramID(frame: frame, pair: later), phase: phase, style: .folder)
            let catalogue = CEDACatalogue(base: running.address.ceda, connection: connection)
            let listing = try await catalogue.listing(of: frame)
            #expect(listing.pairs.map(\.id.pair) == [pair, later])
            let products = try await catalogue.products(of: #require(listing.pairs.first))
            #expect(products.phase.version.md5 != nil && products.phase.version.size == phase.data.count)
            #expect(products.phase.location.description.contains("/dap/neodc/"))
            try await fetchAll(catalogue, listing, folder: running.folder)
        }
    }

    @Test func `CEDA with a folder interferograms between frame and pair`() async throws {
        try await RunningCatalogue.with(cedaHasInterferogramsFolder: true) { running in
            try running.publish(phase: phase)
            let catalogue = CEDACatalogue(base: running.address.ceda, connection: connection)
            let listing = try await catalogue.listing()
            #expect(listing.pairs.map(\.id.pair) == [pair])
            try await fetchAll(catalogue, listing, folder: running.folder)
            #expect(try await catalogue.list(frame, unlessUnchanged: listing.validator) == .unchanged)
            try running.publish(InterferogramID(frame: frame, pair: later), phase: phase)
            #expect(try await catalogue.list(frame, unlessUnchanged: listing.validator) != .unchanged)
        }
    }

    @Test func `a drop folder from end to end`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(phase.data, to: "drop/\(frame)/\(pair)/\(LiCSARName.phase(of: pair))")
        try folder.write(TestTIFF().data, to: "drop/\(frame)/\(pair)/\(LiCSARName.coherence(of: pair))")
        let catalogue = LocalDirectoryCatalogue(name: "drop", path: folder.path + "/drop", settleTime: 0)
        try await fetchAll(catalogue, catalogue.listing(), folder: folder)
    }

    @Test(arguments: RealServer.Kind.allCases)
    func `a real server's own index pages from end to end`(kind: RealServer.Kind) async throws {
        let folder = try TemporaryFolder()
        let site = CatalogueFolder(root: folder.url.appending(path: "site"))
        let (phaseFile, coherenceFile) = (
            try folder.write(phase.data, to: "phase.tif"), try folder.write(TestTIFF().data, to: "cc.tif")
        )
        try site.publish(interferogram, phase: phaseFile, coherence: coherenceFile, style: .folder)
        let second = InterferogramID(frame: frame, pair: later)
        try site.publish(second, phase: phaseFile, coherence: coherenceFile)
        // The manifest as a mirror would keep it: links from the server's root.
        let names = [LiCSARName.coherence(of: later), LiCSARName.phase(of: later)]
        let links = names.map { "<a href='/LiCSAR_products.public/106/\(frame)/interferograms/\(later)/\($0)'>\($0)</a><br />\n" }
        try folder.write(links.joined(), to: "site/LiCSAR_products/106/\(frame)/interferograms/\(later)")

        try await RealServer.with(kind, root: site.root) { server in
            let catalogue = JASMINCatalogue(base: server.base, connection: connection)
            let listing = try await catalogue.listing()
            #expect(listing.pairs.map(\.id.pair) == [pair, later])
            if kind != .apachePlain {
                let age = try #require(listing.pairs.first?.version.lastModified).timeIntervalSinceNow
                #expect(abs(age) < 86_400)
            }
            try await fetchAll(catalogue, listing, folder: folder)
            // None of them answers 304 for an index (Apache not even with TrackModified): the content's digest decides.
            #expect(try await catalogue.list(frame, unlessUnchanged: listing.validator) == .unchanged)
        }
    }

    @Test func `a pair that appears while we watch is seen at the next look, and only then`() async throws {
        try await RunningCatalogue.with { running in
            try running.publish(phase: phase)
            let catalogue = JASMINCatalogue(base: running.address.jasmin, connection: connection)
            let first = try await catalogue.listing()
            #expect(try await catalogue.list(frame, unlessUnchanged: first.validator) == .unchanged)
            #expect(running.server.requests.last?.status == 304)
            try running.publish(InterferogramID(frame: frame, pair: later), phase: phase)
            guard case .listing(let second) = try await catalogue.list(frame, unlessUnchanged: first.validator) else {
                Issue.record("the new pair was not seen")
                return
            }
            #expect(second.pairs.map(\.id.pair) == [pair, later])
        }
    }

    @Test func `polygons come from both catalogues`() async throws {
        try await RunningCatalogue.with { running in
            let polygon = try FramePolygon(parsing: "-92.25 -0.5\n-91.5 0.25\n-90.5 -1\n")
            let catalogues: [any InterferogramCatalogue] = [
                JASMINCatalogue(base: running.address.jasmin, connection: connection),
                CEDACatalogue(base: running.address.ceda, connection: connection),
            ]
            for catalogue in catalogues { #expect(try await catalogue.polygon(of: frame) == nil) }
            try running.server.folder.publish(polygon, of: frame)
            for catalogue in catalogues { #expect(try await catalogue.polygon(of: frame) == polygon) }
        }
    }
}
