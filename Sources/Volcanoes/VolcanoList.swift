public import Domain
public import FoundationEssentials

/// The world's Holocene volcanoes, found by number, name, country, region or place.
public struct VolcanoList: Sendable {
    /// By number, each number once.
    public let volcanoes: [Volcano]
    private let byNumber: [VolcanoNumber: Volcano]
    private let byName: [String: [Volcano]]
    private let folded: [FoldedText]

    /// What a name or number stands for.
    public enum Resolution: Hashable, Sendable {
        case found(Volcano)
        /// Several volcanoes have this name: ask for the number.
        case ambiguous([Volcano])
        /// None has it; perhaps one of these was meant, best first.
        case unknown(suggestions: [Volcano])
    }

    /// Of volcanoes with the same number the first counts.
    public init(_ volcanoes: [Volcano]) {
        byNumber = Dictionary(volcanoes.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        self.volcanoes = byNumber.values.sorted { $0.number < $1.number }
        folded = self.volcanoes.map { FoldedText($0.name) }
        var names: [String: [Volcano]] = [:]
        for volcano in self.volcanoes {
            for key in Self.keys(of: volcano.name) { names[key, default: []].append(volcano) }
        }
        byName = names
    }

    /// Reads a list with the columns number, name, country, region, latitude, longitude, elevation (metres).
    public static func load(from url: URL) throws(ListFileError) -> VolcanoList {
        try parse(ListFile(url, columns: columns))
    }

    static func parse(_ text: String, file: String = "volcanoes.csv") throws(ListFileError) -> VolcanoList {
        try parse(ListFile(text, file: file, columns: columns))
    }

    private static func parse(_ list: ListFile) throws(ListFileError) -> VolcanoList {
        var volcanoes: [Volcano] = []
        var seen: Set<VolcanoNumber> = []
        for row in list.rows {
            guard let number = Int(row.fields[0]).flatMap(VolcanoNumber.init) else {
                throw list.wrong(row, "\"\(row.fields[0])\" is not a volcano number of six digits")
            }
            guard let latitude = Double(row.fields[4]), let longitude = Double(row.fields[5]),
                let summit = GeoPoint(latitude: latitude, longitude: longitude)
            else { throw list.wrong(row, "\(row.fields[4]), \(row.fields[5]) is not a latitude and a longitude in degrees") }
            guard let elevation = Int(row.fields[6]) else { throw list.wrong(row, "\"\(row.fields[6])\" is not whole metres") }
            guard !row.fields[1].isEmpty else { throw list.wrong(row, "volcano \(number) has no name") }
            guard seen.insert(number).inserted else { throw list.wrong(row, "volcano \(number) is listed twice") }
            volcanoes.append(
                Volcano(
                    number: number, name: row.fields[1], country: row.fields[2], region: row.fields[3], summit: summit,
                    elevation: elevation))
        }
        return VolcanoList(volcanoes)
    }

    private static let columns = ["number", "name", "country", "region", "latitude", "longitude", "elevation"]
}

// MARK: - Looking up

extension VolcanoList {
    public subscript(number: VolcanoNumber) -> Volcano? { byNumber[number] }

    /// The volcanoes of this name, whatever its case, accents and punctuation; "Negra, Sierra" is Sierra Negra.
    public func named(_ name: String) -> [Volcano] {
        byName[FoldedText(Self.spoken(name)).key] ?? []
    }

    /// - Parameter text: a GVP number or a name, as an operator writes it.
    public func resolve(_ text: String) -> Resolution {
        let trimmed = text.filter { !$0.isWhitespace }
        if !trimmed.isEmpty, trimmed.utf8.allSatisfy(\.isDigit) {
            if let volcano = Int(trimmed).flatMap(VolcanoNumber.init).flatMap({ self[$0] }) { return .found(volcano) }
            return .unknown(suggestions: near(number: trimmed))
        }
        let found = named(text)
        switch found.count {
        case 0: return .unknown(suggestions: near(name: text))
        case 1: return .found(found[0])
        default: return .ambiguous(found)
        }
    }

    private func near(name: String) -> [Volcano] {
        let wanted = FoldedText(Self.spoken(String(name.prefix(80))))
        let scores = folded.map { NearestSpelling.score(of: $0, for: wanted) }
        return NearestSpelling.ranked(scores, limit: 5).map { volcanoes[$0] }
    }

    /// Numbers one slip away: a digit wrong, left out, added, or two of them swapped.
    private func near(number: String) -> [Volcano] {
        let wanted = Array(number.utf8.prefix(10))
        let close = volcanoes.filter { NearestSpelling.editDistance(wanted, Array($0.number.description.utf8)) == 1 }
        return Array(close.prefix(5))
    }

    /// All that a name is found under: "Whakaari/White Island" by either part too.
    private static func keys(of name: String) -> Set<String> {
        let parts = name.split(separator: "/").map { FoldedText($0).key }
        return Set(parts + [FoldedText(name).key]).subtracting([""])
    }

    /// Undoes the order of sorted lists: "Negra, Sierra" is Sierra Negra.
    private static func spoken(_ name: String) -> String {
        let parts = name.split(separator: ",", omittingEmptySubsequences: false)
        return parts.count == 2 ? "\(parts[1]) \(parts[0])" : name
    }
}
