import Domain
import Testing

@Suite("Figures and places in words")
struct LanguageTests {
    @Test(arguments: [
        (0.0, 1, "0.0", "0,0"), (3.25, 1, "3.3", "3,3"), (-0.04, 1, "0.0", "0,0"), (-12.5, 2, "−12.50", "−12,50"), (1234.5678, 0, "1235", "1235"),
        (0.996, 2, "1.00", "1,00"), (.nan, 1, "–", "–"), (.infinity, 1, "–", "–"), (1e300, 1, "–", "–"),
    ])
    func `a decimal is rounded and carries the language's mark`(value: Double, places: Int, english: String, spanish: String) {
        #expect(Language.english.decimal(value, places: places) == english)
        #expect(Language.spanish.decimal(value, places: places) == spanish)
    }

    @Test(arguments: [(0.0, "0.00"), (0.796, "0.79"), (0.8, "0.80"), (0.29, "0.29"), (0.9999, "0.99"), (1.0, "1.00")])
    func `a probability is cut, so that it never reads as having reached a threshold`(value: Double, text: String) throws {
        #expect(Language.english.probability(try #require(Probability(value))) == text)
    }

    @Test(arguments: [
        (0.0, "N", "N"), (359.0, "N", "N"), (11.24, "N", "N"), (11.26, "NNE", "NNE"), (270.0, "W", "O"), (315.0, "NW", "NO"), (225.0, "SW", "SO"),
        (-90.0, "W", "O"), (720.0, "N", "N"), (.nan, "–", "–"),
    ])
    func `a bearing becomes a compass point`(bearing: Double, english: String, spanish: String) {
        #expect(Language.english.compassPoint(bearing) == english)
        #expect(Language.spanish.compassPoint(bearing) == spanish)
    }

    @Test func `a place is written with its sides`() throws {
        let place = try #require(GeoPoint(latitude: -0.83, longitude: -91.17))
        #expect(Language.english.place(place, places: 2) == "0.83°S, 91.17°W")
        #expect(Language.spanish.place(place, places: 2) == "0,83°S; 91,17°O")
    }

    @Test(arguments: [(180.5, "179.5°W"), (-180.5, "179.5°E"), (0.01, "0.0°"), (-91.3, "91.3°W")])
    func `a longitude beyond 180 is brought back`(degrees: Double, text: String) {
        #expect(Language.english.longitude(degrees, places: 1) == text)
    }
}
