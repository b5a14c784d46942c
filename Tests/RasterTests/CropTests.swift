import Domain
import Foundation
import Testing

@testable import Raster

struct CropTests {
    let sierraNegra = GeoPoint(latitude: -0.83, longitude: -91.17)!

    /// A raster whose value tells its own pixel: row + column / 10000.
    private func numbered(_ geometry: GridGeometry) -> RasterGrid {
        RasterGrid(
            geometry: geometry,
            values: (0..<geometry.width * geometry.height).map { Float($0 / geometry.width) + Float($0 % geometry.width) / 10_000 })
    }

    private func grid(west: Double, north: Double, width: Int = 700, height: Int = 700, pixel: Double = 0.001) -> RasterGrid {
        numbered(GridGeometry(width: width, height: height, west: west, north: north, pixelWidth: pixel, pixelHeight: pixel))
    }

    @Test func `half a degree is 500 x 500 pixels round the place`() {
        let numbered = grid(west: -91.5, north: -0.5)
        let crop = numbered.crop(around: sierraNegra)
        #expect(crop.geometry == GridGeometry(width: 500, height: 500, west: -91.42, north: -0.58, pixelWidth: 0.001, pixelHeight: 0.001))
        #expect(crop[0, 0] == numbered.values[80 * 700 + 80])
        #expect(crop[499, 499] == numbered.values[579 * 700 + 579])
    }

    @Test func `what the raster does not reach is no data`() {
        let crop = grid(west: -91.17, north: -0.83).crop(around: sierraNegra)
        #expect(crop[249, 499].isNaN && crop[499, 249].isNaN)
        #expect(crop[250, 250] == 0)
        #expect(crop.statistics().validShare == 0.25)
    }

    @Test func `a crop elsewhere is all no data`() {
        #expect(grid(west: 10, north: 40).crop(around: sierraNegra).statistics().count == 0)
    }

    @Test(arguments: [0.0, 0.0005, -0.0005, 0.000_499_999_999_9, 0.000_500_000_000_1])
    func `rasters half a pixel apart crop to one grid without gaps or repeats`(shift: Double) {
        let crop = grid(west: -91.5 + shift, north: -0.5 + shift).crop(around: sierraNegra)
        #expect(crop.geometry == GridGeometry.crop(around: sierraNegra))
        let steps = zip(crop.values.dropFirst(), crop.values).map { ($0 - $1) * 10_000 }.filter { abs($0) < 5000 }
        #expect(Set(steps.map { $0.rounded() }) == [1])
        let rows = (0..<500).map { crop[$0, 0].rounded(.down) }
        #expect(rows == (0..<500).map { Float($0) + rows[0] })
    }

    @Test func `the place of a value moves by half a pixel at most`() {
        let source = grid(west: -91.5003, north: -0.4998)
        let crop = source.crop(around: sierraNegra)
        let row = Double(crop[100, 200].rounded(.down))
        let column = ((Double(crop[100, 200]) - row) * 10_000).rounded()
        #expect(abs(source.geometry.longitude(x: column + 0.5) - crop.geometry.longitude(x: 200.5)) <= 0.000_500_01)
        #expect(abs(source.geometry.latitude(y: row + 0.5) - crop.geometry.latitude(y: 100.5)) <= 0.000_500_01)
    }

    @Test(arguments: [0.0005, 0.002]) func `finer and coarser rasters give the nearest pixel`(pixel: Double) {
        let source = grid(west: -91.5, north: -0.5, width: Int(0.8 / pixel), height: Int(0.8 / pixel), pixel: pixel)
        let crop = source.crop(around: sierraNegra)
        #expect(crop.width == 500 && crop.statistics().validShare == 1)
        let place = (latitude: crop.geometry.latitude(y: 77.5), longitude: crop.geometry.longitude(x: 311.5))
        let row = Int((source.geometry.row(latitude: place.latitude) + 1e-6).rounded(.down))
        let column = Int((source.geometry.column(longitude: place.longitude) + 1e-6).rounded(.down))
        #expect(crop[77, 311] == source[row, column])
    }

    @Test(arguments: [-180.5, 179.5]) func `a crop over the 180th meridian is whole, wherever the raster counts from`(west: Double) throws {
        let taveuni = try #require(GeoPoint(latitude: -16.82, longitude: -179.97))
        let source = grid(west: west, north: -16.5, width: 1000, height: 700)
        let crop = source.crop(around: taveuni)
        #expect(crop.statistics().validShare == 1)
        #expect(abs(crop.geometry.west - 179.78) < 1e-9)
        #expect(abs(crop[0, 0] - (70 + 0.0280)) < 1e-3)
    }

    @Test func `a global raster serves a crop on both sides of its seam`() throws {
        let taveuni = try #require(GeoPoint(latitude: -16.82, longitude: -179.97))
        let world = grid(west: -180, north: 90, width: 3600, height: 1800, pixel: 0.1)
        #expect(world.crop(around: taveuni).statistics().validShare == 1)
    }

    @Test func `a file's crop is the crop of the whole, in every layout`() throws {
        let folder = try Folder(), source = grid(west: -91.6, north: -0.4, width: 620, height: 610)
        for layout in [
            GeoTIFFWriter(sample: .float32, predictor: 3), GeoTIFFWriter(block: .tiles(side: 64), registeredAtCentres: true),
            GeoTIFFWriter(block: .strips(rows: 50), southUp: true),
        ] {
            let url = try folder.file()
            try layout.write(source, to: url)
            let file = try GeoTIFFFile(url)
            let direct = try file.crop(as: .elevation, around: sierraNegra)
            let whole = try file.read(as: .elevation).crop(around: sierraNegra)
            #expect(direct.geometry == whole.geometry)
            #expect(direct.hasSameValues(as: whole))
            #expect(direct.statistics().count > 100_000)
        }
    }

    @Test func `several crops of a file are the single ones, near each other or far apart`() throws {
        let folder = try Folder(), url = try folder.file("a.tif"), source = grid(west: -92, north: 0, width: 1800, height: 1900)
        try GeoTIFFWriter(block: .strips(rows: 11)).write(source, to: url)
        let file = try GeoTIFFFile(url)
        let (near, far, outside) = (
            GeoPoint(latitude: -0.9, longitude: -91.2)!, GeoPoint(latitude: -1.9, longitude: -90.3)!, GeoPoint(latitude: 50, longitude: 0)!
        )
        for places in [[sierraNegra, near, outside], [sierraNegra, far], [outside], []] {
            let crops = try file.crops(as: .elevation, around: places)
            #expect(crops.count == places.count)
            for (crop, place) in zip(crops, places) {
                #expect(crop.geometry == GridGeometry.crop(around: place))
                #expect(crop.hasSameValues(as: source.crop(around: place)))
            }
        }
    }

    @Test func `a file that lies elsewhere gives an empty crop`() throws {
        let folder = try Folder(), url = try folder.file()
        try GeoTIFF.write(.ramp(), to: url, as: .float32Deflate)
        let crop = try GeoTIFFFile(url).crop(as: .wrappedPhase, around: GeoPoint(latitude: 40, longitude: 10)!)
        #expect(crop.width == 500 && crop.statistics().count == 0)
    }

    @Test func `statistics leave no data out`() {
        let geometry = GridGeometry.galapagos(width: 4, height: 1)
        let grid = RasterGrid(geometry: geometry, values: [0.5, .nan, 1, 0.75])
        let found = grid.statistics()
        #expect((found.count, found.validShare, found.mean, found.minimum, found.maximum) == (3, 0.75, 0.75, 0.5, 1))
        let mask = RasterGrid(geometry: geometry, values: [1, 1, 1, .nan])
        #expect(grid.statistics(whereValidIn: mask).mean == 0.75 && grid.statistics(whereValidIn: mask).count == 2)
        #expect(RasterGrid(geometry: geometry, values: [2, 2, .nan, 2]).statistics().isConstant)
        #expect(!RasterGrid(geometry: geometry, values: Array(repeating: .nan, count: 4)).statistics().isConstant)
    }
}
