import Checksums
import Domain
import EmbeddedCatalogue
import Foundation
import Testing
import Transport

@testable import Catalogue

/// A JASMIN catalogue, its server, and a fetcher with a folder of its own.
private struct Way {
    let running: RunningCatalogue
    let catalogue: JASMINCatalogue
    let fetcher: ProductFetcher

    static func with(_ body: (Way) async throws -> Void) async throws {
        try await RunningCatalogue.with { running in
            let connection = CatalogueConnection(client: loopbackClient(), allowedHosts: [])
            let way = Way(
                running: running, catalogue: JASMINCatalogue(base: running.address.jasmin, connection: connection),
                fetcher: ProductFetcher(connection: connection, incoming: running.folder.url.appending(path: "incoming")))
            try await way.fetcher.prepare(now: Date())
            try await body(way)
        }
    }

    func products() async throws -> PairProducts {
        try await catalogue.products(of: #require(catalogue.listing().pairs.first))
    }

    func fault(_ body: () async throws -> Void) async -> CatalogueError? {
        await #expect(throws: CatalogueError.self) { try await body() }
    }

    var incoming: [String] { get throws { try running.folder.contents("incoming") } }
}

@Suite struct ProductFetcherTests {
    private let tiff = TestTIFF(bytesPerStrip: 60_000)

    @Test func `phase and coherence arrive whole and are discarded when read`() async throws {
        try await Way.with { way in
            try way.running.publish(phase: tiff)
            let pair = try await way.fetcher.fetch(way.products())
            #expect(try Data(contentsOf: pair.phase.file) == tiff.data)
            #expect(pair.phase.version.md5 == Checksums.md5(of: tiff.data))
            #expect(pair.phase.version.size == tiff.data.count)
            #expect(pair.phase.version.entityTag != nil && pair.phase.version.lastModified != nil)
            let coherence = try #require(pair.coherence)
            #expect(try Data(contentsOf: coherence.file) == TestTIFF(seed: 1).data)
            #expect(try way.incoming.count == 2)
            try await way.fetcher.discard(pair)
            #expect(try way.incoming.isEmpty)
        }
    }

    @Test func `a download that was cut goes on where it ended, also in a new fetcher`() async throws {
        try await Way.with { way in
            try way.running.publish(phase: tiff, coherence: nil)
            let products = try await way.products()
            way.running.server.fail(.cut(after: 70_000), where: "diff_pha", times: 1)
            let error = await way.fault { _ = try await way.fetcher.fetch(products) }
            #expect(error?.fault == .unreachable && error?.isTemporary == true)
            #expect(try way.incoming.contains { $0.hasSuffix(".part") })

            let restarted = ProductFetcher(
                connection: CatalogueConnection(client: loopbackClient(), allowedHosts: []),
                incoming: way.running.folder.url.appending(path: "incoming"))
            try await restarted.prepare(now: Date())
            let pair = try await restarted.fetch(products)
            #expect(try Data(contentsOf: pair.phase.file) == tiff.data)
            let last = try #require(way.running.server.requests.last { $0.path.contains("diff_pha") })
            #expect(last.status == 206 && last.headers["range"] == "bytes=70000-")
            #expect(try way.incoming == [pair.phase.file.lastPathComponent])
        }
    }

    @Test func `a product that was replaced after the cut is fetched anew`() async throws {
        try await Way.with { way in
            try way.running.publish(phase: tiff, coherence: nil)
            let products = try await way.products()
            way.running.server.fail(.cut(after: 70_000), where: "diff_pha", times: 1)
            _ = await way.fault { _ = try await way.fetcher.fetch(products) }
            let replaced = TestTIFF(bytesPerStrip: 60_000, seed: 99)
            try way.running.publish(phase: replaced, coherence: nil)
            let pair = try await way.fetcher.fetch(way.products())
            #expect(try Data(contentsOf: pair.phase.file) == replaced.data)
        }
    }

    @Test(arguments: [
        (Fault.html, CatalogueError.Fault.htmlInsteadOfTIFF), (.emptyBody, .empty), (.truncated(to: 5000), .incomplete),
        (.status(404), .notFound),
        (.status(503, retryAfter: 120), .busy), (.status(403), .denied), (.status(410), .notFound), (.redirectLoop, .unreachable),
    ])
    func `a bad wrapped phase gets a named fault and leaves nothing half done`(fault: Fault, expected: CatalogueError.Fault)
        async throws
    {
        try await Way.with { way in
            try way.running.publish(phase: tiff)
            let products = try await way.products()
            way.running.server.fail(fault, where: "diff_pha")
            let error = await way.fault { _ = try await way.fetcher.fetch(products) }
            #expect(error?.fault == expected)
            #expect(error?.isTemporary == (fault != .status(410)))
            #expect(error?.retryAfter == (fault == .status(503, retryAfter: 120) ? 120 : nil))
            #expect(try way.incoming.isEmpty)

            // What was bad is not kept: once the catalogue is mended, the product arrives.
            way.running.server.recover()
            let pair = try await way.fetcher.fetch(products)
            #expect(try Data(contentsOf: pair.phase.file) == tiff.data)
        }
    }

    @Test(arguments: [Fault.status(404), .html, .emptyBody, .truncated(to: 300)])
    func `a missing or bad coherence is reported and does not stop the phase`(fault: Fault) async throws {
        try await Way.with { way in
            try way.running.publish()
            let products = try await way.products()
            way.running.server.fail(fault, where: "geo.cc.tif")
            let pair = try await way.fetcher.fetch(products)
            #expect(pair.coherence == nil)
            #expect(pair.coherenceProblem != nil)
            #expect(try way.incoming.count == 1)
        }
    }

    @Test(arguments: [Fault.status(503, retryAfter: 5), .cut(after: 100)])
    func `a coherence that may come in a moment is waited for`(fault: Fault) async throws {
        try await Way.with { way in
            try way.running.publish()
            let products = try await way.products()
            way.running.server.fail(fault, where: "geo.cc.tif")
            let error = await way.fault { _ = try await way.fetcher.fetch(products) }
            #expect(error?.isTemporary == true)
            #expect(try way.incoming.allSatisfy { !$0.hasSuffix(".tif") })
        }
    }

    @Test func `a file larger than the limit is refused`() async throws {
        try await Way.with { way in
            try way.running.publish(phase: tiff, coherence: nil)
            let small = ProductFetcher(
                connection: CatalogueConnection(client: loopbackClient(), allowedHosts: []),
                incoming: way.running.folder.url.appending(path: "incoming"), sizeLimit: 10_000)
            let error = await way.fault { _ = try await small.fetch(way.products()) }
            #expect(error?.fault == .tooLarge && error?.isTemporary == false)
        }
    }

    @Test(arguments: [
        (ProductVersion(md5: String(repeating: "0", count: 32)), CatalogueError.Fault.checksumMismatch),
        (ProductVersion(size: 1), .sizeMismatch),
    ])
    func `a file that is not what the listing promised is refused`(promised: ProductVersion, expected: CatalogueError.Fault)
        async throws
    {
        try await Way.with { way in
            try way.running.publish(phase: tiff, coherence: nil)
            let listed = try await way.products()
            let products = PairProducts(
                id: listed.id, phase: Product(location: listed.phase.location, version: promised), coherence: nil,
                source: listed.source)
            let error = await way.fault { _ = try await way.fetcher.fetch(products) }
            #expect(error?.fault == expected)
            #expect(try way.incoming.isEmpty)
        }
    }

    @Test func `a host that the client may not reach is refused for good`() async throws {
        try await Way.with { way in
            let elsewhere = Product(location: .remote(URL(string: "https://evil.example.com/a.tif")!), version: ProductVersion())
            let error = await way.fault {
                _ = try await way.fetcher.fetch(PairProducts(id: interferogram, phase: elsewhere, coherence: nil, source: ""))
            }
            #expect(error?.fault == .refusedLink && error?.isTemporary == false)
        }
    }

    @Test func `local files are copied, so that later writes do not matter`() async throws {
        try await Way.with { way in
            let source = try way.running.folder.write(tiff.data, to: "drop/phase.tif")
            let local = PairProducts(
                id: interferogram, phase: Product(location: .local(path: source.path), version: ProductVersion()), coherence: nil,
                source: source.path)
            let pair = try await way.fetcher.fetch(local)
            try Data("gone".utf8).write(to: source)
            #expect(try Data(contentsOf: pair.phase.file) == tiff.data)
        }
    }

    @Test func `a start removes finished files and old parts, and keeps fresh parts`() async throws {
        try await Way.with { way in
            let now = Date()
            for (name, age) in [("a.tif", 0.0), ("b.part", 8 * 86_400), ("c.part", 3600)] {
                try way.running.folder.write(Data([1]), to: "incoming/" + name, modified: now.addingTimeInterval(-age))
            }
            try await way.fetcher.prepare(now: now)
            #expect(try way.incoming == ["c.part"])
        }
    }

    @Test(arguments: [(ENOSPC, CatalogueError.Fault.diskFull), (EDQUOT, .diskFull), (EACCES, .storage), (ENOENT, .notFound)])
    func `a failing disk is told from a failing catalogue`(code: Int32, expected: CatalogueError.Fault) {
        let error = CatalogueError.system("write", "/x", code: code)
        #expect(error.fault == expected && error.isTemporary)
    }

    @Test func `an incoming folder that cannot be made is said so`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("a file", to: "incoming")
        let fetcher = ProductFetcher(
            connection: CatalogueConnection(client: loopbackClient(), allowedHosts: []),
            incoming: folder.url.appending(path: "incoming/inner"))
        let error = await #expect(throws: CatalogueError.self) { try await fetcher.prepare(now: Date()) }
        #expect(error?.fault == .storage)
    }
}
