import Domain
import Foundation
import Raster
import Testing

@testable import Daemon

@Suite("Crop shelf") final class CropShelfTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("shelf-\(UUID().uuidString.prefix(8))")
    private var recent: URL { folder.appendingPathComponent("crops/recent") }
    private var reviewed: URL { folder.appendingPathComponent("crops/reviewed") }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func phase(_ seed: Int) -> RasterGrid {
        let grid = GridGeometry(width: 100, height: 100, west: -91, north: 0, pixelWidth: 0.001, pixelHeight: 0.001)
        return RasterGrid(geometry: grid, values: (0..<10_000).map { Float(($0 * 7919 + seed * 104_729) % 6000) / 1000 - 2.99995 })
    }

    private func files(_ folder: URL) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }

    @Test func `what is flagged is kept, the oldest goes where the limit is reached, and what was judged stays`() async throws {
        let shelf = CropShelf(stateDirectory: folder, recentLimit: 100_000)
        for number in 1...3 {
            try await shelf.keep(phase(number), as: "\(number).tif")
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: Double(number))], ofItemAtPath: recent.appendingPathComponent("\(number).tif").path)
            if number == 1 { #expect(try await shelf.review("1.tif", attached: nil) == nil) }
        }
        try await shelf.keep(phase(4), as: "4.tif")
        #expect(try files(recent).contains("4.tif") && !files(recent).contains("1.tif"))
        #expect(try files(reviewed) == ["1.tif"])
        let kept = try #require(try await shelf.read("1.tif"))
        let copy = folder.appendingPathComponent("copy.tif")
        try kept.write(to: copy)
        #expect(try GeoTIFFFile(copy).read(as: .wrappedPhase).values == phase(1).values)
    }

    @Test func `a crop that is gone says so, one that is attached is kept, and one that is no raster is refused`() async throws {
        let shelf = CropShelf(stateDirectory: folder)
        #expect(try await shelf.review("a.tif", attached: nil)?.contains("no longer kept") == true)
        let file = folder.appendingPathComponent("given.tif")
        try GeoTIFF.write(phase(5), to: file, as: .float32Deflate)
        #expect(try await shelf.review("a.tif", attached: try Data(contentsOf: file)) == nil)
        #expect(try await shelf.read("a.tif") != nil)
        #expect(try await shelf.review("a.tif", attached: nil) == nil, "it is kept already")
        await #expect(throws: RasterError.self) { try await shelf.review("b.tif", attached: Data("no raster".utf8)) }
        #expect(try files(reviewed) == ["a.tif"])
        #expect(try await shelf.read("../given.tif") == nil)
    }

    @Test func `beyond its limit no judged crop is kept, none is thrown away, and the answer says so`() async throws {
        let shelf = CropShelf(stateDirectory: folder, reviewedLimit: 10_000)
        try await shelf.keep(phase(1), as: "1.tif")
        try await shelf.keep(phase(2), as: "2.tif")
        #expect(try await shelf.review("1.tif", attached: nil) == nil)
        #expect(try await shelf.review("2.tif", attached: nil)?.contains("reached its limit") == true)
        #expect(try files(reviewed) == ["1.tif"])
    }
}
