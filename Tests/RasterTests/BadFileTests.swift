import Foundation
import Testing

@testable import Raster

struct BadFileTests {
    private func problem(
        of content: Data, as quantity: Quantity = .wrappedPhase, limits: RasterLimits = .standard
    ) throws -> RasterError.Problem? {
        let folder = try Folder()
        let url = try folder.file("a.tif", content)
        return RasterTests.problem { _ = try GeoTIFFFile(url, limits: limits).read(as: quantity) }
    }

    private func written(_ layout: GeoTIFFWriter, _ grid: RasterGrid = .ramp()) throws -> Data {
        let folder = try Folder(), url = try folder.file()
        try layout.write(grid, to: url)
        return try Data(contentsOf: url)
    }

    @Test func `an empty file says so`() throws { #expect(try problem(of: Data()) == .emptyFile) }

    @Test(
        arguments: [
            ("<!DOCTYPE html>\n<html><head><title>404 Not\r\n Found</title></head></html>", "404 Not Found"),
            ("\u{FEFF}  <HTML><TITLE>Login \u{7} required</TITLE>", "Login required"), ("<html><body>busy</body></html>", nil),
            ("<?xml version='1.0'?><html><title></title></html>", nil), ("<a href='https://example.org/x.tif'>x.tif</a><br />", nil),
        ] as [(String, String?)])
    func `a page in place of a TIFF is named, with its title`(page: String, title: String?) throws {
        #expect(try problem(of: Data(page.utf8)) == .htmlPage(title: title))
    }

    @Test(
        arguments: [
            (Data([0x1F, 0x8B, 8, 0]), "a gzip archive (unpack it first)"), (Data("{\"path\": 1}".utf8), "JSON"),
            (Data([0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10]), "HDF5 or NetCDF-4"), (Data("not found".utf8), "text beginning with \"not found\""),
            (Data([0x00, 0xFF, 0x10]), "binary data beginning with 00 ff 10"),
            (Data(count: 5000), "zeros only (a download that never got its data)"), (Data([0x49, 0x49, 42]), "text beginning with \"II*\""),
        ] as [(Data, String)])
    func `other files are told what they look like`(content: Data, kind: String) throws {
        #expect(try problem(of: content) == .notATIFF(looksLike: kind))
    }

    @Test(arguments: [
        GeoTIFFWriter(predictor: 3), GeoTIFFWriter(compression: 1, block: .strips(rows: 40)), GeoTIFFWriter(block: .tiles(side: 16)),
        GeoTIFFWriter(compression: 5, block: .strips(rows: 4)),
    ])
    func `a file cut off anywhere is refused as cut off`(layout: GeoTIFFWriter) throws {
        let whole = try written(layout)
        #expect(try problem(of: whole) == nil)
        for length in stride(from: 4, to: whole.count, by: max(1, whole.count / 150)) {
            let found = try problem(of: whole.prefix(length))
            guard case .truncated? = found else {
                Issue.record("\(length) of \(whole.count) bytes gave \(String(describing: found))")
                continue
            }
        }
    }

    @Test func `a file cut off behind its directory tells how many rows are there`() throws {
        // Directory first, pixels last: the order of cloud-optimised files.
        var tiff = TinyTIFF(width: 10, height: 20, floats: Array(repeating: 1, count: 200))
        tiff.tags[278] = .long([1])
        tiff.tags[273] = .long(Array(repeating: 8, count: 20))
        tiff.tags[279] = .long(Array(repeating: 40, count: 20))
        tiff.pixels = Data()
        let start = tiff.data.count
        tiff.tags[273] = .long((0..<20).map { UInt32(start + $0 * 40) })
        let pixels = TinyTIFF(width: 10, height: 20, floats: Array(repeating: 1, count: 200)).pixels
        #expect(try problem(of: tiff.data + pixels) == nil)
        #expect(try problem(of: tiff.data + pixels.prefix(40 * 13 + 39)) == .truncated(rowsPresent: 13, rows: 20))
    }

    @Test(arguments: [(UInt32.max, UInt32.max), (2_000_000, 2_000_000), (40_000_001, 1)] as [(UInt32, UInt32)])
    func `huge dimensions are refused before anything is allocated`(width: UInt32, height: UInt32) throws {
        var tiff = TinyTIFF(width: 10, height: 10, floats: Array(repeating: 1, count: 100))
        tiff.tags[256] = .long([width])
        tiff.tags[257] = .long([height])
        let found = try problem(of: tiff.data)
        guard case .tooLarge? = found else {
            Issue.record("\(String(describing: found))")
            return
        }
    }

    @Test func `more pixels than the bytes can hold are refused`() throws {
        var tiff = TinyTIFF(width: 5000, height: 5000, floats: Array(repeating: 1, count: 100))
        tiff.tags[259] = .short([8])
        let found = try problem(of: tiff.data)
        guard case .tooLarge? = found else {
            Issue.record("\(String(describing: found))")
            return
        }
    }

    @Test func `the pixel and block limits are the caller's`() throws {
        let whole = try written(GeoTIFFWriter(block: .strips(rows: 40)))
        for limits in [
            RasterLimits(maximumPixels: 2399, maximumBlockBytes: 1 << 20), RasterLimits(maximumPixels: 2400, maximumBlockBytes: 9599),
        ] {
            guard case .tooLarge? = try problem(of: whole, limits: limits) else {
                Issue.record("\(limits) let it pass")
                continue
            }
        }
        #expect(try problem(of: whole, limits: RasterLimits(maximumPixels: 2400, maximumBlockBytes: 9600)) == nil)
    }

    @Test(
        arguments: [
            (277, .short([3])), (258, .short([16])), (258, .short([1])), (339, .short([6])), (259, .short([7])), (259, .short([50000])),
        ] as [(UInt16, TinyTIFF.Value)])
    func `kinds of TIFF that are not taken are named`(tag: UInt16, value: TinyTIFF.Value) throws {
        var tiff = TinyTIFF(width: 10, height: 10, floats: Array(repeating: 1, count: 100))
        tiff.tags[tag] = value
        let found = try problem(of: tiff.data)
        switch found {
        case .unsupported?, .damaged?: break
        default: Issue.record("tag \(tag) gave \(String(describing: found))")
        }
    }

    @Test func `a strip that does not decode is damage, not a picture`() throws {
        var bytes = try written(GeoTIFFWriter(block: .strips(rows: 40)))
        for i in 200..<260 { bytes[i] = 0xAA }
        let found = try problem(of: bytes)
        guard case .damaged(let detail)? = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(detail.hasPrefix("row 0: "))
    }

    @Test func `of damage met by several threads the first in the file is told`() throws {
        let folder = try Folder(), url = try folder.file()
        let geometry = GridGeometry.galapagos(width: 300, height: 261)
        var bytes = try written(GeoTIFFWriter(block: .strips(rows: 29)), .ramp(geometry))
        for start in [200, bytes.count / 2, bytes.count * 3 / 4] { for i in start..<start + 60 { bytes[i] = 0xAA } }
        try bytes.write(to: url)
        let error = #expect(throws: RasterError.self) { try GeoTIFFFile(url, threads: 3).read(as: .wrappedPhase) }
        guard case .damaged(let detail)? = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(detail.hasPrefix("row 0: "))
    }

    @Test func `folders and missing files are told apart`() throws {
        let folder = try Folder()
        guard case .unsupported? = RasterTests.problem({ _ = try GeoTIFFFile(folder.url) }) else {
            Issue.record("a folder was opened")
            return
        }
        do {
            _ = try GeoTIFFFile(folder.url.appending(path: "gone.tif"))
            Issue.record("a missing file was opened")
        } catch {
            #expect(error.isTemporary)
            #expect(error.description.hasPrefix("gone.tif: cannot be opened: No such file"))
        }
    }

    /// Seeded, so a failure can be repeated; what it shows is that nothing crashes and every file ends in a grid or a named problem.
    @Test(arguments: [
        GeoTIFFWriter(predictor: 3, noData: "0"), GeoTIFFWriter(compression: 5, predictor: 2, block: .tiles(side: 16)),
        GeoTIFFWriter(sample: .float64, compression: 1, block: .strips(rows: 9), southUp: true),
    ])
    func `hundreds of mutated files end in a grid or a named problem`(layout: GeoTIFFWriter) throws {
        let folder = try Folder(), whole = try written(layout)
        var dice = Dice(state: 20240106)
        let limits = RasterLimits(maximumPixels: 1_000_000, maximumBlockBytes: 4 << 20)
        var (grids, problems) = (0, 0)
        for _ in 0..<300 {
            var bytes = whole
            // Half of the hits go where the directory and its values lie, which is the end in libtiff's files.
            for _ in 0..<Int.random(in: 1...8, using: &dice) {
                let from = Bool.random(using: &dice) ? max(0, bytes.count - 900) : 0
                let value: UInt8 = [0, 0xFF, 0x7F, UInt8.random(in: 0...255, using: &dice)][Int.random(in: 0..<4, using: &dice)]
                bytes[Int.random(in: from..<bytes.count, using: &dice)] = value
            }
            let url = try folder.file("fuzz.tif", bytes)
            do throws(RasterError) {
                let file = try GeoTIFFFile(url, limits: limits)
                let grid = try file.read(as: .unwrappedPhase)
                #expect(grid.values.count == file.geometry.width * file.geometry.height)
                grids += 1
            } catch {
                #expect(!error.description.isEmpty && !error.isTemporary)
                problems += 1
            }
        }
        #expect(grids + problems == 300)
        #expect(problems > 30)
    }
}
