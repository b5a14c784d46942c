import Retraining
import Testing

struct BalanceTests {
    private func cases(_ volcano: String, _ episode: String, _ count: Int, deformation: Bool = false) -> [Balance.Case] {
        Array(repeating: Balance.Case(volcano: volcano, episode: episode, isDeformation: deformation), count: count)
    }

    @Test func `a few crops count as they are`() {
        #expect(Balance().weights(cases("a", "1", 3) + cases("a", "2", 3) + cases("b", "1", 1)) == Array(repeating: 1, count: 7))
        #expect(Balance().weights([]) == [])
    }

    @Test func `a hundred false positives of one episode count as three, and of one volcano as eight`() {
        let balance = Balance(perEpisode: 3, perVolcano: 8)
        let flood = balance.weights(cases("a", "1", 100) + cases("b", "1", 1))
        #expect(abs(flood.prefix(100).reduce(0, +) - 3) < 1e-9 && flood.last == 1)
        let many = balance.weights((0..<50).flatMap { cases("a", "\($0)", 2) })
        #expect(abs(many.reduce(0, +) - 8) < 1e-9)
    }

    @Test func `rejected crops of a volcano do not push out its confirmed ones`() {
        let weights = Balance(perEpisode: 3, perVolcano: 8).weights(cases("a", "1", 200) + cases("a", "1", 2, deformation: true))
        #expect(weights.suffix(2) == [1, 1])
    }

    @Test func `no crop is lost, none counts more than one, and no group counts more than its cap`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let cases = (0..<Int.random(in: 1...60, using: &generator)).map { _ in
                Balance.Case(
                    volcano: "\(Int.random(in: 0..<4, using: &generator))", episode: "\(Int.random(in: 0..<5, using: &generator))",
                    isDeformation: Bool.random(using: &generator))
            }
            let balance = Balance(perEpisode: 2, perVolcano: 5)
            let weights = balance.weights(cases)
            #expect(weights.count == cases.count && weights.allSatisfy { $0 > 0 && $0 <= 1 })
            for group in Dictionary(grouping: cases.indices, by: { "\(cases[$0].volcano) \(cases[$0].isDeformation)" }).values {
                #expect(group.reduce(0) { $0 + weights[$1] } <= 5 + 1e-9)
            }
            for group in Dictionary(grouping: cases.indices, by: { cases[$0] }).values {
                #expect(group.reduce(0) { $0 + weights[$1] } <= 2 + 1e-9)
            }
        }
    }
}
