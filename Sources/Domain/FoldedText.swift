/// Text reduced to what people agree on when they write a name: small letters and digits without accents or punctuation.
///
/// `Kīlauea`, `KILAUEA` and `kilauea` are one; so are `Hunga Tonga-Hunga Ha'apai` and `hunga tonga hunga haapai`.
public struct FoldedText: Hashable, Sendable {
    /// The words in order, split at everything but letters, digits and apostrophes.
    public let words: [String]
    /// The words run together: the key for lookups.
    public let key: String

    public init(_ text: some StringProtocol) {
        var words: [String] = []
        var word = ""
        for character in text {
            if apostrophes.contains(character) { continue }
            let plain = Self.plain(character)
            if plain.isEmpty {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word += plain
            }
        }
        if !word.isEmpty { words.append(word) }
        self.words = words
        key = words.joined()
    }

    /// Lower case without accents; empty for everything that is neither a letter nor a digit.
    private static func plain(_ character: Character) -> String {
        guard character.isLetter || character.isNumber else { return "" }
        let small = character.lowercased()
        return String(small.flatMap { accents[$0] ?? String($0) })
    }
}

private let apostrophes: Set<Character> = ["'", "\u{2019}", "\u{2018}", "\u{02BB}", "\u{02BC}", "`", "\u{00B4}"]

/// Swift compares characters by canonical equivalence, so decomposed accents are found too.
private let accents: [Character: String] = {
    let letters = [
        "a": "àáâãäåāăą", "c": "çćĉċč", "d": "ďđð", "e": "èéêëēĕėęě", "g": "ĝğġģ", "h": "ĥħ", "i": "ìíîïĩīĭįı", "j": "ĵ", "k": "ķ",
        "l": "ĺļľŀł", "n": "ñńņňŋ", "o": "òóôõöøōŏő", "r": "ŕŗř", "s": "śŝşšș", "t": "ţťŧț", "u": "ùúûüũūŭůűų", "w": "ŵ", "y": "ýÿŷ",
        "z": "źżž", "ae": "æ", "oe": "œ", "ss": "ß", "th": "þ",
    ]
    var table: [Character: String] = [:]
    for (plain, accented) in letters {
        for letter in accented { table[letter] = plain }
    }
    return table
}()
