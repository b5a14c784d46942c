import Domain
import Testing
import Volcanoes

@testable import Daemon

@Suite("Watch plan")
struct WatchPlanTests {
    let sierraNegra = Volcano(
        number: VolcanoNumber(353050)!, name: "Sierra Negra", country: "Ecuador", region: "", summit: GeoPoint(latitude: -0.83, longitude: -91.17)!,
        elevation: 1124)
    let etna = Volcano(
        number: VolcanoNumber(211060)!, name: "Etna", country: "Italy", region: "", summit: GeoPoint(latitude: 37.748, longitude: 14.999)!,
        elevation: 3357)
    let galapagos = FrameID("106A_09048_000909")!
    let sicily = FrameID("044A_05208_131313")!
    let unknown = FrameID("001A_00001_010101")!

    var list: FrameList {
        FrameList([galapagos: GeoPoint(latitude: -0.47, longitude: -91.5)!, sicily: GeoPoint(latitude: 37.6, longitude: 14.5)!])
    }

    func plan(
        selection: WatchSelection = WatchSelection(all: true), discovered: [FrameID] = [], polygons: [FrameID: FramePolygon] = [:],
        levels: [VolcanoNumber: Int] = [:]
    ) -> WatchPlan {
        WatchPlan(
            coverage: FrameCoverage(WatchList(selection, from: VolcanoList([sierraNegra, etna])), list: list), discovered: Set(discovered),
            polygons: polygons, levels: levels)
    }

    @Test func `without a polygon a frame counts for the volcanoes near its centre`() {
        let plan = plan()
        #expect(plan.frames[galapagos]?.volcanoes == [sierraNegra])
        #expect(plan.frames[sicily]?.volcanoes == [etna])
    }

    @Test func `a polygon that leaves the summit out takes the frame out of the plan`() throws {
        let elsewhere = try #require(
            FramePolygon(points: [(1.0, 0.0), (1.0, 1.0), (2.0, 1.0)].map { GeoPoint(latitude: $0.0, longitude: $0.1)! }))
        #expect(plan(polygons: [galapagos: elsewhere]).frames[galapagos] == nil)
    }

    @Test func `a frame found in a folder counts for all volcanoes until its polygon is known`() {
        #expect(plan(discovered: [unknown]).frames[unknown]?.volcanoes.count == 2)
    }

    @Test func `a selection of frames shuts out the others, found ones too`() {
        #expect(Set(plan(selection: WatchSelection(all: true, frames: [sicily]), discovered: [unknown]).frames.keys) == [sicily])
    }

    @Test func `a priority volcano makes its frames urgent and often polled`() {
        let plan = plan(levels: [etna.number: 3])
        #expect(plan.frames[sicily]?.level == 3)
        #expect(plan.frames[galapagos]?.level == 0)
    }

    @Test func `learning one outline leads to the same plan as knowing it from the start`() throws {
        let sicilyOnly = try #require(
            FramePolygon(points: [(37.0, 14.0), (38.5, 14.0), (38.5, 16.0), (37.0, 16.0)].map { GeoPoint(latitude: $0.0, longitude: $0.1)! }))
        for frame in [galapagos, sicily, unknown] {
            var learned = plan(discovered: [unknown], levels: [etna.number: 2])
            learned.setOutline(sicilyOnly, of: frame)
            let known = plan(discovered: [unknown], polygons: [frame: sicilyOnly], levels: [etna.number: 2])
            #expect(learned.frames.mapValues(\.volcanoes) == known.frames.mapValues(\.volcanoes))
            #expect(learned.priorities == known.priorities)
        }
    }

    @Test func `a frame that is not polled still shows its volcanoes, one that the selection shuts out none`() {
        let plan = plan(selection: WatchSelection(all: true, frames: [sicily]))
        #expect(plan.coverage.volcanoes(in: sicily, outline: nil) == [etna])
        #expect(plan.coverage.volcanoes(in: galapagos, outline: nil) == [])
    }

    @Test(.enabled(if: Installation.isFound)) func `the whole world is planned in a moment, and one outline in much less`() throws {
        let installation = try Installation.find()
        let volcanoes = try VolcanoList.load(from: installation.volcanoes)
        let frames = try FrameList.load(from: installation.frames)
        let clock = ContinuousClock()
        var plan: WatchPlan?
        let whole = clock.measure {
            plan = WatchPlan(
                coverage: FrameCoverage(WatchList(WatchSelection(all: true), from: volcanoes), list: frames), discovered: [], polygons: [:],
                levels: [:])
        }
        var world = try #require(plan)
        let names = world.frames.keys.sorted()
        let outlines = try names.map { frame in
            let centre = try #require(frames.centres[frame])
            return try #require(
                FramePolygon(
                    points: [(-1, -1), (-1, 1), (1, 1), (1, -1)].compactMap {
                        GeoPoint(latitude: min(centre.latitude + $0.0, 90), longitude: centre.longitude + $0.1)
                    }))
        }
        let learning = clock.measure { for (frame, outline) in zip(names, outlines) { world.setOutline(outline, of: frame) } }
        #expect(names.count > 800)
        // A debug build on a busy machine takes 1.4 s and 0.15 s.
        #expect(whole < .seconds(60))
        #expect(learning < .seconds(60))
        print("planning \(names.count) frames took \(whole), learning all their outlines \(learning)")
    }
}

extension Installation {
    /// Whether the lists that come with the program are there.
    static var isFound: Bool { (try? Installation.find()) != nil }
}
