/// A probability, 0 to 1.
public struct Probability: Hashable, Codable, Sendable, Comparable {
    public let value: Double

    /// Nil outside 0...1 and for NaN.
    public init?(_ value: Double) {
        guard (0...1).contains(value) else { return nil }
        self.value = value
    }

    public static func < (a: Self, b: Self) -> Bool { a.value < b.value }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let value = try container.decode(Double.self)
        guard let probability = Probability(value) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(value) is not a probability, 0 to 1")
        }
        self = probability
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
