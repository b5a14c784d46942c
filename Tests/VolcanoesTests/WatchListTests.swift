import Domain
import Testing

@testable import Volcanoes

struct WatchListTests {
    let list: VolcanoList
    init() throws { list = try BuiltIn.shared.get() }

    @Test(arguments: [
        ("Ecuador", 36), ("ecuador", 36), ("Turkey", 7), ("türkiye", 7), ("USA", 165), ("Myanmar", 1), ("Russia", 115), ("Vanuatu", 14),
        ("Atlantis", 0), ("", 0),
    ])
    func `a country holds its volcanoes and those on its borders`(country: String, count: Int) {
        #expect(list.inCountry(country).count == count)
    }

    @Test func `a volcano on a border is in both countries`() {
        let shared = Set(list.inCountry("Chile")).intersection(list.inCountry("Argentina"))
        #expect(shared.count == 18)
        #expect(list.countries.contains("Argentina") && !list.countries.contains { $0.contains("-") })
    }

    @Test func `a region is found by its leading words`() {
        #expect(list.inRegion("Galapagos").count == 14)
        #expect(list.inRegion("galápagos hotspot").count == 13)
        #expect(list.inRegion("Atlantis").isEmpty)
        #expect(list.inRegion("").isEmpty)
    }

    @Test func `a box may cross the 180th meridian`() throws {
        let box = try #require(GeoBox(south: 50, west: 179, north: 53, east: -177))
        let inside = list.inBox(box)
        #expect(inside.contains { $0.summit.longitude > 0 } && inside.contains { $0.summit.longitude < 0 })
        #expect(inside.allSatisfy { box.contains($0.summit) })
    }

    @Test func `a selection is the union of its parts without what it excludes`() throws {
        var selection = try WatchSelection(volcanoes: [number(341_090)], countries: ["Ecuador"], exclude: [number(353_060)])
        let chosen = selection.volcanoes(from: list).map(\.number.value)
        #expect(chosen.count == 36)
        #expect(chosen.contains(341_090) && chosen.contains(353_050) && !chosen.contains(353_060))
        #expect(chosen == chosen.sorted())
        selection.all = true
        #expect(selection.volcanoes(from: list).count == 1249)
        #expect(WatchSelection().isEmpty && WatchSelection().volcanoes(from: list).isEmpty)
    }

    @Test func `named frames are the only ones polled`() throws {
        let frame = try #require(FrameID("106A_09048_000909"))
        let other = try #require(FrameID("128D_09016_110500"))
        let watch = WatchList(WatchSelection(countries: ["Ecuador"], frames: [other]), from: list)
        #expect(watch.candidates(in: try BuiltIn.frames()) == [other])
        #expect(watch.admits([frame, other]) == [other])
    }

    @Test func `volcanoes of the priority list are watched whatever the selection says`() throws {
        let etna = try #require(list[number(211_060)])
        #expect(WatchList(WatchSelection(), from: list, also: [etna]).volcanoes == [etna])
    }

    @Test func `the whole world needs every frame's polygon at most once`() throws {
        let watch = WatchList(WatchSelection(all: true), from: list)
        let candidates = watch.candidates(in: try BuiltIn.frames())
        #expect(Set(candidates).count == candidates.count)
        #expect((800...1742).contains(candidates.count))
    }
}

struct FramePolygonTests {
    @Test func `a published outline holds its volcanoes and not its neighbours`() throws {
        let polygon = try FramePolygon(parsing: westernGalapagos)
        #expect(try polygon.contains(point(-0.83, -91.17)))
        #expect(try !polygon.contains(point(-0.83, -90.2)))
        #expect(try !polygon.contains(point(0.4, -92.2)))
    }

    @Test func `an outline may cross the 180th meridian`() throws {
        let polygon = try FramePolygon(parsing: "179,51\n-178,51\n-178,53\n179,53\n179,51\n")
        #expect(polygon.points.count == 4)
        #expect(try polygon.contains(point(52, 179.9)) && polygon.contains(point(52, -179)))
        #expect(try !polygon.contains(point(52, 178.9)) && !polygon.contains(point(52, 0)))
    }

    @Test(arguments: [
        ("", 0), ("1 2\n3 4\n", 0), ("1 2\n1 2\n1 2\n1 2\n", 0), ("1 2\nnan nan\n3 4\n", 2), ("1 2 3\n", 1), ("181 0\n", 1), ("0 91\n", 1),
        ("<html>\n", 1),
    ])
    func `a damaged outline is refused with its line`(text: String, line: Int) throws {
        let error = try #require(throws: FramePolygonError.self) { try FramePolygon(parsing: text) }
        #expect(error.line ?? 0 == line)
    }

    @Test func `an outline without end is refused`() throws {
        let text = String(repeating: "1 2\n3 4\n", count: 2000)
        let error = try #require(throws: FramePolygonError.self) { try FramePolygon(parsing: text) }
        #expect(error.line == 1001)
    }
}

/// An outline of nine corners such as the catalogue publishes, rounded.
private let westernGalapagos = """
    -92.259 -0.586
    -92.399 0.081
    -91.625 0.247
    -91.637 0.305
    -90.934 0.456
    -90.620 -1.039
    -91.300 -1.186
    -91.288 -1.245
    -92.083 -1.418
    """
