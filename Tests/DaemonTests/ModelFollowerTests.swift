import Configuration
import Console
import Detection
import Domain
import Foundation
import Ledger
import ModelStore
import Testing

@testable import Daemon

@Suite("Model follower") struct ModelFollowerTests {
    /// The shipped model under another name, outside the store. Its weights are the same: the checksum stays, the name tells them apart.
    private func model(_ name: String, in folder: URL) throws -> URL {
        let shipped = try Installation.find().defaultModel
        let file = folder.appendingPathComponent("\(name).safetensors")
        try FileManager.default.copyItem(at: shipped, to: file)
        let card = try String(contentsOf: ModelCard.location(besideWeights: shipped), encoding: .utf8)
        let named = card.replacing(/"name"\s*:\s*"default"/) { _ in "\"name\": \"\(name)\"" }
        try Data(named.utf8).write(to: ModelCard.location(besideWeights: file))
        return file
    }

    @Test func `a promotion is taken over and recorded once, the ones before it were overtaken`() async throws {
        let stage = try await Stage()
        let store = try #require(await stage.watch.runtime.store)
        let follower = ModelFollower(watch: stage.watch, ledger: stage.ledger, log: stage.log)
        try await follower.lookAndRecord()
        #expect(try await stage.ledger.reader.modelChanges().isEmpty)
        for name in ["first", "second"] {
            let reference = try store.install(weights: try model(name, in: stage.folder))
            _ = try store.promote(reference, who: "Ana", why: "because", at: Date())
        }
        try await follower.lookAndRecord()
        try await follower.lookAndRecord()
        #expect(await stage.watch.runtime.detector.model.id.name == "second")
        let changes = try await stage.ledger.reader.modelChanges()
        #expect(changes.map(\.result) == [.adopted, .overtaken] && changes.map(\.promotion) == [2, 1])
        #expect(changes[0].who == "Ana" && changes[0].why == "because" && changes[0].from.hasPrefix("first@"))
        #expect(try await stage.console().status().health == .ok)
    }

    @Test func `a model that is damaged after its promotion is refused and recorded, the one before judges on, and its repair counts`() async throws {
        let stage = try await Stage()
        let store = try #require(await stage.watch.runtime.store)
        let follower = ModelFollower(watch: stage.watch, ledger: stage.ledger, log: stage.log)
        let reference = try store.install(weights: try model("next", in: stage.folder))
        _ = try store.promote(reference, who: "Ana", why: "", at: Date())
        let weights = store.weights(of: reference)
        let whole = try Data(contentsOf: weights)
        try whole.dropLast(100).write(to: weights)
        try await follower.lookAndRecord()
        let before = await stage.watch.runtime.detector.model.id
        #expect(before.name != "next")
        let problems = try await stage.console().status().problems
        #expect(problems.count == 1 && problems[0].contains("\(before) judges on") && problems[0].contains("is not the file its card describes"))
        #expect(try await stage.ledger.reader.modelChanges().map(\.result) == [.refused])
        #expect(try await stage.ledger.reader.events(kind: .modelRefused).count == 1)
        // A reload of the configuration keeps what judges.
        _ = try await stage.watch.adopt(try Stage.load(stage.folder), now: Date())
        #expect(await stage.watch.runtime.detector.model.id == before)
        try whole.write(to: weights)
        try await follower.lookAndRecord()
        #expect(await stage.watch.runtime.detector.model.id.name == "next")
        #expect(try await stage.console().status().health == .ok)
        #expect(try await stage.ledger.reader.modelChanges().map(\.result) == [.adopted, .refused])
    }

    @Test func `a history that cannot be read leaves the model that judges`() async throws {
        let stage = try await Stage()
        let store = try #require(await stage.watch.runtime.store)
        let follower = ModelFollower(watch: stage.watch, ledger: stage.ledger, log: stage.log)
        let reference = try store.install(weights: try model("next", in: stage.folder))
        _ = try store.promote(reference, who: "Ana", why: "", at: Date())
        try await follower.lookAndRecord()
        try Data("{".utf8).write(to: store.folder.appendingPathComponent("in-force.json"))
        try await follower.lookAndRecord()
        #expect(await stage.watch.runtime.detector.model.id.name == "next")
        #expect(try await stage.console().status().problems.contains { $0.contains("in-force.json") })
    }

    @Test func `a daemon that starts with a damaged model in force starts with the one before and says so`() async throws {
        let stage = try await Stage()
        let store = try #require(await stage.watch.runtime.store)
        let reference = try store.install(weights: try model("next", in: stage.folder))
        _ = try store.promote(reference, who: "Ana", why: "", at: Date())
        try FileManager.default.removeItem(at: store.weights(of: reference))
        let runtime = try Stage.load(stage.folder)
        #expect(runtime.detector.model.id.name != "next")
        #expect(runtime.modelProblem?.contains("judges instead") == true)
    }

    @Test func `a model that the configuration names is not exchanged`() async throws {
        let named = try Installation.find().defaultModel
        let stage = try await Stage(more: Stage.maildir + "\ndetection: {model: \"\(named.path)\"}")
        #expect(await stage.watch.runtime.store == nil)
        let follower = ModelFollower(watch: stage.watch, ledger: stage.ledger, log: stage.log)
        let store = ModelStore(folder: stage.folder.appendingPathComponent("state/models"), shipped: named)
        _ = try store.promote(try store.install(weights: try model("next", in: stage.folder)), who: "Ana", why: "", at: Date())
        try await follower.lookAndRecord()
        #expect(await stage.watch.runtime.detector.model.id.name != "next")
        #expect(try await stage.ledger.reader.modelChanges().isEmpty)
    }
}

extension ModelFollower {
    fileprivate func lookAndRecord() async throws {
        try await look(now: Date())
        try await record()
    }
}
