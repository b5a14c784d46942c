import Domain
import Testing

@Suite("Acquisition dates and pairs")
struct AcquisitionPairTests {
    @Test(arguments: ["20240229", "19700101", "20991231", "20001231"])
    func `a day survives the way to its number and back`(text: String) throws {
        let date = try #require(AcquisitionDate(text))
        #expect(AcquisitionDate(dayNumber: date.dayNumber) == date)
        #expect(date.description == text)
    }

    @Test(arguments: ["20230229", "20241301", "20240100", "2024010", "202401011", "2024-1-1", "", "２０２４０１０１"])
    func `a text that is no day is refused`(text: String) {
        #expect(AcquisitionDate(text) == nil)
    }

    @Test func `the day number of 2024-03-01 is 19783`() {
        #expect(AcquisitionDate("20240301")?.dayNumber == 19_783)
    }

    @Test(arguments: ["20240211_20240211", "20240211_20240118", "20240211", "20240211_20240306_1", "_"])
    func `a pair has two dates, the earlier one first`(text: String) {
        #expect(AcquisitionPair(text) == nil)
    }

    @Test(arguments: [
        ("20240106_20240211", "20240118_20240130", true, false),
        ("20240106_20240118", "20240118_20240130", false, true),
        ("20240106_20240118", "20240130_20240211", false, false),
        ("20240106_20240130", "20240106_20240211", true, true),
    ])
    func `overlap and shared dates`(a: String, b: String, overlaps: Bool, shares: Bool) throws {
        let (first, second) = (try #require(AcquisitionPair(a)), try #require(AcquisitionPair(b)))
        #expect(first.overlaps(second) == overlaps)
        #expect(second.overlaps(first) == overlaps)
        #expect(first.sharesDate(with: second) == shares)
    }
}
