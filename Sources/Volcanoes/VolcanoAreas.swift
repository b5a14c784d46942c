public import Domain

/// Volcanoes by country, region and box.
extension VolcanoList {
    /// Every country that can be asked for, sorted: of volcanoes on a border, each side.
    public var countries: [String] { Set(volcanoes.flatMap { Self.sides(of: $0.country) }).sorted() }

    /// The Global Volcanism Program's regions, sorted.
    public var regions: [String] { Set(volcanoes.map(\.region)).sorted() }

    /// The volcanoes of a country, whatever the name's case and accents; those on its border belong to it too.
    /// Empty for an unknown country.
    public func inCountry(_ name: String) -> [Volcano] {
        let wanted = FoldedText(name).key
        let key = countryAliases[wanted] ?? wanted
        guard !key.isEmpty else { return [] }
        return volcanoes.filter { volcano in
            FoldedText(volcano.country).key == key || Self.sides(of: volcano.country).contains { FoldedText($0).key == key }
        }
    }

    /// The volcanoes of all regions whose name holds these words, in this order: "Galapagos", "Central America".
    /// Empty for an unknown region.
    public func inRegion(_ name: String) -> [Volcano] {
        let wanted = FoldedText(name).words
        guard !wanted.isEmpty else { return [] }
        let matching = Set(regions.filter { FoldedText($0).words.firstRange(of: wanted) != nil })
        return volcanoes.filter { matching.contains($0.region) }
    }

    public func inBox(_ box: GeoBox) -> [Volcano] { volcanoes.filter { box.contains($0.summit) } }

    /// "Chile-Argentina" lies in both; "Japan - administered by Russia" and "Burma (Myanmar)" are found under either name.
    private static func sides(of country: String) -> [String] {
        let parts = country.split { "-()".contains($0) }.map { part in
            var words = part.split(separator: " ")
            if words.count > 2, words[1] == "by" { words.removeFirst(2) }
            return words.joined(separator: " ")
        }
        return parts.filter { !$0.isEmpty }
    }
}

/// Names in common use that the list does not have.
private let countryAliases = [
    "usa": "unitedstates", "us": "unitedstates", "unitedstatesofamerica": "unitedstates", "uk": "unitedkingdom",
    "turkey": "turkiye", "capeverde": "caboverde", "democraticrepublicofthecongo": "drcongo", "png": "papuanewguinea",
]
