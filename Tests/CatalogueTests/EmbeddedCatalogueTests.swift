import Domain
import EmbeddedCatalogue
import Foundation
import Testing
import Transport

/// A running embedded catalogue in a folder of its own, with one published pair.
final class RunningCatalogue: Sendable {
    let folder: TemporaryFolder
    let server: EmbeddedCatalogueServer
    let address: EmbeddedCatalogueServer.Address

    init(cedaHasInterferogramsFolder: Bool = false) async throws {
        folder = try TemporaryFolder()
        server = EmbeddedCatalogueServer(
            root: folder.url.appending(path: "site"), cedaHasInterferogramsFolder: cedaHasInterferogramsFolder)
        address = try await server.start()
    }

    func file(_ tiff: TestTIFF) throws -> URL { try folder.write(tiff.data, to: "made/\(UUID().uuidString).tif") }

    func publish(
        _ id: InterferogramID = interferogram, phase: TestTIFF = TestTIFF(bytesPerStrip: 60_000),
        coherence: TestTIFF? = TestTIFF(seed: 1),
        style: CatalogueFolder.Style = .manifest,
        homes: (phase: CatalogueFolder.Home, coherence: CatalogueFolder.Home) = (.jasmin, .ceda)
    ) throws {
        try server.folder.publish(id, phase: file(phase), coherence: coherence.map(file), style: style, homes: homes)
    }

    /// Runs a test body and stops the server whatever happens.
    static func with(cedaHasInterferogramsFolder: Bool = false, _ body: (RunningCatalogue) async throws -> Void) async throws {
        let running = try await RunningCatalogue(cedaHasInterferogramsFolder: cedaHasInterferogramsFolder)
        do {
            try await body(running)
        } catch {
            await running.server.stop()
            throw error
        }
        await running.server.stop()
    }
}

func loopbackClient() -> HTTPClient {
    HTTPClient(
        policy: HTTPPolicy(
            allowedHosts: [HostPattern("127.0.0.1")!], limits: HostLimits(concurrency: 8, ratePerSecond: 0, burst: 100)))
}

@Suite struct EmbeddedCatalogueTests {
    private let client = loopbackClient()

    private func get(_ url: URL, _ headers: [String: String] = [:]) async throws -> HTTPResponse {
        var request = HTTPRequest(.get, url)
        request.followRedirects = false
        request.headers = try headers.map { try HTTPHeader(name: $0.key, value: $0.value) }
        return try await client.send(request)
    }

    @Test func `files have validators, answer 304 and serve ranges`() async throws {
        try await RunningCatalogue.with { catalogue in
            try catalogue.publish()
            let file = catalogue.address.jasmin.appending(
                path: "LiCSAR_products.public/106/\(frame)/interferograms/\(pair)/\(pair).geo.diff_pha.tif")
            let whole = try await get(file)
            let tiff = TestTIFF(bytesPerStrip: 60_000).data
            #expect(whole.status == 200 && whole.body == tiff && whole.contentType == "image/tiff")
            let tag = try #require(whole.entityTag)
            #expect(try await get(file, ["If-None-Match": tag]).status == 304)
            #expect(try await get(file, ["If-Modified-Since": whole.headers["Last-Modified"]!]).status == 304)
            let part = try await get(file, ["Range": "bytes=100-", "If-Range": tag])
            #expect(part.status == 206 && part.body == tiff.dropFirst(100))
            #expect(part.headers["Content-Range"] == "bytes 100-\(tiff.count - 1)/\(tiff.count)")
            #expect(try await get(file, ["Range": "bytes=100-", "If-Range": "\"other\""]).body == tiff)
            #expect(try await get(file, ["Range": "bytes=\(tiff.count)-"]).status == 416)
        }
    }

    @Test func `paths cannot leave the folder`() async throws {
        try await RunningCatalogue.with { catalogue in
            try catalogue.folder.write("secret", to: "secret.txt")
            for path in ["/public/nceo_geohazards/%2e%2e/secret.txt", "/public/nceo_geohazards/..%2fsecret.txt", "/secret.txt"] {
                let url = try #require(URL(string: catalogue.address.origin.absoluteString + path))
                #expect(try await get(url).status == 404, "\(path)")
            }
        }
    }

    @Test func `CEDA lists directories as JSON and redirects files`() async throws {
        try await RunningCatalogue.with { catalogue in
            try catalogue.publish(InterferogramID("005A_01234_131313/20240106_20240118")!)
            let ceda = catalogue.address.ceda.absoluteString
            let listing = try await get(URL(string: ceda + "/05?json")!)
            #expect(listing.contentType == "application/json")
            #expect(String(decoding: listing.body, as: UTF8.self).contains("\"005A_01234_131313\""))
            #expect(try await get(URL(string: ceda + "/5?json")!).status == 404)
            #expect(try await get(URL(string: ceda + "/05")!).contentType == "text/html")
            let file = try await get(URL(string: "\(ceda)/05/005A_01234_131313/\(pair)/\(pair).geo.cc.tif")!)
            #expect(file.status == 301 && file.headers["Location"]?.contains("/dap/neodc/") == true)
        }
    }

    @Test func `a webhook is kept as it came`() async throws {
        let folder = try TemporaryFolder()
        let receiver = WebhookReceiver(folder: folder.url.appending(path: "hooks"))
        let url = try await receiver.start()
        var request = HTTPRequest(.post, url)
        request.headers = [
            try HTTPHeader(name: "webhook-id", value: "msg_1"), try HTTPHeader(name: "Content-Type", value: "application/json"),
        ]
        // As the courier sends them: beside tests that take all processors a receiver may be slow to answer.
        request.timeouts = Timeouts(total: .seconds(300), lowSpeedBytesPerSecond: 0)
        request.body = Data(repeating: 0x61, count: 300_000)
        #expect(try await client.send(request).status == 204)
        request.body = Data(#"{"n": 2}"#.utf8)
        #expect(try await client.send(request).status == 204)
        await receiver.stop()
        let receipts = try receiver.receipts()
        #expect(receipts.map(\.body) == ["0001.body", "0002.body"])
        let first = try #require(receipts.first)
        #expect(first.headers["webhook-id"] == "msg_1" && first.method == "POST" && first.path == "/webhook")
        #expect(try Data(contentsOf: folder.url.appending(path: "hooks/0001.body")) == Data(repeating: 0x61, count: 300_000))
    }
}
