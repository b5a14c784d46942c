import Catalogue
import Domain
import EmbeddedCatalogue
import Foundation
import Testing
import Transport

private let later = AcquisitionPair("20240118_20240130")!
private let connection = CatalogueConnection(client: loopbackClient(), allowedHosts: [])

/// What catalogues do when they are unwell.
@Suite struct UnwellCatalogueTests {
    private func fault(_ fault: Fault, _ catalogue: (RunningCatalogue) -> any InterferogramCatalogue) async throws
        -> CatalogueError?
    {
        var found: CatalogueError?
        try await RunningCatalogue.with { running in
            try running.publish()
            running.server.fail(fault, where: "106A_09048_000909")
            found = await #expect(throws: CatalogueError.self) { try await catalogue(running).list(frame, unlessUnchanged: nil) }
        }
        return found
    }

    @Test(arguments: [
        (Fault.status(404), CatalogueError.Fault.notFound), (.status(503, retryAfter: 30), .busy), (.status(504), .busy),
        (.status(429), .busy),
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
    func `a phase that CEDA cannot give is named`(piece: String, other: String, expected: CatalogueError.Fault, isTemporary: Bool)
        async throws
    {
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
            running.server.fail(
                .rewritten("cc.tif\",\"path\"", to: "cc.tif\",\"corrupted\":true,\"path\""), where: "\(pair)?json")
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
            #expect(listing.pairs.isEmpty)
            #expect(listing.remarks.map(\.reason) == [.onTape])
        }
    }

    @Test func `a download link to another host is not followed`() async throws {
        try await RunningCatalogue.with { running in
            try running.publish()
            let catalogue = CEDACatalogue(base: running.address.ceda, connection: connection)
            running.server.fail(
                .rewritten("\"download\":\"http://127.0.0.1", to: "\"download\":\"http://evil.example.com"), where: "\(pair)?json"
            )
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
    func `an index that shows nothing is an empty listing, for the ledger to judge`(fault: Fault) async throws {
        try await RunningCatalogue.with { running in
            try running.publish()
            running.server.fail(fault, where: "/interferograms/")
            let catalogue = JASMINCatalogue(base: running.address.jasmin, connection: connection)
            let listing = try await catalogue.listing()
            #expect(listing.pairs.isEmpty)
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
            let error = await #expect(throws: CatalogueError.self) {
                try await catalogue.products(of: #require(listing.pairs.first))
            }
            #expect(error?.fault == .notFound && error?.isTemporary == true)
        }
    }

    @Test func `the token goes to its host and is not shown`() async throws {
        try await RunningCatalogue.with { running in
            try running.publish()
            let secret = CatalogueConnection(
                client: loopbackClient(), allowedHosts: [], bearerTokens: [running.address.ceda: Secret("abc123")])
            _ = try await CEDACatalogue(base: running.address.ceda, connection: secret).list(frame, unlessUnchanged: nil)
            #expect(running.server.requests.last?.headers["authorization"] == "Bearer abc123")
            #expect(!"\(secret)".contains("abc123"))
            _ = try await CEDACatalogue(base: running.address.ceda, connection: connection).list(frame, unlessUnchanged: nil)
            #expect(running.server.requests.last?.headers["authorization"] == nil)
        }
    }
}
