import Testing

@testable import Raster

@Suite struct `Square pixels` {
    private func grid(latitude: Double, size: (width: Int, height: Int) = (500, 500), pixel: (width: Double, height: Double) = (0.001, 0.001))
        -> GridGeometry
    {
        GridGeometry(
            width: size.width, height: size.height, west: -20, north: latitude + Double(size.height) * pixel.height / 2, pixelWidth: pixel.width,
            pixelHeight: pixel.height)
    }

    @Test(arguments: [(64.0, 219), (-64, 219), (60, 250), (40, 383), (-36.5, 402), (80, 87)])
    func `need fewer columns the nearer the pole lies`(latitude: Double, columns: Int) {
        let (degrees, square) = (grid(latitude: latitude), grid(latitude: latitude).withSquarePixels)
        #expect((square.width, square.height) == (columns, 500))
        #expect((square.west, square.north, square.pixelHeight) == (degrees.west, degrees.north, degrees.pixelHeight))
        #expect(abs(square.longitude(x: Double(columns)) - degrees.longitude(x: 500)) < 1e-9, "the same area")
    }

    @Test(arguments: [0.0, 20, -25]) func `are what pixels within a tenth of square count as`(latitude: Double) {
        #expect(grid(latitude: latitude).withSquarePixels == grid(latitude: latitude))
    }

    @Test func `need fewer rows where a file's pixels are flat`() {
        let square = grid(latitude: 0, pixel: (0.001, 0.0005)).withSquarePixels
        #expect((square.width, square.height) == (500, 250))
        let both = grid(latitude: 60, pixel: (0.002, 0.001))
        #expect(both.withSquarePixels == both, "half as wide by the latitude, twice as wide by the file")
    }

    @Test func `of the smallest grids there is one at least, and none of empty ones`() {
        #expect(grid(latitude: 80, size: (1, 1)).withSquarePixels.width == 1)
        #expect(grid(latitude: 80, size: (0, 0)).withSquarePixels.width == 0)
    }

    @Test func `leave out columns and average none`() {
        let degrees = grid(latitude: 60, size: (8, 2))
        let square = RasterGrid(geometry: degrees, values: (0..<16).map(Float.init)).resampled(onto: degrees.withSquarePixels)
        // The centres of four columns lie on the edges between eight; those on an edge belong to the pixel to the east.
        #expect(square.values == [1, 3, 5, 7, 9, 11, 13, 15])
    }

    @Test func `are filled up with no data at one end or at both`() {
        let narrow = grid(latitude: 0, size: (3, 2))
        let values = RasterGrid(geometry: narrow, values: [1, 2, 3, 4, 5, 6])
        let east = values.resampled(onto: narrow.filledUp(to: 4)).values
        #expect(east.map { $0.isNaN ? 0 : $0 } == [1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        let both = values.resampled(onto: narrow.filledUp(to: 5, onBothEnds: true)).values
        #expect(both.map { $0.isNaN ? 0 : $0 } == [0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 4, 5, 6, 0] + [Float](repeating: 0, count: 10))
        #expect(narrow.filledUp(to: 2) == narrow)
    }
}
