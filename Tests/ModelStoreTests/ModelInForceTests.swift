import Detection
import Domain
import FoundationEssentials
import Testing

@testable import ModelStore

struct ModelInForceTests {
    private let workshop: Workshop
    private var store: ModelStore { workshop.store }

    init() throws { workshop = try Workshop() }

    @Test func `the promoted model is loaded, the shipped one where none was promoted`() throws {
        #expect(try store.loadInForce().model.id.name == "starter")
        let next = try workshop.install("next")
        _ = try store.promote(next, who: "Ana", why: "", at: noon)
        let loaded = try store.loadInForce()
        #expect(loaded.model.id.description == next.description && loaded.wanted == next && loaded.problem == nil)
    }

    @Test(arguments: Damage.allCases)
    func `a model that was damaged since it was promoted is replaced by the one before, and the problem says why`(damage: Damage) throws {
        let (good, bad) = (try workshop.install("good"), try workshop.install("bad"))
        _ = try store.promote(good, who: "Ana", why: "", at: noon)
        _ = try store.promote(bad, who: "Ana", why: "", at: noon)
        try damage.apply(to: store.weights(of: bad))
        let loaded = try store.loadInForce()
        #expect(loaded.model.id.description == good.description && loaded.wanted == bad)
        #expect(loaded.problem?.contains("\(good) judges instead") == true)
        try Damage.gone.apply(to: store.weights(of: good))
        #expect(try store.loadInForce().model.id.name == "starter")
    }

    @Test func `a history that cannot be read leaves the shipped model, with the problem`() throws {
        _ = try store.promote(try workshop.install("next"), who: "Ana", why: "", at: noon)
        try Data("{".utf8).write(to: store.historyFile)
        let loaded = try store.loadInForce()
        #expect(loaded.model.id.name == "starter" && loaded.problem?.contains("in-force.json") == true)
    }

    @Test func `the stamp changes with a promotion, with the files of the model in force, and with nothing else`() throws {
        let (next, other) = (try workshop.install("next"), try workshop.install("other"))
        let empty = try store.stamp()
        #expect(try store.stamp() == empty)
        _ = try store.promote(next, who: "Ana", why: "", at: noon)
        let promoted = try store.stamp()
        #expect(promoted != empty)
        try Damage.flippedByte.apply(to: store.weights(of: other))
        #expect(try store.stamp() == promoted)
        try Damage.truncated.apply(to: store.weights(of: next))
        let damaged = try store.stamp()
        #expect(damaged != promoted)
        try Damage.noCard.apply(to: store.weights(of: next))
        #expect(try store.stamp() != damaged)
    }
}
