#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// xoshiro256** (Blackman and Vigna 2018, doi 10.1145/3460772), its state filled by SplitMix64: the same seed gives the same numbers on
/// every machine and in every release. (What is made of them with sines and logarithms may differ in the last bit between C libraries.)
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    public init(seed: UInt64) {
        var mixer = SplitMix64(state: seed)
        state = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
    }

    /// A stream of its own for each purpose, so that drawing more of one thing changes nothing else.
    ///
    /// - Parameters:
    ///   - purpose: what the numbers are for, such as "turbulence".
    ///   - index: which of them, such as a day number.
    public init(seed: UInt64, purpose: String, index: Int = 0) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a, 64 bits
        for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        var mixer = SplitMix64(state: seed ^ hash)
        self.init(seed: mixer.next() &+ UInt64(bitPattern: Int64(index)) &* 0x9e37_79b9_7f4a_7c15)
    }

    public mutating func next() -> UInt64 {
        let result = rotateLeft(state.1 &* 5, 7) &* 9
        let t = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= t
        state.3 = rotateLeft(state.3, 45)
        return result
    }

    /// Uniform in [0, 1), with 53 random bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Two independent normal deviates of mean 0 and variance 1 (Box and Muller 1958).
    public mutating func normalPair() -> (Float, Float) {
        let radius = (-2 * log(Float(1 - uniform()))).squareRoot()
        let angle = 2 * Float.pi * Float(uniform())
        return (radius * cos(angle), radius * sin(angle))
    }

    /// A normal deviate of mean 0 and variance 1.
    public mutating func normal() -> Double { Double(normalPair().0) }
}

/// Steele, Lea and Flood 2014, doi 10.1145/2660193.2660195.
private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

private func rotateLeft(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }
