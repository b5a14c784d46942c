import Foundation
import Testing

@testable import Raster

/// Files written by tifffile, an implementation that shares no code with libtiff (Fixtures/make-fixtures.py).
struct ForeignWriterTests {
    private let geometry = GridGeometry(width: 24, height: 18, west: -91.5, north: -0.25, pixelWidth: 0.001, pixelHeight: 0.001)

    private func open(_ name: String) throws -> GeoTIFFFile {
        try GeoTIFFFile(URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).tif"))
    }

    private func grid(_ value: (_ row: Int, _ column: Int) -> Float) -> RasterGrid {
        RasterGrid(geometry: geometry, values: (0..<18).flatMap { row in (0..<24).map { value(row, $0) } })
    }

    private func coherence(_ row: Int, _ column: Int) -> Float { Float((row * 24 + column) % 255 + 1) }

    @Test(arguments: [
        "plain", "deflate-predictor3", "lzw-predictor3-point", "deflate-predictor3-bigendian", "deflate-tiles-big-southup", "float64-lzw",
    ])
    func `phase of another writer reads bit by bit`(name: String) throws {
        let file = try open(name)
        let expected = grid { row, column in
            (3..<6).contains(row) && (4..<10).contains(column) ? .nan : Float(Double((row * 37 + column * 11) % 601) / 100 - 3)
        }
        #expect(file.geometry.isClose(to: geometry))
        #expect(try file.read(as: .unwrappedPhase).hasSameValues(as: expected))
        #expect(try file.read(as: .wrappedPhase).hasSameValues(as: expected))
    }

    @Test func `coherence of another writer reads as shares of 255`() throws {
        let read = try open("coherence-deflate-predictor2").read(as: .coherence)
        #expect(read.hasSameValues(as: grid { coherence($0, $1) / 255 }, within: 1e-6))
    }

    @Test func `elevation of another writer reads in metres`() throws {
        #expect(try open("height-int16-lzw-predictor2").read(as: .elevation).hasSameValues(as: grid { coherence($0, $1) * 7 - 600 }))
        #expect(try open("height-uint16-bigendian").read(as: .elevation).hasSameValues(as: grid { coherence($0, $1) * 7 }))
    }
}
