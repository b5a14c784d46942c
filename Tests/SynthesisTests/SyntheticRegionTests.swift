import Domain
import FoundationEssentials
import Raster
import Synthesis
import Testing

@Suite("Synthetic regions")
struct SyntheticRegionTests {
    static let region = SyntheticRegion.demonstration()

    private func pair(_ text: String) throws -> AcquisitionPair { try #require(AcquisitionPair(text)) }

    @Test func `the sea has no data, the land has wrapped phase and coherence`() throws {
        let scene = Self.region.interferogram(try pair("20250618_20250712"))
        for index in scene.phase.values.indices {
            let (phase, coherence) = (scene.phase.values[index], scene.coherence.values[index])
            let isSea = Self.region.terrain.elevation.values[index].isNaN
            #expect(phase.isNaN == isSea && coherence.isNaN == isSea)
            if !isSea { #expect(abs(phase) <= .pi && (0...1).contains(coherence)) }
        }
        #expect((0.3...0.9).contains(Self.region.terrain.landShare))
    }

    @Test func `a chain of pairs adds up to the long one, for they share each date's air`() throws {
        let (a, b) = (Self.region.unwrappedPhase(try pair("20250606_20250630")), Self.region.unwrappedPhase(try pair("20250630_20250724")))
        let whole = Self.region.unwrappedPhase(try pair("20250606_20250724"))
        var greatest: Float = 0
        for index in whole.values.indices where !whole.values[index].isNaN {
            greatest = max(greatest, abs(a.values[index] + b.values[index] - whole.values[index]))
        }
        #expect(greatest < 1e-3)
    }

    @Test func `the unrest begins on its day and shows some fringes in 24 days`() throws {
        #expect(Self.region.truth(try pair("20250501_20250618")).fringes == 0)
        #expect((2...6).contains(Self.region.truth(try pair("20250630_20250724")).fringes))
        // Uplift comes towards the satellite.
        #expect(Self.region.truth(try pair("20250630_20250724")).greatestMotion > 0)
    }

    @Test func `each acquisition is paired with the three before it`() {
        let pairs = Self.region.pairs
        #expect(pairs.count == 8 + 7 + 6)
        #expect(pairs == pairs.sorted())
        #expect(Set(pairs.map(\.span)) == [12, 24, 36])
    }

    @Test func `the same seed writes the same bytes, another seed others`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "synthesis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let pair = try pair("20250618_20250630")
        var written: [Data] = []
        for (name, seed) in [("a", 7), ("b", 7), ("c", 8)] as [(String, UInt64)] {
            let place = folder.appending(path: name)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try LiCSARWriter(SyntheticRegion.demonstration(seed: seed)).write(pair, into: place)
            written.append(try Data(contentsOf: place.appending(path: "\(pair).geo.diff_pha.tif")))
        }
        #expect(written[0] == written[1])
        #expect(written[0] != written[2])
    }

    @Test func `what is written is read back as LiCSAR's products are`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "synthesis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let pair = try pair("20250618_20250630")
        let scene = try LiCSARWriter(Self.region).write(pair, into: folder)
        let phase = try GeoTIFFFile(folder.appending(path: "\(pair).geo.diff_pha.tif")).read(as: .wrappedPhase)
        let coherence = try GeoTIFFFile(folder.appending(path: "\(pair).geo.cc.tif")).read(as: .coherence)
        #expect(abs(phase.geometry.north - scene.phase.geometry.north) < 1e-9)
        for index in phase.values.indices where !phase.values[index].isNaN {
            #expect(abs(phase.values[index] - scene.phase.values[index]) < 1e-5)
        }
        #expect(coherence.statistics().count == scene.coherence.statistics().count)
        try LiCSARWriter(Self.region).writeMetadata(into: folder)
        let metadata = try String(contentsOf: folder.appending(path: "metadata.txt"), encoding: .utf8)
        #expect(metadata.contains("synthetic=yes"))
        let outline = try String(contentsOf: folder.appending(path: "\(Self.region.frame)-poly.txt"), encoding: .utf8)
        #expect(try FramePolygon(parsing: outline).contains(try #require(GeoPoint(latitude: -0.43, longitude: -91.12))))
    }
}
