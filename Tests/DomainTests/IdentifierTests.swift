import Domain
import FoundationEssentials
import Testing

@Suite("Names and places")
struct IdentifierTests {
    @Test func `a frame name gives orbit and pass`() throws {
        let frame = try #require(FrameID("106A_09048_000909"))
        #expect(frame.relativeOrbit == 106)
        #expect(frame.pass == .ascending)
        #expect(FrameID("144A_SM_REUN_S6") != nil)
    }

    @Test(arguments: ["", "106A", "106X_09048_000909", "../../etc", "106A_09048/000909", "999A_09048_000909", "106A_09048_000909\r\nX"])
    func `a frame name with anything else is refused`(text: String) {
        #expect(FrameID(text) == nil)
    }

    @Test func `distance and bearing agree with a worked example`() throws {
        // Paris to New York: 5,837 km, bearing 291.8 degrees on a sphere.
        let paris = try #require(GeoPoint(latitude: 48.8566, longitude: 2.3522))
        let newYork = try #require(GeoPoint(latitude: 40.7128, longitude: -74.0060))
        #expect(abs(paris.distance(to: newYork) - 5_837_000) < 2_000)
        #expect(abs(paris.bearing(to: newYork) - 291.8) < 0.1)
    }

    @Test func `a box may cross the 180th meridian`() throws {
        let box = try #require(GeoBox(south: -20, west: 170, north: 0, east: -170))
        #expect(box.contains(try #require(GeoPoint(latitude: -10, longitude: 175))))
        #expect(box.contains(try #require(GeoPoint(latitude: -10, longitude: -175))))
        #expect(!box.contains(try #require(GeoPoint(latitude: -10, longitude: 0))))
    }

    @Test func `a later modification or another checksum supersedes`() {
        let day = Date(timeIntervalSince1970: 1_700_000_000)
        let old = ProductVersion(lastModified: day)
        #expect(ProductVersion(lastModified: day + 3600).supersedes(old))
        #expect(!ProductVersion(lastModified: day + 30).supersedes(old))
        #expect(!ProductVersion(lastModified: day - 3600).supersedes(old))
        #expect(ProductVersion(md5: "a").supersedes(ProductVersion(md5: "b")))
        #expect(!ProductVersion(lastModified: day + 3600, md5: "a").supersedes(ProductVersion(lastModified: day, md5: "a")))
    }

    @Test(arguments: [
        ("observatory", true), ("IG-Quito_2.test", true), ("", false), (".hidden", false), ("a..b", false), ("end.", false), ("two words", false),
        ("a\r\nBcc", false),
    ])
    func `a receiver's name can stand in an address`(text: String, isName: Bool) {
        #expect((ReceiverName(text) != nil) == isName)
    }
}
