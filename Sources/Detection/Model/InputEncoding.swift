#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How a patch's grey levels become a network's input.
public enum InputEncoding: String, Codable, Hashable, Sendable, CaseIterable {
    /// One channel, the grey picture that Anantrasirichai et al. (2018) show their networks: (level - 128) / 128. No data looks like a phase of 0.
    case grey
    /// Two channels, cosine and sine of the wrapped phase: no edge where the phase wraps, and no data, 0 in both, is no phase at all.
    case phasor

    public var channels: Int {
        switch self {
        case .grey: 1
        case .phasor: 2
        }
    }

    /// The encoding of a network with so many input channels; nil where there is none.
    public init?(channels: Int) {
        guard let encoding = Self.allCases.first(where: { $0.channels == channels }) else { return nil }
        self = encoding
    }

    /// The network's input for `levels`: the channels one after the other, each as long as `levels`.
    public func values(of levels: [UInt8]) -> [Float] {
        [Float](unsafeUninitializedCapacity: channels * levels.count) { buffer, count in
            levels.withUnsafeBufferPointer { levels in
                for table in tables {
                    for index in levels.indices { buffer[count + index] = table[Int(levels[index])] }
                    count += levels.count
                }
            }
        }
    }

    /// What each of the 256 levels becomes in each channel.
    var tables: [[Float]] {
        switch self {
        case .grey: Self.greyTables
        case .phasor: Self.phasorTables
        }
    }

    private static let greyTables = [(0...255).map { (Float($0) - 128) / 128 }]

    private static let phasorTables = [cosines, sines]
    private static let cosines = phases.map { $0.map { Float(cos($0)) } ?? 0 }
    private static let sines = phases.map { $0.map { Float(sin($0)) } ?? 0 }

    /// Radians; nil for no data.
    private static let phases = (0...255).map { $0 == Int(GreyScale.noData) ? nil : Double($0 - 128) / 128 * .pi }
}
