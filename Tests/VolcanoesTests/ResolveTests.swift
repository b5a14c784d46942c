import Domain
import Testing

@testable import Volcanoes

struct ResolveTests {
    let list: VolcanoList
    init() throws { list = try BuiltIn.shared.get() }

    @Test(arguments: [
        ("353050", 353_050), (" 353050 ", 353_050), ("Sierra Negra", 353_050), ("sierra negra", 353_050), ("Negra, Sierra", 353_050),
        ("SIERRA-NEGRA", 353_050), ("Popocatépetl", 341_090), ("popocatepetl", 341_090), ("Kīlauea", 332_010), ("Ki\u{0304}lauea", 332_010),
        ("Hunga Tonga Hunga Haapai", 243_040), ("Hunga Tonga-Hunga Ha\u{2019}apai", 243_040), ("White Island", 241_040),
        ("whakaari", 241_040), ("Whakaari/White Island", 241_040), ("Cabalian", 272_050), ("Ile de l'Est", 234_030),
        ("Piton de la Fournaise", 233_020),
    ])
    func `a volcano is found as people write it`(text: String, wanted: Int) throws {
        guard case .found(let volcano) = list.resolve(text) else {
            Issue.record("\(text): \(list.resolve(text))")
            return
        }
        #expect(volcano.number.value == wanted)
    }

    @Test(arguments: [("Sumbing", [261_180, 263_220]), ("Cerro Azul", [353_060, 357_060]), ("Azul, Cerro", [353_060, 357_060])])
    func `a name of several volcanoes is ambiguous and names them all`(text: String, numbers: [Int]) {
        guard case .ambiguous(let candidates) = list.resolve(text) else {
            Issue.record("\(text): \(list.resolve(text))")
            return
        }
        #expect(candidates.map(\.number.value) == numbers)
    }

    @Test(arguments: [
        ("Siera Negra", "Sierra Negra"), ("Popocatepetel", "Popocatepetl"), ("Fernandia", "Fernandina"), ("Kilauae", "Kilauea"),
        ("Ruiz", "Nevado del Ruiz"),
        ("Mount Etna", "Etna"), ("Fournaise", "Piton de la Fournaise"), ("Eyjafjalla", "Eyjafjallajökull"), ("Merapy", "Merapi"),
    ])
    func `a wrong name gets the nearest one first`(text: String, wanted: String) {
        guard case .unknown(let suggestions) = list.resolve(text) else {
            Issue.record("\(text): \(list.resolve(text))")
            return
        }
        #expect(
            suggestions.contains { FoldedText($0.name) == FoldedText(wanted) }
                || suggestions.first?.name.hasPrefix(wanted.prefix(10)) == true,
            "\(text): \(suggestions.map(\.name))")
        #expect(suggestions.count <= 5)
    }

    @Test(arguments: ["353051", "353500", "35305", "3530500", "453050"])
    func `a number one slip away suggests the right one`(text: String) {
        guard case .unknown(let suggestions) = list.resolve(text) else {
            Issue.record("\(text): \(list.resolve(text))")
            return
        }
        #expect(suggestions.contains { $0.number.value == 353_050 }, "\(suggestions.map(\.number))")
    }

    @Test(arguments: ["", " ", "---", "Qqqqqqqqq", "99999999999999999999999", String(repeating: "x", count: 100_000)])
    func `nonsense has no suggestion`(text: String) { #expect(list.resolve(text) == .unknown(suggestions: [])) }
}
