import Foundation
import NeuralNetwork
import Testing

@testable import Detection

private let everyLevel = (0...255).map { UInt8($0) }

@Test func `grey is one channel from -1 to just below 1, no data in its middle`() {
    let values = InputEncoding.grey.values(of: everyLevel)
    #expect(values.count == 256)
    #expect(values[0] == -1 && values[128] == 0 && values[192] == 0.5 && values[255] == 127 / 128)
}

@Test func `a phasor is cosine and sine of the phase that a level stands for`() {
    let phases: [Float] = [-3, -1.5, -0.2, 0.2, 1, 2.5]
    let values = InputEncoding.phasor.values(of: GreyScale.levels(of: phases))
    for (index, phase) in phases.enumerated() {
        // Half a level is a 512th of a cycle.
        #expect(abs(values[index] - cos(phase)) <= .pi / 256 && abs(values[phases.count + index] - sin(phase)) <= .pi / 256)
    }
}

@Test func `a phasor has no edge where the phase wraps, and no length where there is no data`() {
    let values = InputEncoding.phasor.values(of: everyLevel)
    let (cosines, sines) = (values.prefix(256).map { $0 }, values.suffix(256).map { $0 })
    for level in 0...255 {
        let isData = level != 128, next = level == 255 ? 0 : level == 127 ? 129 : level + 1
        #expect(abs(cosines[level] * cosines[level] + sines[level] * sines[level] - (isData ? 1 : 0)) < 1e-6)
        guard isData else { continue }
        #expect(hypot(cosines[next] - cosines[level], sines[next] - sines[level]) < 2.1 * 2 * .pi / 256)
    }
}

@Test func `an encoding is found by its channels`() {
    for encoding in InputEncoding.allCases { #expect(InputEncoding(channels: encoding.channels) == encoding) }
    #expect(InputEncoding(channels: 3) == nil)
}

@Test(arguments: InputEncoding.allCases)
func `a network's input with twice the phase is that of the doubled levels`(encoding: InputEncoding) {
    let levels = (0...UInt8.max).filter { $0 != 0 }  // -pi becomes 0, whose level is the one beside it
    let batch = Tensor(
        shape: [2, encoding.channels, 5, 51], values: encoding.values(of: levels) + encoding.values(of: levels.reversed()))
    let twice = encoding.doubled(batch)
    let expected = [levels, levels.reversed()].flatMap { encoding.values(of: $0.map { 2 &* ($0 &- 128) &+ 128 }) }
    #expect(twice.shape == batch.shape)
    #expect(twice.values.count == expected.count && zip(twice.values, expected).allSatisfy { abs($0 - $1) < 1e-5 })
}
