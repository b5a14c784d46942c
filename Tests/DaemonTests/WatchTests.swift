import Configuration
import Domain
import Foundation
import Ledger
import Testing

@testable import Daemon

@Suite("Watch") struct WatchTests {
    let entry = "- {volcano: 353040, reason: uplift since May, level: high}\n"

    @Test func `a priority volcano is taken over within one look and makes its frames urgent in the ledger`() async throws {
        let stage = try await Stage()
        try Data(entry.utf8).write(to: stage.priorityFile)
        guard case .adopted(let changes) = try await stage.watch.lookAtPriorities(now: Date()) else { throw StageError(description: "not adopted") }
        try await stage.watch.storeChanges()
        #expect(changes.count == 1)
        #expect(await stage.watch.plan.frames[Stage.frame]?.level == 3)
        #expect(await stage.watch.interval(of: stage.demo) == .seconds(300))
        _ = try await stage.ledger.recordListing(
            [Listed(interferogram: InterferogramID(frame: Stage.frame, pair: Scenes.news), source: "http://x/", version: ProductVersion())],
            of: Stage.frame, in: "demo", first: .queue, at: Date())
        #expect(try await stage.ledger.reader.nextJobs(limit: 1, at: Date()).first?.priority == 3)
        #expect(try await stage.ledger.reader.priorityChanges().first?.content == entry)
    }

    @Test func `a wrong priority file leaves the list as it was and says so until it is mended`() async throws {
        let stage = try await Stage(priorities: entry)
        try Data("- {volcano: Nowhere}\n".utf8).write(to: stage.priorityFile)
        guard case .refused = try await stage.watch.lookAtPriorities(now: Date()) else { throw StageError(description: "not refused") }
        #expect(await stage.watch.priorities.entries.map(\.volcano.number) == [Stage.alcedo])
        #expect(await stage.watch.priorityProblem?.contains("Nowhere") == true)
        // The same mistake is told once.
        guard case .none = try await stage.watch.lookAtPriorities(now: Date()) else { throw StageError(description: "told twice") }
        try Data(entry.utf8).write(to: stage.priorityFile)
        _ = try await stage.watch.lookAtPriorities(now: Date())
        #expect(await stage.watch.priorityProblem == nil)
    }

    @Test func `a priority file that could not be read for a while is well again when it can`() async throws {
        let stage = try await Stage(priorities: entry)
        try FileManager.default.removeItem(at: stage.priorityFile)
        try FileManager.default.createDirectory(at: stage.priorityFile, withIntermediateDirectories: true)
        guard case .refused = try await stage.watch.lookAtPriorities(now: Date()) else { throw StageError(description: "not refused") }
        #expect(await stage.watch.priorityProblem != nil)
        try FileManager.default.removeItem(at: stage.priorityFile)
        try Data(entry.utf8).write(to: stage.priorityFile)
        _ = try await stage.watch.lookAtPriorities(now: Date())
        #expect(await stage.watch.priorityProblem == nil)
    }

    @Test func `an entry ends at midnight without a change of the file`() async throws {
        let today = AcquisitionDate(Date())
        let stage = try await Stage(priorities: "- {volcano: 353040, reason: uplift, until: \(today.iso8601)}\n")
        #expect(await stage.watch.plan.frames[Stage.frame]?.level == 3)
        let tomorrow = Date(timeIntervalSince1970: Double(today.dayNumber + 1) * 86_400 + 1)
        _ = try await stage.watch.lookAtPriorities(now: tomorrow)
        #expect(await stage.watch.plan.frames[Stage.frame]?.level == 0)
        #expect(await stage.watch.priority(of: Stage.alcedo, now: tomorrow) == nil)
        #expect(await stage.watch.interval(of: stage.demo) == .seconds(21_600))
    }

    @Test func `a priority volcano is watched though the configuration does not name it`() async throws {
        let stage = try await Stage(watched: "{volcanoes: [353030]}", priorities: "- {volcano: 211060, reason: unrest}\n")
        #expect(await stage.watch.plan.volcanoes.map(\.name) == ["Etna", "Darwin"])
    }

    @Test func `an outline that leaves a summit out takes it from the frame, also after a restart`() async throws {
        let stage = try await Stage()
        let corners = [(-0.6, -91.3), (-0.3, -91.3), (-0.3, -91.0), (-0.6, -91.0)].compactMap { GeoPoint(latitude: $0.0, longitude: $0.1) }
        try await stage.watch.learn(try #require(FramePolygon(points: corners)), of: Stage.frame)
        #expect(await stage.watch.plan.frames[Stage.frame]?.volcanoes.map(\.number) == [Stage.alcedo])
        let again = try await Watch(try Stage.load(stage.folder), ledger: stage.ledger, now: Date())
        #expect(await again.volcanoes(in: Stage.frame).map(\.number) == [Stage.alcedo])
    }

    @Test func `a frame that shows no watched volcano is no longer polled`() async throws {
        let stage = try await Stage()
        let corners = [(10.0, 10.0), (11.0, 10.0), (11.0, 11.0)].compactMap { GeoPoint(latitude: $0.0, longitude: $0.1) }
        try await stage.watch.learn(try #require(FramePolygon(points: corners)), of: Stage.frame)
        #expect(await stage.watch.interval(of: stage.demo) == nil)
        #expect(await stage.watch.takeDue() == nil)
    }

    @Test func `a drop folder is asked only for the frames that it holds, from the second in which they appear`() async throws {
        let stage = try await Stage()
        #expect(await stage.watch.interval(of: stage.dropped) == nil)
        try FileManager.default.createDirectory(at: stage.drop.appendingPathComponent(Stage.frame.name), withIntermediateDirectories: true)
        try await stage.watch.lookForFrames(now: Date())
        #expect(await stage.watch.interval(of: stage.dropped) == .seconds(5))
    }

    @Test func `a drop folder that is away keeps its frames and is reported`() async throws {
        let stage = try await Stage()
        try FileManager.default.createDirectory(at: stage.drop.appendingPathComponent(Stage.frame.name), withIntermediateDirectories: true)
        try await stage.watch.lookForFrames(now: Date())
        let away = stage.folder.appendingPathComponent("away")
        try FileManager.default.moveItem(at: stage.drop, to: away)
        try await stage.watch.lookForFrames(now: Date())
        #expect(await stage.watch.discoveryProblem?.contains("does not exist") == true)
        #expect(await stage.watch.interval(of: stage.dropped) == .seconds(5))
        try FileManager.default.moveItem(at: away, to: stage.drop)
        try await stage.watch.lookForFrames(now: Date())
        #expect(await stage.watch.discoveryProblem == nil)
    }

    @Test func `P7 a new configuration counts as a whole, also while the ledger cannot be written`() async throws {
        let stage = try await Stage()
        try Data(entry.utf8).write(to: stage.priorityFile)
        let new = try stage.rewritten(watched: "{volcanoes: [353030], frames: [128D_09016_110500]}")
        try stage.ledger.close()
        _ = try await stage.watch.adopt(new, now: Date())
        #expect(await stage.watch.plan.volcanoes.map(\.number) == [Stage.darwin, Stage.alcedo])
        #expect(await stage.watch.plan.frames[Stage.frame]?.level == 3)
        // What could not be stored is still wanted.
        await #expect(throws: LedgerError.self) { try await stage.watch.storeChanges() }
        await #expect(throws: LedgerError.self) { try await stage.watch.storeChanges() }
    }

    @Test func `changes that are asked for at the same time are all made`() async throws {
        let stage = try await Stage()
        let new = try stage.rewritten(watched: "{countries: [Ecuador]}")
        try Data(entry.utf8).write(to: stage.priorityFile)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { _ = try await stage.watch.lookAtPriorities(now: Date()) }
                group.addTask { _ = try await stage.watch.adopt(new, now: Date()) }
                group.addTask { try await stage.watch.storeChanges() }
                group.addTask { try await stage.watch.lookForFrames(now: Date()) }
            }
            try await group.waitForAll()
        }
        try await stage.watch.storeChanges()
        #expect(await stage.watch.plan.volcanoes.count > 10)
        #expect(try await stage.ledger.reader.priorityChanges().count == 1)
    }
}
