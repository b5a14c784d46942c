import Domain
import Foundation
import Glibc
import Testing

@testable import Raster

struct RoundTripTests {
    @Test func `phase written the LiCSAR way comes back bit by bit`() throws {
        let folder = try Folder(), grid = RasterGrid.ramp()
        let url = try folder.file()
        try GeoTIFF.write(grid, to: url, as: .float32Deflate)
        let back = try GeoTIFFFile(url).read(as: .wrappedPhase)
        #expect(back.geometry.isClose(to: grid.geometry))
        #expect(back.hasSameValues(as: grid))
    }

    @Test func `coherence written the LiCSAR way comes back to a 255th`() throws {
        let folder = try Folder()
        var grid = RasterGrid.ramp()
        for i in grid.values.indices { grid.values[i] = (grid.values[i] + 3.053) / 6 }
        let url = try folder.file("20240106_20240118.geo.cc.tif")
        try GeoTIFF.write(grid, to: url, as: .uint8Deflate)
        let back = try GeoTIFFFile(url).read(as: .coherence)
        #expect(back.hasSameValues(as: grid, within: 1.01 / 255))
        #expect(back.statistics().validShare == grid.statistics().validShare)
    }

    @Test(arguments: [
        GeoTIFFWriter(compression: 1), GeoTIFFWriter(compression: 5), GeoTIFFWriter(compression: 5, predictor: 2),
        GeoTIFFWriter(compression: 5, predictor: 3), GeoTIFFWriter(compression: 8), GeoTIFFWriter(compression: 8, predictor: 2),
        GeoTIFFWriter(compression: 8, predictor: 3, block: .strips(rows: 7)), GeoTIFFWriter(block: .strips(rows: 1000)),
        GeoTIFFWriter(predictor: 3, block: .tiles(side: 16)), GeoTIFFWriter(compression: 1, block: .tiles(side: 64)),
        GeoTIFFWriter(sample: .float64), GeoTIFFWriter(sample: .float64, compression: 8, predictor: 3, block: .tiles(side: 32)),
        GeoTIFFWriter(registeredAtCentres: true), GeoTIFFWriter(southUp: true),
        GeoTIFFWriter(block: .strips(rows: 7), registeredAtCentres: true, southUp: true),
        GeoTIFFWriter(predictor: 3, block: .tiles(side: 16), southUp: true),
    ])
    func `every layout gives the same grid`(layout: GeoTIFFWriter) throws {
        let folder = try Folder(), grid = RasterGrid.ramp(), url = try folder.file()
        try layout.write(grid, to: url)
        let file = try GeoTIFFFile(url)
        #expect(file.geometry.isClose(to: grid.geometry))
        #expect(try file.read(as: .wrappedPhase).hasSameValues(as: grid))
    }

    /// Rows that end in the middle of the predictor's vectors, and values whose every byte carries over.
    @Test(arguments: [1, 2, 3, 4, 5, 15, 18, 63, 500]) func `what libtiff makes differences of comes back, whatever a row's length`(width: Int) throws
    {
        let folder = try Folder()
        var dice = Dice(state: 9)
        let values = (0..<width * 3).map { _ in Float.random(in: -3.14...3.14, using: &dice) }
        let grid = RasterGrid(geometry: .galapagos(width: width, height: 3), values: values)
        for (number, compression) in [5, 8].enumerated() {
            let url = try folder.file("\(number).tif")
            try GeoTIFFWriter(compression: compression, predictor: 3, block: .strips(rows: 2)).write(grid, to: url)
            #expect(try GeoTIFFFile(url).read(as: .wrappedPhase).hasSameValues(as: grid))
        }
    }

    @Test(arguments: [
        GeoTIFFWriter(), GeoTIFFWriter(block: .strips(rows: 7)), GeoTIFFWriter(block: .strips(rows: 1000)),
        GeoTIFFWriter(block: .tiles(side: 64), southUp: true),
    ])
    func `several threads read the same grid`(layout: GeoTIFFWriter) throws {
        let folder = try Folder(), url = try folder.file()
        let geometry = GridGeometry.galapagos(width: 300, height: 261)
        let values = (0..<300 * 261).map { $0 % 11 == 0 ? Float.nan : sin(Float($0) * 0.37) * 3 }
        try layout.write(RasterGrid(geometry: geometry, values: values), to: url)
        let alone = try GeoTIFFFile(url).read(as: .wrappedPhase)
        for threads in [2, 3, 16] {
            #expect(try GeoTIFFFile(url, threads: threads).read(as: .wrappedPhase).hasSameValues(as: alone), "\(threads) threads")
        }
    }

    @Test(arguments: [SampleType.int16, .uint16, .uint8], [1, 2])
    func `whole metres survive in integers`(sample: SampleType, predictor: Int) throws {
        let folder = try Folder(), geometry = GridGeometry.galapagos(width: 20, height: 12)
        let heights = RasterGrid(geometry: geometry, values: (0..<240).map { Float($0 % 200 + 1) })
        let url = try folder.file("frame.geo.hgt.tif")
        try GeoTIFFWriter(sample: sample, predictor: predictor, block: .strips(rows: 5)).write(heights, to: url)
        #expect(try GeoTIFFFile(url).read(as: .elevation).hasSameValues(as: heights))
    }

    @Test func `a true zero of phase or coherence stays data`() throws {
        let folder = try Folder(), geometry = GridGeometry.galapagos(width: 2, height: 1)
        let grid = RasterGrid(geometry: geometry, values: [0, .nan])
        let (phase, coherence) = (try folder.file("p.tif"), try folder.file("c.tif"))
        try GeoTIFF.write(grid, to: phase, as: .float32Deflate)
        try GeoTIFF.write(grid, to: coherence, as: .uint8Deflate)
        #expect(try GeoTIFFFile(phase).read(as: .wrappedPhase).hasSameValues(as: grid, within: 1e-30))
        #expect(try GeoTIFFFile(coherence).read(as: .coherence).hasSameValues(as: grid, within: 1.01 / 255))
    }

    @Test func `a failed write leaves the old file and no debris`() throws {
        let folder = try Folder(), url = try folder.file("kept.tif", Data("old".utf8))
        let taken = folder.url.appending(path: "taken")
        try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: false)
        let missing = folder.url.appending(path: "no/such/folder.tif")
        for target in [taken, missing] {
            let found = problem { try GeoTIFF.write(.ramp(), to: target, as: .float32Deflate) }
            guard case .io? = found else {
                Issue.record("expected an io problem, got \(String(describing: found))")
                continue
            }
        }
        #expect(try Data(contentsOf: url) == Data("old".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["kept.tif", "taken"])
    }

    @Test(arguments: [GeoTIFFWriter(predictor: 3), GeoTIFFWriter(compression: 1, block: .tiles(side: 16))])
    func `a full disk is noticed`(layout: GeoTIFFWriter) throws {
        let full = Glibc.open("/dev/full", O_RDWR)
        try #require(full >= 0)
        let found = problem { try layout.encode(.ramp(), into: full, name: "a.tif") }
        guard case .io(let detail)? = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(detail.hasPrefix("cannot be written: "))
    }

    @Test func `a window of any layout is that part of the whole`() throws {
        let folder = try Folder(), grid = RasterGrid.ramp()
        let window = PixelWindow(rows: 3..<29, columns: 5..<50)
        for layout in [
            GeoTIFFWriter(predictor: 3), GeoTIFFWriter(block: .strips(rows: 7), southUp: true), GeoTIFFWriter(block: .tiles(side: 16)),
            GeoTIFFWriter(block: .tiles(side: 16), southUp: true),
        ] {
            let url = try folder.file()
            try layout.write(grid, to: url)
            let part = try GeoTIFFFile(url).read(as: .wrappedPhase, window: window)
            let expected = window.rows.flatMap { y in window.columns.map { grid[y, $0] } }
            #expect(part.geometry.isClose(to: grid.geometry.part(window)))
            #expect(part.hasSameValues(as: RasterGrid(geometry: part.geometry, values: expected)))
        }
    }
}
