import Foundation
import Testing

@testable import Raster

struct QuantityTests {
    private func read(_ floats: [Float], as quantity: Quantity, noData: String? = nil) throws -> [Float] {
        let folder = try Folder()
        var tiff = TinyTIFF(width: floats.count, height: 1, floats: floats)
        if let noData { tiff.tags[42113] = .text(noData) }
        let url = try folder.file("a.tif", tiff.data)
        return try GeoTIFFFile(url).read(as: quantity).values
    }

    private func same(_ a: [Float], _ b: [Float]) -> Bool { a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN } }

    @Test(
        arguments: [
            (.wrappedPhase, [1, 0, .nan, -9999, .infinity], "-9999", [1, .nan, .nan, .nan, .nan]),
            (.wrappedPhase, [.pi, -.pi, 3.1417, 2], nil, [.pi, -.pi, .pi, 2]),
            (.unwrappedPhase, [40, 0, -40, .nan], "nan", [40, .nan, -40, .nan]),
            (.coherence, [0, 0.5, 1, 1.0005], nil, [.nan, 0.5, 1, 1]),
            (.elevation, [0, -32768, -3.4028235e38, 12], "-3.4028234663852886e+38", [0, .nan, .nan, 12]),
            (.elevation, [0, 5], " 0 ", [.nan, 5]), (.elevation, [0, 5], "none", [0, 5]), (.elevation, [0, 5], "", [0, 5]),
        ] as [(Quantity, [Float], String?, [Float])])
    func `each quantity knows its no data and its range`(quantity: Quantity, stored: [Float], noData: String?, expected: [Float]) throws {
        let found = try read(stored, as: quantity, noData: noData)
        #expect(same(found, expected), "\(found)")
    }

    @Test func `unwrapped phase is not taken for wrapped`() throws {
        let found = problem { _ = try read([1, 12.5, -31.4, 3], as: .wrappedPhase) }
        #expect(found == .valuesOutOfRange(.wrappedPhase, count: 2, worst: -31.4))
        let error = RasterError(file: "a.tif", problem: try #require(found))
        #expect(error.description.contains("not wrapped phase") && error.description.contains(".geo.diff_pha.tif"))
    }

    @Test func `coherence beyond 1 is refused`() {
        let found = problem { _ = try read([0.5, 200], as: .coherence) }
        #expect(found == .valuesOutOfRange(.coherence, count: 1, worst: 200))
    }

    @Test func `phase in integers and coherence in 16 bits are refused`() throws {
        let folder = try Folder(), url = try folder.file()
        try GeoTIFFWriter(sample: .int16).write(.ramp(), to: url)
        for quantity in [Quantity.wrappedPhase, .unwrappedPhase, .coherence] {
            guard case .unsupported? = problem({ _ = try GeoTIFFFile(url).read(as: quantity) }) else {
                Issue.record("\(quantity) was read from int16")
                continue
            }
        }
    }

    @Test func `a raster of nothing but NaN has no data`() throws {
        let found = try read(Array(repeating: .nan, count: 9), as: .wrappedPhase)
        #expect(found.filter { !$0.isNaN } == [])
    }
}
