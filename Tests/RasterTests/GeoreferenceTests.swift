import Domain
import Foundation
import Testing

@testable import Raster

struct GeoreferenceTests {
    private func geometry(_ geo: [UInt16: TinyTIFF.Value]) throws -> GridGeometry {
        let folder = try Folder()
        let url = try folder.file("a.tif", TinyTIFF(width: 4, height: 3, floats: Array(repeating: 1, count: 12), geo: geo).data)
        return try GeoTIFFFile(url).geometry
    }

    private func problem(_ geo: [UInt16: TinyTIFF.Value]) -> RasterError.Problem? {
        RasterTests.problem { _ = try geometry(geo) }
    }

    @Test(
        arguments: [
            // Area: the tie point is the corner.
            ([33550: .double([0.001, 0.001, 0]), 33922: .double([0, 0, 0, -91, 1, 0]), 34735: .short(TinyTIFF.keys())], -91.0, 1.0),
            // Point: the tie point is the first pixel's centre.
            (
                [33550: .double([0.001, 0.001, 0]), 33922: .double([0, 0, 0, -91, 1, 0]), 34735: .short(TinyTIFF.keys(registration: 2))],
                -91.0005, 1.0005
            ),
            // A tie point elsewhere in the raster.
            ([33550: .double([0.001, 0.001, 0]), 33922: .double([2, 1, 0, -91, 1, 0]), 34735: .short(TinyTIFF.keys())], -91.002, 1.001),
            // A matrix, north up.
            ([34264: .double([0.001, 0, 0, -91, 0, -0.001, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]), 34735: .short(TinyTIFF.keys())], -91, 1),
            // A matrix, south up, pixel centres: the first row's centre is the southernmost.
            (
                [
                    34264: .double([0.0009999999999999992, 0, 0, -91, 0, 0.001, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]),
                    34735: .short(TinyTIFF.keys(registration: 2)),
                ], -91.0005, 1.0025
            ),
            // No reference system at all, but degrees.
            ([33550: .double([0.001, 0.001, 0]), 33922: .double([0, 0, 0, -91, 1, 0])], -91, 1),
            // Longitudes from 0 to 360.
            ([33550: .double([0.001, 0.001, 0]), 33922: .double([0, 0, 0, 269, 1, 0])], -91, 1),
            // Degrees said in words.
            (
                [
                    33550: .double([0.001, 0.001, 0]), 33922: .double([0, 0, 0, -91, 1, 0]),
                    34735: .short(TinyTIFF.keys(geographic: 32767, unit: 9102)),
                ],
                -91, 1
            ),
        ] as [([UInt16: TinyTIFF.Value], Double, Double)])
    func `every way to say the place gives pixel edges, north up`(geo: [UInt16: TinyTIFF.Value], west: Double, north: Double) throws {
        let found = try geometry(geo)
        #expect(found.isClose(to: GridGeometry(width: 4, height: 3, west: west, north: north, pixelWidth: 0.001, pixelHeight: 0.001)))
    }

    @Test func `south-up rows are turned north up`() throws {
        let folder = try Folder()
        let geo: [UInt16: TinyTIFF.Value] = [34264: .double([0.001, 0, 0, -91, 0, 0.001, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1])]
        let url = try folder.file("a.tif", TinyTIFF(width: 2, height: 2, floats: [1, 2, 3, 0.5], geo: geo).data)
        #expect(try GeoTIFFFile(url).read(as: .wrappedPhase).values == [3, 0.5, 1, 2])
    }

    @Test func `a pixel size that lost its last digits is exact again`() {
        #expect(Georeference.exact(0.0009999999999999992) == 0.001)
        #expect(Georeference.exact(0.000833333333) == 1.0 / 1200)
        #expect(Georeference.exact(0.00123) == 0.00123)
        #expect(Georeference.exact(1.5) == 1.5)
    }

    @Test func `metres are refused, with the EPSG number where there is one`() {
        let utm: [UInt16: TinyTIFF.Value] = [33550: .double([80, 80, 0]), 33922: .double([0, 0, 0, 640_000, 9_910_000, 0])]
        #expect(problem(utm.merging([34735: .short(TinyTIFF.keys(model: 1, geographic: nil, projected: 32715))]) { $1 }) == .projected(epsg: 32715))
        #expect(problem(utm) == .projected(epsg: nil))
        #expect(RasterError(file: "a.tif", problem: .projected(epsg: 32715)).description.contains("gdalwarp"))
    }

    @Test func `other reference systems, units and rotated grids are refused`() {
        for geo: [UInt16: TinyTIFF.Value] in [
            TinyTIFF.area.merging([34735: .short(TinyTIFF.keys(geographic: 4267))]) { $1 },
            TinyTIFF.area.merging([34735: .short(TinyTIFF.keys(unit: 9101))]) { $1 },
            TinyTIFF.area.merging([34735: .short(TinyTIFF.keys(model: 3))]) { $1 },
            [34264: .double([0.001, 0.0001, 0, -91, 0, -0.001, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1])],
        ] {
            guard case .unsupported? = problem(geo) else {
                Issue.record("\(geo) gave \(String(describing: problem(geo)))")
                continue
            }
        }
    }

    @Test(
        arguments: [
            [:], [33922: .double([0, 0, 0, -91, 1, 0])], [33550: .double([0.001, 0.001, 0])],
            [33550: .double([0, 0.001, 0]), 33922: .double([0, 0, 0, -91, 1, 0])],
            [33550: .double([-0.001, 0.001, 0]), 33922: .double([0, 0, 0, -91, 1, 0])],
            [33550: .double([.nan, 0.001, 0]), 33922: .double([0, 0, 0, -91, 1, 0])],
            [33550: .double([0.001, 0.001, 0]), 33922: .double([0, 0, 0, .infinity, 1, 0])],
        ] as [[UInt16: TinyTIFF.Value]])
    func `a raster without a place is refused`(geo: [UInt16: TinyTIFF.Value]) {
        guard case .noGeoreference? = problem(geo) else {
            Issue.record("\(String(describing: problem(geo)))")
            return
        }
    }

    @Test func `both byte orders read alike`() throws {
        let folder = try Folder(), floats: [Float] = [1, -2, 3, 0.25]
        for bigEndian in [false, true] {
            let url = try folder.file("a.tif", TinyTIFF(width: 2, height: 2, floats: floats, bigEndian: bigEndian).data)
            #expect(try GeoTIFFFile(url).read(as: .wrappedPhase).values == floats)
        }
    }

    @Test func `a grid over the 180th meridian finds columns and places on both sides`() throws {
        let grid = GridGeometry(width: 500, height: 500, west: 179.78, north: -16.5, pixelWidth: 0.001, pixelHeight: 0.001)
        #expect(abs(grid.column(longitude: -179.97) - 250) < 1e-6)
        #expect(abs(grid.column(longitude: 179.78)) < 1e-6)
        let place = try #require(grid.point(x: 250, y: 0))
        #expect(abs(place.longitude + 179.97) < 1e-9)
    }
}
