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
            #expect(listing.health == .good && listing.remarks.isEmpty)
            #expect(listing.pairs.allSatisfy { $0.version.lastModified != nil })
            try await fetchAll(catalogue, listing, folder: running.folder)
            #expect(try await catalogue.frames(onOrbit: 106) == [frame])
            #expect(try await catalogue.frames(onOrbit: 7).isEmpty)
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
            #expect(try await catalogue.frames(onOrbit: frame.relativeOrbit) == [frame])
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
        let (phaseFile, coherenceFile) = (try folder.write(phase.data, to: "phase.tif"), try folder.write(TestTIFF().data, to: "cc.tif"))
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
            #expect(try await catalogue.frames(onOrbit: 106) == [frame])
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
            #expect(second.compared(toKnown: Set(first.pairs.map(\.id.pair))).health == .good)
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

/// What catalogues do when they are unwell.
@Suite struct UnwellCatalogueTests {
    private func fault(_ fault: Fault, _ catalogue: (RunningCatalogue) -> any InterferogramCatalogue) async throws -> CatalogueError? {
        var found: CatalogueError?
        try await RunningCatalogue.with { running in
            try running.publish()
            running.server.fail(fault, where: "106A_09048_000909")
            found = await #expect(throws: CatalogueError.self) { try await catalogue(running).list(frame, unlessUnchanged: nil) }
        }
        return found
    }

    @Test(arguments: [
        (Fault.status(404), CatalogueError.Fault.notFound), (.status(503, retryAfter: 30), .busy), (.status(504), .busy), (.status(429), .busy),
        (.status(401), .denied), (.redirectLoop, .unreachable), (.cut(after: 100), .unreachable),
    ])
    func `a failing index is a temporary error with its name`(fault: Fault, expected: CatalogueError.Fault) async throws {
        let jasmin = try await self.fault(fault) { JASMINCatalogue(base: $0.address.jasmin, connection: connection) }
        let ceda = try await self.fault(fault) { CEDACatalogue(base: $0.address.ceda, connection: connection) }
        for error in [jasmin, ceda] {
            #expect(error?.fault == expected)
            #expect(error?.isTemporary == true)
            #expect(error?.retryAfter == (fault == .status(503, retryAfter: 30) ? 30 : nil))
        }
    }

    @Test func `CEDA's HTML instead of JSON is a failing index`() async throws {
        let error = try await fault(.html) { CEDACatalogue(base: $0.address.ceda, connection: connection) }
        #expect(error?.fault == .unreadable && error?.isTemporary == true)
        #expect(error?.message.contains("text/html") == true)
    }

    @Test(arguments: [
        ("\"location\":\"on_disk\"", "\"location\":\"on_tape\"", CatalogueError.Fault.onTape, true),
        ("\"location\":\"on_disk\"", "\"location\":\"on_disk\",\"corrupted\":true", .corrupted, false),
        (".geo.diff_pha.tif\",\"path\"", ".geo.unw.tif\",\"path\"", .phaseMissing, true),
    ])
    func `a phase that CEDA cannot give is named`(piece: String, other: String, expected: CatalogueError.Fault, isTemporary: Bool) async throws {
        try await RunningCatalogue.with { running in
            try running.publish()
            let catalogue = CEDACatalogue(base: running.address.ceda, connection: connection)
            let listed = try #require(try await catalogue.listing().pairs.first)
            running.server.fail(.rewritten(piece, to: other), where: "\(pair)?json")
            let error = await #expect(throws: CatalogueError.self) { try await catalogue.products(of: listed) }
            #expect(error?.fault == expected && error?.isTemporary == isTemporary)
        }
    }

    @Test func `a coherence that CEDA marks as corrupted is left out, and said so`() async throws {
        try await RunningCatalogue.with { running in
            try running.publish()
            let catalogue = CEDACatalogue(base: running.address.ceda, connection: connection)
            running.server.fail(.rewritten("cc.tif\",\"path\"", to: "cc.tif\",\"corrupted\":true,\"path\""), where: "\(pair)?json")
            let products = try await catalogue.products(of: #require(catalogue.listing().pairs.first))
            #expect(products.coherence == nil)
            #expect(products.remarks.map(\.reason) == [.corrupted])
        }
    }

    @Test func `pairs on tape are not listed and are remarked on`() async throws {
        try await RunningCatalogue.with { running in
            try running.publish()
            running.server.fail(.rewritten("on_disk", to: "on_tape"), where: "\(frame)?json")
            let listing = try await CEDACatalogue(base: running.address.ceda, connection: connection).listing()
            #expect(listing.pairs.isEmpty && listing.health == .degraded(.noPairs))
            #expect(listing.remarks.map(\.reason) == [.onTape])
        }
    }

    @Test func `a download link to another host is not followed`() async throws {
        try await RunningCatalogue.with { running in
            try running.publish()
            let catalogue = CEDACatalogue(base: running.address.ceda, connection: connection)
            running.server.fail(.rewritten("\"download\":\"http://127.0.0.1", to: "\"download\":\"http://evil.example.com"), where: "\(pair)?json")
            let products = try await catalogue.products(of: #require(catalogue.listing().pairs.first))
            #expect(products.phase.location.description.hasPrefix(running.address.ceda.absoluteString))
            #expect(products.remarks.map(\.reason) == [.refusedLink, .refusedLink])
        }
    }

    @Test func `a file that does not have CEDA's md5 is refused`() async throws {
        try await RunningCatalogue.with { running in
            try running.publish()
            let catalogue = CEDACatalogue(base: running.address.ceda, connection: connection)
            let wrong = String(repeating: "0", count: 32)
            running.server.fail(.rewritten("\"md5\":\"", to: "\"md5\":\"\(wrong)\",\"other\":\""), where: "\(pair)?json")
            let fetcher = ProductFetcher(connection: connection, incoming: running.folder.url.appending(path: "incoming"))
            try await fetcher.prepare(now: Date())
            let products = try await catalogue.products(of: #require(catalogue.listing().pairs.first))
            let error = await #expect(throws: CatalogueError.self) { try await fetcher.fetch(products) }
            #expect(error?.fault == .checksumMismatch)
        }
    }

    @Test func `a hostile manifest leads nowhere`() async throws {
        try await RunningCatalogue.with { running in
            try running.publish()
            let catalogue = JASMINCatalogue(base: running.address.jasmin, connection: connection)
            running.server.fail(.rewritten("<a href='", to: "<a href='file:///etc/passwd?"), where: "interferograms/\(pair)")
            let listed = try #require(try await catalogue.listing().pairs.first)
            let error = await #expect(throws: CatalogueError.self) { try await catalogue.products(of: listed) }
            #expect(error?.fault == .phaseMissing || error?.fault == .refusedLink)
        }
    }

    @Test(arguments: [Fault.emptyListing, .html, .emptyBody])
    func `an index that shows nothing is degraded`(fault: Fault) async throws {
        try await RunningCatalogue.with { running in
            try running.publish()
            running.server.fail(fault, where: "/interferograms/")
            let catalogue = JASMINCatalogue(base: running.address.jasmin, connection: connection)
            let listing = try await catalogue.listing()
            #expect(listing.health == .degraded(.noPairs))
            #expect(listing.compared(toKnown: [pair]).health == .degraded(.noPairs))
        }
    }

    @Test func `a withdrawn pair makes the listing degraded`() async throws {
        try await RunningCatalogue.with { running in
            try running.publish()
            try running.publish(InterferogramID(frame: frame, pair: later))
            try running.server.folder.withdraw(interferogram)
            let catalogue = JASMINCatalogue(base: running.address.jasmin, connection: connection)
            let listing = try await catalogue.listing()
            #expect(listing.compared(toKnown: [pair, later]).health == .degraded(.vanished(count: 1)))
        }
    }

    @Test func `a server that is down is unreachable`() async throws {
        let running = try await RunningCatalogue()
        await running.server.stop()
        let catalogue = JASMINCatalogue(base: running.address.jasmin, connection: connection)
        let error = await #expect(throws: CatalogueError.self) { try await catalogue.list(frame, unlessUnchanged: nil) }
        #expect(error?.fault == .unreachable && error?.isTemporary == true)
    }

    @Test func `a manifest that vanished between listing and look is temporary`() async throws {
        try await RunningCatalogue.with { running in
            try running.publish()
            let catalogue = JASMINCatalogue(base: running.address.jasmin, connection: connection)
            let listing = try await catalogue.listing()
            try running.server.folder.withdraw(interferogram)
            let error = await #expect(throws: CatalogueError.self) { try await catalogue.products(of: #require(listing.pairs.first)) }
            #expect(error?.fault == .notFound && error?.isTemporary == true)
        }
    }

    @Test func `the token goes to its host and is not shown`() async throws {
        try await RunningCatalogue.with { running in
            try running.publish()
            let host = running.address.origin.host! + ":\(running.address.origin.port!)"
            let secret = CatalogueConnection(client: loopbackClient(), allowedHosts: [], bearerTokens: [host: Secret("abc123")])
            _ = try await CEDACatalogue(base: running.address.ceda, connection: secret).list(frame, unlessUnchanged: nil)
            #expect(running.server.requests.last?.headers["authorization"] == "Bearer abc123")
            #expect(!"\(secret)".contains("abc123"))
            _ = try await CEDACatalogue(base: running.address.ceda, connection: connection).list(frame, unlessUnchanged: nil)
            #expect(running.server.requests.last?.headers["authorization"] == nil)
        }
    }
}
