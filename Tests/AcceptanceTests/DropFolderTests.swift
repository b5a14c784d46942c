import Console
import Domain
import EmbeddedCatalogue
import Foundation
import Testing

@Suite struct DropFolderTests {
    @Test func `a half-written file in a drop folder is not taken, the completed one is`() async throws {
        try await withStation { station in
            let drop = station.folder.appending(path: "drop")
            let pair = "20250613_20250707"
            let folder = drop.appending(path: "\(Station.frame)/interferograms/\(pair)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try station.configure(catalogue: ["kind: directory", "path: \(drop.path)"])
            try FileManager.default.copyItem(at: station.scenes.coherence(.uplift), to: folder.appending(path: "\(pair).geo.cc.tif"))
            let whole = try Data(contentsOf: station.scenes.phase(.uplift))
            let file = folder.appending(path: "\(pair).geo.diff_pha.tif")
            try whole.prefix(whole.count / 2).write(to: file)

            let daemon = try station.start()
            // It has come to rest, and still it is not whole.
            try await station.until("the daemon says that it is not complete", daemon) { try station.written().contains("is not complete") }
            #expect(try await station.accounts(pair).isEmpty)
            #expect(try await station.status().waiting == 0)

            let handle = try FileHandle(forWritingTo: file)
            try handle.seekToEnd()
            try handle.write(contentsOf: whole.suffix(from: whole.count / 2))
            try handle.close()
            try await station.settle(pair, daemon)
            let account = try #require(try await station.accounts(pair).first)
            #expect(account.outcome == "scored" && account.attempts == 0)
            #expect(try station.hook.receipts().count == 1)
            #expect(try station.filed().count == 1)
        }
    }
}
