import Detection
import Domain
import Foundation
import Raster
import Testing
import Volcanoes

@testable import Daemon
@testable import Ledger

@Suite("Decider") struct DeciderTests {
    /// One volcano's scene, as if the detector had seen it.
    private func scene(_ pair: AcquisitionPair, _ pMax: Double, on stage: Stage, distance: Double = 0) async throws -> AssessedScene {
        let volcano = try #require(await stage.watch.runtime.volcanoes[Stage.alcedo])
        let geometry = GridGeometry.crop(around: volcano.summit)
        let values = (0..<geometry.width * geometry.height).map { Float($0 % 97) / 97 * 6 - 3 }
        let finding = Finding(
            pMax: try #require(Probability(pMax)), place: volcano.summit, distance: distance, bearing: 0, areaAbove50: 20, areaAbove80: 10,
            motion: nil,
            quality: Quality(validShare: 1, meanCoherence: nil), patches: PatchCounts(total: 16, withoutData: 0, withoutEdges: 0, classified: 16))
        let assessment = Assessment(
            interferogram: InterferogramID(frame: Stage.frame, pair: pair), volcano: volcano.number,
            model: await stage.watch.runtime.detector.model.id,
            result: .scored(finding))
        return AssessedScene(
            volcano: volcano, assessment: assessment, phase: RasterGrid(geometry: geometry, values: values), coherence: nil, probability: nil)
    }

    private func jobs(_ pairs: [AcquisitionPair], on stage: Stage) async throws -> [AcquisitionPair: Job] {
        _ = try await stage.ledger.recordListing(
            pairs.map { Listed(interferogram: InterferogramID(frame: Stage.frame, pair: $0), source: "https://x/\($0)", version: ProductVersion()) },
            of: Stage.frame, in: "demo", first: .queue, at: Date())
        let jobs = try await stage.ledger.reader.nextJobs(limit: 100, at: Date())
        return Dictionary(uniqueKeysWithValues: jobs.map { ($0.interferogram.pair, $0) })
    }

    private func decide(_ pair: AcquisitionPair, _ pMax: Double, on stage: Stage) async throws -> Int {
        let job = try #require(try await jobs([pair], on: stage)[pair])
        let decider = Decider(watch: stage.watch, ledger: stage.ledger, elevations: stage.elevations(), log: stage.log, posted: {})
        return try await decider.decide(job, scenes: [scene(pair, pMax, on: stage)], source: "https://x/", runtime: await stage.watch.runtime)
    }

    @Test(arguments: [(true, [AlertKind.ended, .new]), (false, [.new])])
    func `an episode ends when its place has been quiet, and that is told if so configured`(sendEnded: Bool, kinds: [AlertKind]) async throws {
        let stage = try await Stage(more: Stage.maildir + "\nalerting: {send_ended: \(sendEnded)}")
        #expect(try await decide(AcquisitionPair("20250601_20250613")!, 0.9, on: stage) == 1)
        #expect(try await stage.ledger.reader.openEpisodes().count == 1)
        #expect(try await decide(AcquisitionPair("20250731_20250812")!, 0.1, on: stage) == (sendEnded ? 1 : 0))
        #expect(try await stage.ledger.reader.openEpisodes().isEmpty)
        #expect(try await stage.ledger.reader.alerts().map(\.kind) == kinds)
    }

    @Test func `a flag and the end of an earlier episode are told with one picture, the flag's`() async throws {
        let stage = try await Stage(more: Stage.maildir + "\nalerting: {send_ended: true}")
        #expect(try await decide(AcquisitionPair("20250601_20250613")!, 0.9, on: stage) == 1)
        #expect(try await decide(AcquisitionPair("20250731_20250812")!, 0.9, on: stage) == 2)
        let alerts = try await stage.ledger.reader.alerts().filter { $0.observation.interferogram.pair == AcquisitionPair("20250731_20250812")! }
        #expect(Set(alerts.map(\.kind)) == [.new, .ended])
        var pictures: Set<Data> = []
        for alert in alerts { pictures.insert(try #require(try await stage.ledger.reader.picture(of: alert.id))) }
        #expect(pictures.count == 1 && pictures.first?.starts(with: [0x89, 0x50, 0x4E, 0x47]) == true)
    }

    @Test func `P12 a score that wavers round the threshold tells once`() async throws {
        let stage = try await Stage()
        var told = 0
        for (number, pMax) in [0.55, 0.45, 0.52, 0.48, 0.51].enumerated() {
            let later = AcquisitionDate("20250613")!.dayNumber + 12 * number
            let pair = try #require(AcquisitionPair(AcquisitionDate(dayNumber: later - 12), AcquisitionDate(dayNumber: later)))
            told += try await decide(pair, pMax, on: stage)
        }
        #expect(told == 1)
    }

    @Test func `interferograms of one volcano that are decided at the same time open one episode`() async throws {
        let stage = try await Stage()
        let pairs = (1...6).compactMap { AcquisitionPair(AcquisitionDate(dayNumber: 20_250 - 6 * $0), AcquisitionDate("20250613")!) }
        let jobs = try await jobs(pairs, on: stage)
        let runtime = await stage.watch.runtime
        let decider = Decider(watch: stage.watch, ledger: stage.ledger, elevations: stage.elevations(), log: stage.log, posted: {})
        try await withThrowingTaskGroup(of: Void.self) { group in
            for pair in pairs {
                let (job, scene) = (try #require(jobs[pair]), try await scene(pair, 0.9, on: stage))
                group.addTask { _ = try await decider.decide(job, scenes: [scene], source: "https://x/", runtime: runtime) }
            }
            try await group.waitForAll()
        }
        #expect(try await stage.ledger.reader.alerts().map(\.kind) == [.new])
        let episode = try #require(try await stage.ledger.reader.openEpisodes().first)
        #expect(episode.flags.count == 6)
        #expect(try await stage.ledger.reader.deliveries().count == 1)
    }
}
