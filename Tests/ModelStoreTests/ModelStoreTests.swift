import Detection
import Domain
import FoundationEssentials
import NeuralNetwork
import Testing

@testable import ModelStore

struct ModelStoreTests {
    private let workshop: Workshop
    private var store: ModelStore { workshop.store }

    init() throws { workshop = try Workshop() }

    @Test func `an empty store has the shipped model in force`() throws {
        #expect(try store.history() == PromotionHistory())
        let entries = try store.entries()
        #expect(entries.map(\.reference) == [.shipped])
        #expect(entries[0].id?.name == "starter" && entries[0].problem == nil && entries[0].bytes > 0)
    }

    @Test func `an installed model lies beside its card under its name and checksum, readable by others, and is found`() throws {
        let reference = try workshop.install("next")
        #expect(try store.install(weights: try workshop.make("next")) == reference, "the same again changes nothing")
        #expect(try workshop.files == [".lock", "\(reference).json", "\(reference).safetensors"])
        let mode = try FileManager.default.attributesOfItem(atPath: store.weights(of: reference).path)[.posixPermissions] as? Int
        #expect(mode == 0o644)
        #expect(try store.load(reference).id.description == reference.description)
        #expect(try store.find("next") == reference)
        #expect(try store.find(reference.description) == reference)
        #expect(try store.find(String(reference.description.dropFirst("next@".count).prefix(5))) == reference)
        #expect(try store.find("shipped") == .shipped)
    }

    @Test func `an unknown or ambiguous name is refused with what there is`() throws {
        let first = try workshop.install("twin")
        let second = try store.install(weights: try workshop.make("twin") { $0["conv1.bias"]?.values[1] += 1 })
        let ambiguous = #expect(throws: StoreError.self) { try store.find("twin") }
        #expect(ambiguous?.description.contains("\(first)") == true && ambiguous?.description.contains("\(second)") == true)
        let unknown = #expect(throws: StoreError.self) { try store.find("other") }
        #expect(unknown?.description.contains("shipped") == true)
    }

    @Test(arguments: ["a/b", "shipped", ".hidden", "a b", ""])
    func `a name that could not be a file's is refused`(name: String) throws {
        let file = try workshop.make(name)
        let error = #expect(throws: StoreError.self) { try store.install(weights: file) }
        guard case .notStorable = error else {
            Issue.record("\(error?.description ?? "no error")")
            return
        }
    }

    @Test func `the same weights with a card by which they say something else need another name`() throws {
        let reference = try workshop.install("next")
        let installed = try Data(contentsOf: ModelCard.location(besideWeights: store.weights(of: reference)))
        let other = try workshop.make("next")
        try Self.change(cardOf: other, "{\n", to: Self.withSurroundings)
        let error = #expect(throws: StoreError.self) { try store.install(weights: other) }
        #expect(error?.description.contains("another name") == true)
        #expect(try Data(contentsOf: ModelCard.location(besideWeights: store.weights(of: reference))) == installed)
        // Other words say nothing else.
        let reworded = try workshop.make("next")
        try Self.change(cardOf: reworded, "Less than one fringe", to: "A fringe at most")
        #expect(try store.install(weights: reworded) == reference)
    }

    @Test func `the shipped model's weights need another name too, with another card`() throws {
        let copy = workshop.folder.appending(path: "copy.safetensors")
        try FileManager.default.copyItem(at: Workshop.starter, to: copy)
        try FileManager.default.copyItem(at: ModelCard.location(besideWeights: Workshop.starter), to: ModelCard.location(besideWeights: copy))
        #expect(try store.install(weights: copy).description.hasPrefix("starter@"))
        try Self.change(cardOf: copy, "{\n", to: Self.withSurroundings)
        #expect(throws: StoreError.self) { try store.install(weights: copy) }
    }

    private static let withSurroundings = "{\n  \"surroundings\": {\"scale\": 1.1, \"shift\": -2, \"pixels\": 48, \"on\": \"made\"},\n"

    private static func change(cardOf weights: URL, _ text: String, to other: String) throws {
        let file = ModelCard.location(besideWeights: weights)
        let card = try String(decoding: Data(contentsOf: file), as: UTF8.self)
        #expect(card.contains(text))
        try Data(card.replacing(text, with: other, maxReplacements: 1).utf8).write(to: file)
    }

    @Test(arguments: Damage.allCases)
    func `a damaged model is neither installed, nor promoted, nor rolled back to, and what is in force stays`(damage: Damage) throws {
        let outside = try workshop.make("outside")
        try damage.apply(to: outside)
        let refused = #expect(throws: StoreError.self) { try store.install(weights: outside) }
        #expect(refused?.description.contains(damage.words) == true)

        let (first, second, third) = (try workshop.install("first"), try workshop.install("second"), try workshop.install("third"))
        try damage.apply(to: store.weights(of: first))
        let error = #expect(throws: StoreError.self) { try store.promote(first, who: "Ana", why: "", at: noon) }
        let isKnown = error?.description.contains(damage.words) == true || error?.description.contains("holds another model") == true
        #expect(isKnown, "\(error?.description ?? "no error")")
        #expect(try store.history().inForce == .shipped)

        _ = try store.promote(second, who: "Ana", why: "", at: noon)
        _ = try store.promote(third, who: "Ana", why: "", at: noon)
        try damage.apply(to: store.weights(of: second))
        #expect(throws: StoreError.self) { try store.rollBack(who: "Ana", why: "", at: noon) }
        #expect(try store.history().inForce == third)
        #expect(try store.history().promotions.count == 2)
        let entry = store.entry(second)
        #expect(entry.problem != nil)
    }

    @Test func `a promotion and a rollback are in the history with who, when and why`() throws {
        let next = try workshop.install("next")
        let promoted = try store.promote(next, who: "Ana", why: "fewer rings", at: noon)
        #expect(promoted.from == .shipped && promoted.to == next && promoted.number == 1)
        let back = try store.rollBack(who: "Luis", why: "missed an uplift", at: noon.addingTimeInterval(60))
        #expect(back.to == .shipped && back.kind == .rollback)
        #expect(try store.history().promotions == [promoted, back])
    }

    @Test func `a command that is killed before the rename leaves the old model in force and the store usable`() throws {
        let next = try workshop.install("next")
        var history = try store.history()
        try history.promote(next, who: "Ana", why: "", at: noon)
        #expect(throws: StoreError.self) { try store.write(history) { throw DurableFile.Killed() } }
        #expect(try workshop.files.contains { $0.hasPrefix(".in-force.json.") }, "what the dead command left")
        #expect(try store.history().inForce == .shipped)
        #expect(try store.entries().count == 2)
        _ = try store.promote(next, who: "Ana", why: "", at: noon)
        #expect(try store.history().inForce == next)
    }

    @Test func `a write that fails takes its beginnings away`() throws {
        struct Full: Error {}
        _ = try workshop.install("next")
        let before = try workshop.files
        #expect(throws: StoreError.self) { try store.write(PromotionHistory()) { throw Full() } }
        #expect(try workshop.files == before)
    }

    @Test func `while one command changes the store another is told to try again`() throws {
        let next = try workshop.install("next")
        let lock = try StoreLock(path: store.folder.appending(path: ".lock").path)
        let error = #expect(throws: StoreError.self) { try store.promote(next, who: "Ana", why: "", at: noon) }
        #expect(error?.description.contains("try again") == true)
        lock.release()
        _ = try store.promote(next, who: "Ana", why: "", at: noon)
    }

    @Test(arguments: ["", "{", "[]", #"{"promotions": [{"number": 1}]}"#])
    func `a history that cannot be read is an error that says what to do`(text: String) throws {
        _ = try workshop.install("next")
        try Data(text.utf8).write(to: store.historyFile)
        let error = #expect(throws: StoreError.self) { try store.history() }
        #expect(error?.description.contains("in-force.json") == true && error?.description.contains("Mend it") == true)
    }
}
