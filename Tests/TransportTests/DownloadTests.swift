import Foundation
import LoopbackServers
import Testing

@testable import Transport

@Suite struct DownloadTests {
    let nginx: NginxServer
    let part: URL
    init() throws {
        nginx = try NginxServer.shared()
        part = try temporaryFolder("download").appending(path: "scene.part")
    }

    private var note: URL { URL(filePath: part.path + ".validator") }
    private func tag() async throws -> String {
        try #require(try await loopbackClient().send(HTTPRequest(.head, nginx.url("/data.bin"))).entityTag)
    }
    private func begin(_ bytes: Data, note text: String?) throws {
        try bytes.write(to: part)
        if let text { try Data(text.utf8).write(to: note) }
    }

    @Test func `a file arrives whole and leaves no note`() async throws {
        let response = try await loopbackClient().download(HTTPRequest(.get, nginx.url("/data.bin")), toPart: part)
        #expect(response.status == 200)
        #expect(response.body.isEmpty)
        #expect(try Data(contentsOf: part) == NginxServer.data)
        #expect(!FileManager.default.fileExists(atPath: note.path))
    }

    @Test func `a part of the same version is gone on with`() async throws {
        try begin(NginxServer.data.prefix(700_000), note: try await tag())
        let response = try await loopbackClient().download(HTTPRequest(.get, nginx.url("/data.bin")), toPart: part)
        #expect(response.status == 206)
        #expect(response.headers["Content-Length"] == "\((1 << 20) - 700_000)")
        #expect(try Data(contentsOf: part) == NginxServer.data)
    }

    @Test func `a part can be gone on with by its date alone`() async throws {
        let date = try #require(try await loopbackClient().send(HTTPRequest(.head, nginx.url("/weak/data.bin"))).headers["Last-Modified"])
        try begin(NginxServer.data.prefix(700_000), note: date)
        let response = try await loopbackClient().download(HTTPRequest(.get, nginx.url("/weak/data.bin")), toPart: part)
        #expect(response.status == 206)
        #expect(try Data(contentsOf: part) == NginxServer.data)
    }

    @Test(arguments: ["\"older\"", nil, "\"damaged\r\nEvil: 1\""])
    func `a part of another or unknown version is thrown away`(noted: String?) async throws {
        try begin(Data(repeating: 1, count: 2_000_000), note: noted)
        let response = try await loopbackClient().download(HTTPRequest(.get, nginx.url("/data.bin")), toPart: part)
        #expect(response.status == 200)
        #expect(try Data(contentsOf: part) == NginxServer.data)
    }

    @Test func `a part of a version that the caller does not expect is thrown away`() async throws {
        let tag = try await tag()
        try begin(NginxServer.data.prefix(700_000), note: tag)
        let other = try await loopbackClient().download(HTTPRequest(.get, nginx.url("/data.bin")), toPart: part, validator: "\"new\"")
        #expect(other.status == 200)
        try begin(NginxServer.data.prefix(700_000), note: tag)
        let same = try await loopbackClient().download(HTTPRequest(.get, nginx.url("/data.bin")), toPart: part, validator: tag)
        #expect(same.status == 206)
    }

    @Test func `a part that is as long as the file or longer is fetched anew after 416`() async throws {
        try begin(Data(repeating: 1, count: 1 << 20), note: try await tag())
        let response = try await loopbackClient().download(HTTPRequest(.get, nginx.url("/data.bin")), toPart: part)
        #expect(response.status == 200)
        #expect(try Data(contentsOf: part) == NginxServer.data)
    }

    @Test func `a range that was not asked for never reaches the file`() async throws {
        let odd = try OddServer()
        let client = try loopbackClient()
        try begin(Data("abc".utf8), note: "\"w\"")
        let request = HTTPRequest(.get, odd.url("/wrong-range"))
        #expect(await failure { () async throws(TransportError) in _ = try await client.download(request, toPart: part) } == .connectionLost)
        #expect(try Data(contentsOf: part) == Data("abc".utf8))
        #expect(try odd.requests().map { $0.contains("Range: bytes=3-") } == [true, false])
    }

    @Test func `a truncated answer is an error that keeps the part and its version`() async throws {
        let odd = try OddServer()
        let client = try loopbackClient()
        let request = HTTPRequest(.get, odd.url("/truncated"))
        #expect(await failure { () async throws(TransportError) in _ = try await client.download(request, toPart: part) } == .truncated)
        #expect(try Data(contentsOf: part).count == 600)
        #expect(try String(contentsOf: note, encoding: .utf8) == "\"t\"")
    }

    @Test func `a broken download goes on where it stopped`() async throws {
        let client = try loopbackClient()
        var slow = HTTPRequest(.get, nginx.url("/slow/data.bin"))
        slow.timeouts.total = .seconds(1)
        let first = slow
        #expect(await failure { () async throws(TransportError) in _ = try await client.download(first, toPart: part) } == .timeout)
        let kept = try Data(contentsOf: part).count
        #expect(kept > 0 && kept < 1 << 20)
        let response = try await client.download(HTTPRequest(.get, nginx.url("/data.bin")), toPart: part)
        #expect(response.status == 206)
        #expect(try Data(contentsOf: part) == NginxServer.data)
    }

    @Test func `the size limit counts what the part already holds`() async throws {
        let client = try loopbackClient()
        try begin(NginxServer.data.prefix(700_000), note: try await tag())
        var request = HTTPRequest(.get, nginx.url("/data.bin"))
        request.bodyLimit = 1_000_000
        let limited = request
        #expect(await failure { () async throws(TransportError) in _ = try await client.download(limited, toPart: part) } == .tooLarge)
        #expect(try Data(contentsOf: part).count == 700_000)
        request.bodyLimit = 1 << 20
        #expect(try await client.download(request, toPart: part).status == 206)
    }

    @Test(arguments: ["/missing", "/busy", "/gone"])
    func `an answer that is no success leaves the part alone`(path: String) async throws {
        try begin(Data("abc".utf8), note: "\"v\"")
        let response = try await loopbackClient().download(HTTPRequest(.get, nginx.url(path)), toPart: part)
        #expect(!response.isSuccess && !response.body.isEmpty)
        #expect(try Data(contentsOf: part) == Data("abc".utf8))
    }

    @Test func `an empty file gives an empty part`() async throws {
        try Data().write(to: nginx.files.appending(path: "empty.bin"))
        #expect(try await loopbackClient().download(HTTPRequest(.get, nginx.url("/empty.bin")), toPart: part).status == 200)
        #expect(try Data(contentsOf: part).isEmpty)
    }

    @Test func `a full disk is its own error`() async throws {
        try FileManager.default.createSymbolicLink(atPath: part.path, withDestinationPath: "/dev/full")
        let client = try loopbackClient()
        let request = HTTPRequest(.get, nginx.url("/data.bin"))
        #expect(await failure { () async throws(TransportError) in _ = try await client.download(request, toPart: part) } == .diskFull)
    }

    @Test func `a part that cannot be opened is a disk error`() async throws {
        let client = try loopbackClient()
        let request = HTTPRequest(.get, nginx.url("/data.bin"))
        let nowhere = part.appending(path: "below/nothing")
        #expect(await failure { () async throws(TransportError) in _ = try await client.download(request, toPart: nowhere) } == .disk)
    }
}
