#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
public import NeuralNetwork

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

    /// A batch of the network's input as it is with twice the phase: twice the fringes, as half the wavelength would show them.
    /// - Parameter batch: (batch, channels, height, width).
    public func doubled(_ batch: Tensor) -> Tensor {
        var result = batch
        let plane = batch.shape[2] * batch.shape[3]
        switch self {
        case .grey:
            for index in result.values.indices {
                let twice = 2 * batch.values[index]
                result.values[index] = twice >= 1 ? twice - 2 : twice < -1 ? twice + 2 : twice
            }
        case .phasor:
            for cosine in (0..<batch.shape[0]).lazy.flatMap({ 2 * plane * $0..<(2 * $0 + 1) * plane }) {
                let (c, s) = (batch.values[cosine], batch.values[cosine + plane])
                (result.values[cosine], result.values[cosine + plane]) = (c * c - s * s, 2 * c * s)
            }
        }
        return result
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
