import Domain
import Testing

struct VerdictTests {
    @Test(arguments: [
        ("-0.83,-91.17,5", -0.83, -91.17, true), ("-0.83, -91.17, 5", -0.80, -91.17, true), ("-0.83,-91.17,5", -0.75, -91.17, false),
        ("-1,-92,-0.5,-91", -0.83, -91.17, true), ("-1,-92,-0.5,-91", -0.4, -91.17, false),
        // Across the 180th meridian.
        ("-20,179,-15,-179", -17, 179.5, true), ("-20,179,-15,-179", -17, 0, false),
    ])
    func `a region is a point with a radius in km or a box`(text: String, latitude: Double, longitude: Double, inside: Bool) throws {
        let region = try #require(VerdictRegion(text))
        #expect(region.contains(GeoPoint(latitude: latitude, longitude: longitude)!) == inside)
        #expect(VerdictRegion(region.description) == region)
    }

    @Test(arguments: ["", "1,2", "1,2,0", "1,2,-3", "1,2,500", "91,0,5", "0,181,5", "5,0,1,0", "1,2,3,4,5", "1,2,x", "1,,2,3", "nan,0,5"])
    func `what is no region is refused`(text: String) { #expect(VerdictRegion(text) == nil) }

    @Test func `verdicts on the same volcano in the same interferogram have one key, others have their own`() {
        let place = GeoPoint(latitude: -0.83, longitude: -91.17)!
        let interferogram = InterferogramID("106A_09048_000909/20240106_20240118")!
        let volcano = VolcanoNumber(353050)!
        func key(_ interferogram: InterferogramID?, _ version: Int?, _ file: String?, _ volcano: VolcanoNumber?) -> String {
            VerdictSubject(interferogram: interferogram, version: version, file: file, volcano: volcano, centre: place).key
        }
        #expect(key(interferogram, 1, nil, volcano) == key(interferogram, 2, nil, volcano), "a reprocessed version is judged anew")
        #expect(key(interferogram, 1, nil, volcano) != key(interferogram, 1, nil, VolcanoNumber(353010)!))
        #expect(key(interferogram, 1, nil, volcano) != key(nil, nil, "a.tif#0123456789ab", volcano))
        #expect(key(nil, nil, "a.tif#0123456789ab", nil) == "a.tif#0123456789ab/-0.83,-91.17")
    }

    @Test func `only a decided verdict teaches`() {
        #expect(Verdict.allCases.map(\.isDeformation) == [true, false, false, nil])
    }
}
