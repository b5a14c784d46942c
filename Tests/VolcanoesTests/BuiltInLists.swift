import Domain
import FoundationEssentials
import Testing

@testable import Volcanoes

/// The lists of this source tree.
enum BuiltIn {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Sources/Volcanoes/Data")
    static func volcanoes() throws -> VolcanoList { try VolcanoList.load(from: folder.appendingPathComponent("volcanoes.csv")) }
    /// Read once: parsing takes a while without the optimiser.
    static let shared = Result { try volcanoes() }
    static func frames() throws -> FrameList { try FrameList.load(from: folder.appendingPathComponent("frames.csv")) }
}

func number(_ value: Int) throws -> VolcanoNumber { try #require(VolcanoNumber(value)) }
func point(_ latitude: Double, _ longitude: Double) throws -> GeoPoint {
    try #require(GeoPoint(latitude: latitude, longitude: longitude))
}

struct BuiltInListTests {
    @Test func `the built-in list has every Holocene volcano once, in its place`() throws {
        let list = try BuiltIn.volcanoes()
        #expect(list.volcanoes.count == 1250)
        #expect(Set(list.volcanoes.map(\.number)).count == 1250)
        #expect(list.volcanoes.allSatisfy { (-6000...7000).contains($0.elevation) && !$0.country.isEmpty && !$0.region.isEmpty })
        // Coordinates swapped or shifted by a column would leave the right ocean.
        #expect(
            list.inCountry("Iceland").allSatisfy { (63...67).contains($0.summit.latitude) && (-25 ... -13).contains($0.summit.longitude) })
        #expect(
            list.inCountry("Indonesia").allSatisfy { (-11...6).contains($0.summit.latitude) && (95...132).contains($0.summit.longitude) })
    }

    @Test func `Sierra Negra stands where it stands`() throws {
        let volcano = try #require(BuiltIn.volcanoes()[number(353_050)])
        #expect(volcano.name == "Sierra Negra")
        #expect(volcano.country == "Ecuador")
        #expect(volcano.region == "Galapagos Hotspot Volcano Group")
        #expect(try volcano.summit == point(-0.83, -91.17))
        #expect(volcano.elevation == 1124)
    }

    @Test func `no name is left in the order of a sorted list`() throws {
        let list = try BuiltIn.volcanoes()
        #expect(list.volcanoes.allSatisfy { !$0.name.contains(",") && !$0.name.contains("  ") })
        for name in ["Cerro Azul", "Ile de l'Est", "Harra Es-Sawad", "Piton de la Fournaise", "Las Cumbres", "Chiles-Cerro Negro"] {
            #expect(!list.named(name).isEmpty, "\(name)")
        }
    }

    @Test func `the lists name their sources`() throws {
        let volcanoes = try String(contentsOf: BuiltIn.folder.appendingPathComponent("volcanoes.csv"), encoding: .utf8)
        #expect(volcanoes.contains("Global Volcanism Program, 2025. Volcanoes of the World"))
        let frames = try String(contentsOf: BuiltIn.folder.appendingPathComponent("frames.csv"), encoding: .utf8)
        #expect(frames.contains("COMET LiCSAR"))
    }

    @Test func `the frames round Sierra Negra are found, the nearest first`() throws {
        let frames = try BuiltIn.frames()
        #expect(frames.centres.count == 1742)
        let candidates = try frames.candidates(for: point(-0.83, -91.17))
        #expect(candidates.first == FrameID("106A_09048_000909") || candidates.prefix(3).contains { $0.name == "106A_09048_000909" })
        #expect(candidates.count < 12)
    }

    @Test func `candidates reach across the 180th meridian and no further than asked`() throws {
        let east = try #require(FrameID("001A_00001_000001"))
        let far = try #require(FrameID("001A_00002_000001"))
        let frames = try FrameList([east: point(52, 179.5), far: point(55, 179.5)])
        #expect(try frames.candidates(for: point(52, -179.5)) == [east])
    }

    @Test(arguments: [
        ("", 0, "empty"), ("number,name\n", 1, "fields"), ("a,b,c,d,e,f,g\n", 1, "column names"),
        (header + "x,N,C,R,1,2,3\n", 2, "six digits"),
        (header + "353050,N,C,R,91,2,3\n", 2, "latitude"), (header + "353050,N,C,R,1,2,\n", 2, "metres"),
        (header + "353050,,C,R,1,2,3\n", 2, "no name"),
        (header + "353050,N,C,R,1,2,3\n# c\n353050,M,C,R,1,2,3\n", 4, "twice"), (header + "353050,\"N,C,R,1,2,3\n", 2, "fields"),
    ])
    func `a damaged list is refused with the line and the reason`(text: String, line: Int, reason: String) throws {
        let error = try #require(throws: ListFileError.self) { try VolcanoList.parse(text) }
        #expect(error.line ?? 0 == line)
        #expect(error.reason.contains(reason), "\(error)")
    }

    @Test func `a quoted field may hold a comma and quotes`() throws {
        let list = try VolcanoList.parse(header + "353050,\"Negra, \"\"Sierra\"\"\",C,R,1,2,3\n")
        #expect(list.volcanoes.first?.name == "Negra, \"Sierra\"")
    }

    @Test func `a missing list says which file it is`() {
        let nowhere = URL(fileURLWithPath: "/nowhere/volcanoes.csv")
        #expect { try VolcanoList.load(from: nowhere) } throws: { "\($0)".contains("/nowhere/volcanoes.csv") }
    }
}

private let header = "number,name,country,region,latitude,longitude,elevation\n"
