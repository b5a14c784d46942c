/// The direction in which the satellite flew: it decides from which side the ground is seen.
public enum Pass: String, Codable, Sendable, CaseIterable {
    case ascending
    case descending
}

/// A LiCSAR frame, such as `106A_09048_000909`: relative orbit and pass, co-latitude, number of bursts.
///
/// Other names exist (stripmap `144A_SM_REUN_S6`) and are accepted: three digits, `A` or `D`, then letters, digits and underscores.
public struct FrameID: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    public let name: String
    /// Relative orbit, 1 to 175.
    public let relativeOrbit: Int
    public let pass: Pass

    public init?(_ name: String) {
        let bytes = Array(name.utf8)
        guard bytes.count > 5, bytes.count <= 40, let orbit = Int(name.prefix(3)), (1...175).contains(orbit),
            bytes[4] == UInt8(ascii: "_"),
            bytes.allSatisfy({ $0 == UInt8(ascii: "_") || $0.isLetterOrDigit })
        else { return nil }
        switch bytes[3] {
        case UInt8(ascii: "A"): pass = .ascending
        case UInt8(ascii: "D"): pass = .descending
        default: return nil
        }
        self.name = name
        relativeOrbit = orbit
    }

    public var description: String { name }

    public static func < (a: FrameID, b: FrameID) -> Bool { a.name < b.name }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let frame = FrameID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a frame name")
        }
        self = frame
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
