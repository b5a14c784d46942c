import Configuration
import Detection
import Domain
import FoundationEssentials
import Ledger
import MapPicture
import Raster
import Volcanoes

/// An alert that goes the whole way and says everywhere that it is a test (P17).
enum TestAlert {
    static func make(runtime: Runtime, plan: WatchPlan, receivers: [ReceiverName], now: Date) throws -> NewAlert {
        let volcano = plan.volcanoes.first ?? runtime.volcanoes.volcanoes[0]
        let day = AcquisitionDate(now)
        guard let pair = AcquisitionPair(AcquisitionDate(dayNumber: day.dayNumber - 12), day), let frame = FrameID("001A_TEST_TEST"),
            let pMax = Probability(0.99)
        else { throw TestAlertError() }
        let interferogram = InterferogramID(frame: frame, pair: pair)
        let id = "TEST-\(Int((now.timeIntervalSince1970 * 1000).rounded()))"
        let finding = Finding(
            pMax: pMax, place: volcano.summit, distance: 0, bearing: 0, areaAbove50: 100, areaAbove80: 50,
            motion: LineOfSightMotion(fringes: 2, centimetres: 5.5), quality: Quality(validShare: 1, meanCoherence: 0.9),
            patches: PatchCounts(total: 16, withoutData: 0, withoutEdges: 0, classified: 16))
        let alert = Alert(
            id: AlertID(id), episode: EpisodeID(id), revision: 1, kind: .test, tier: .alert, issued: now, volcano: volcano,
            observation: Observation(interferogram: interferogram, source: "made up for this test", seen: now, newestAcquisition: day),
            finding: finding, evidence: [], history: [], reason: .firstFlag,
            explanation: "this is a test of the way to you; nothing was observed", model: runtime.detector.model.id, priority: nil)
        let scene = PictureScene(
            volcano: volcano.name, summit: volcano.summit, interferogram: interferogram, phase: rings(around: volcano.summit), probability: nil,
            peak: nil, language: runtime.settings.language, isTest: true)
        return NewAlert(
            alert: alert, picture: try MapPicture.render(scene, layout: .stacked),
            deliveries: runtime.outbox.deliveries(for: alert, listed: [], only: receivers, now: now))
    }

    /// A made-up interferogram: two fringes round the summit.
    private static func rings(around summit: GeoPoint) -> RasterGrid {
        let geometry = GridGeometry.crop(around: summit)
        var grid = RasterGrid(geometry: geometry, values: [Float](repeating: 0, count: geometry.width * geometry.height))
        for y in 0..<geometry.height {
            for x in 0..<geometry.width {
                let (dx, dy) = (Float(x - geometry.width / 2), Float(y - geometry.height / 2))
                let phase = 4 * Float.pi / (1 + (dx * dx + dy * dy) / 3600)
                grid[y, x] = phase - 2 * .pi * (phase / (2 * .pi)).rounded()
            }
        }
        return grid
    }
}

private struct TestAlertError: Error, CustomStringConvertible {
    var description: String { "a test alert cannot be made today; check the machine's clock" }
}
