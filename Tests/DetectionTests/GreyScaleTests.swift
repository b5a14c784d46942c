import Testing

@testable import Detection

private let pi = Float.pi

private let levels: [(phase: Float, level: Int)] = [
    (-pi, 0), (pi, 0), (0, 129), (0.001, 129), (pi / 2, 192), (-pi / 2, 64), (pi - 0.02, 255), (-2 * pi / 256, 127),
    (2 * pi / 256, 129),
    (3 * pi, 0), (-3.5 * pi, 192), (.nan, 128), (.infinity, 128),
]

@Test(arguments: levels.indices)
func `phase becomes a grey level, 256 to a cycle`(_ index: Int) {
    let (phase, level) = levels[index]
    #expect(GreyScale.levels(of: [phase]) == [UInt8(level)])
}

@Test func `only no data is 128`() {
    let levels = GreyScale.levels(of: (0..<10_000).map { -.pi + 2 * .pi * Float($0) / 10_000 })
    #expect(!levels.contains(128))
    #expect(Set(levels).count == 255)
}
