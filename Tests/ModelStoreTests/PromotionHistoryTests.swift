import Domain
import FoundationEssentials
import ModelStore
import Testing

struct PromotionHistoryTests {
    private static func model(_ letter: Character) -> ModelReference {
        .installed(ModelID(name: "model-\(letter.lowercased())", checksum: String(repeating: "\(letter.lowercased())", count: 12)))
    }

    /// Letters promote that model, `<` rolls back.
    private func history(_ steps: String) throws -> PromotionHistory {
        var history = PromotionHistory()
        for step in steps {
            if step == "<" {
                try history.rollBack(who: "Ana", why: "worse", at: noon)
            } else {
                try history.promote(Self.model(step), who: "Ana", why: "better", at: noon)
            }
        }
        return history
    }

    @Test(arguments: [
        ("", nil as Character?, nil as Character??), ("a", "a", .some(nil)), ("ab", "b", .some("a")), ("ab<", "a", .some(nil)),
        ("ab<<", nil, nil), ("abc<", "b", .some("a")), ("abc<<", "a", .some(nil)), ("ab<c", "c", .some("a")), ("ab<c<", "a", .some(nil)),
        ("aba", "a", .some("b")), ("aba<", "b", .some("a")),
    ])
    func `a promotion lays a model on top, a rollback takes it away`(steps: String, inForce: Character?, before: Character??) throws {
        let history = try history(steps)
        #expect(history.inForce == (inForce.map(Self.model) ?? .shipped))
        #expect(history.beforeInForce == before.map { $0.map(Self.model) ?? .shipped })
        #expect(history.promotions.map(\.number) == (0..<steps.count).map { $0 + 1 })
        #expect(history.promotions.count == steps.count)
    }

    @Test func `each entry says from what to what, who, when and why`() throws {
        let last = try #require(try history("ab<").promotions.last)
        #expect((last.from, last.to) == (Self.model("b"), Self.model("a")))
        #expect(last.kind == .rollback && last.who == "Ana" && last.why == "worse" && last.at == noon)
    }

    @Test func `what is in force is not promoted again, and at the bottom there is nothing to roll back to`() throws {
        var history = try history("a")
        #expect(throws: StoreError.self) { try history.promote(Self.model("a"), who: "x", why: "", at: noon) }
        try history.rollBack(who: "x", why: "", at: noon)
        let error = #expect(throws: StoreError.self) { try history.rollBack(who: "x", why: "", at: noon) }
        #expect(error?.description.contains("nothing to roll back to") == true)
        #expect(history.promotions.count == 2)
    }

    @Test func `what could be used instead is the nearest model before, the shipped one last`() throws {
        #expect(try history("abc").fallbacks == [Self.model("b"), Self.model("a"), .shipped])
        #expect(try history("").fallbacks == [])
        #expect(try history("abc<").fallbacks == [Self.model("a"), .shipped])
    }

    @Test func `a history comes back from its file as it was`() throws {
        let history = try history("ab<c")
        #expect(try JSONDecoder().decode(PromotionHistory.self, from: try JSONEncoder().encode(history)) == history)
    }

    @Test(arguments: [
        "", "x", "x@", "x@0123", "x@0123456789AB", "x@0123456789ab0", "../x@0123456789ab", ".x@0123456789ab", "a@b@0123456789ab", "SHIPPED",
    ])
    func `what is no reference is refused`(text: String) { #expect(ModelReference(text) == nil) }

    @Test func `references are read as they are written`() {
        #expect(ModelReference("shipped") == .shipped)
        #expect(ModelReference("v1.2-b_c@0123456789ab") == .installed(ModelID(name: "v1.2-b_c", checksum: "0123456789ab")))
        #expect(ModelReference("v1.2-b_c@0123456789ab")?.description == "v1.2-b_c@0123456789ab")
    }
}
