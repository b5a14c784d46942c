public import Domain

/// Which model is meant: one of those in the store, or whichever comes with the program.
public enum ModelReference: Hashable, Sendable, CustomStringConvertible {
    /// The model that comes with the program; another one after an upgrade.
    case shipped
    case installed(ModelID)

    public var description: String {
        switch self {
        case .shipped: "shipped"
        case .installed(let id): id.description
        }
    }

    /// Reads `shipped` or `name@checksum`.
    public init?(_ text: String) {
        if text == "shipped" {
            self = .shipped
        } else {
            guard let id = ModelID(storeName: text) else { return nil }
            self = .installed(id)
        }
    }
}

extension ModelReference: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let reference = ModelReference(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is neither shipped nor a model's name@checksum")
        }
        self = reference
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension ModelID {
    /// Reads `name@checksum` where both can stand in a file's name.
    init?(storeName text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isStorable(name: parts[0]), parts[1].count == 12,
            parts[1].allSatisfy({ $0.isASCII && $0.isHexDigit && !$0.isUppercase })
        else { return nil }
        self.init(name: String(parts[0]), checksum: String(parts[1]))
    }

    /// Whether the store can keep a model of this name: letters, digits, point, hyphen and underscore, not beginning with a point.
    public static func isStorable(name: some StringProtocol) -> Bool {
        (1...80).contains(name.utf8.count) && name.first != "." && name != "shipped"
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_") }
    }
}
