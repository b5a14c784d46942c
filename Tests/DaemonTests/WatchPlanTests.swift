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
            watch: WatchList(selection, from: VolcanoList([sierraNegra, etna])), list: list, discovered: discovered, polygons: polygons,
            levels: levels)
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
}
