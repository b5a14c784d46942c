/// A volcano's number in the Global Volcanism Program's catalogue, six digits.
public struct VolcanoNumber: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    public let value: Int

    public init?(_ value: Int) {
        guard (100_000...999_999).contains(value) else { return nil }
        self.value = value
    }

    public var description: String { String(value) }
    public static func < (a: Self, b: Self) -> Bool { a.value < b.value }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let value = try container.decode(Int.self)
        guard let number = VolcanoNumber(value) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(value) is not a six-digit volcano number")
        }
        self = number
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

public struct Volcano: Hashable, Codable, Sendable {
    public let number: VolcanoNumber
    /// As people write it: "Sierra Negra", not "Negra, Sierra".
    public let name: String
    public let country: String
    public let region: String
    public let summit: GeoPoint
    /// Metres above sea level; negative for submarine volcanoes.
    public let elevation: Int

    public init(number: VolcanoNumber, name: String, country: String, region: String, summit: GeoPoint, elevation: Int) {
        self.number = number
        self.name = name
        self.country = country
        self.region = region
        self.summit = summit
        self.elevation = elevation
    }
}
