import Testing

@testable import MapPicture

#if canImport(Glibc)
    import Glibc
#endif

@Suite("The cyclic colour map")
struct ColourMapTests {
    private let colours = CyclicColourMap.colours.map(Lab.init)
    private var size: Int { colours.count }

    @Test func `it closes without a seam and its steps look alike`() {
        let steps = (0..<size).map { colours[$0].distance(to: colours[($0 + 1) % size]) }
        let (smallest, greatest) = (steps.min() ?? 0, steps.max() ?? .infinity)
        #expect(smallest > 1 && greatest < 4, "CIE76 steps from \(smallest) to \(greatest)")
        // Equal in another metric, rounded to 8 bits; a rainbow map's ratio is above 10.
        #expect(greatest / smallest < 2.5)
    }

    /// Dichromats as Machado et al. (2009) simulate them, at full severity.
    @Test(arguments: Deficiency.allCases)
    func `a quarter and half a cycle apart stays distinguishable`(deficiency: Deficiency) {
        let seen = CyclicColourMap.colours.map { Lab(deficiency.simulate($0)) }
        for i in 0..<size {
            #expect(seen[i].distance(to: seen[(i + size / 4) % size]) > 23)
            #expect(seen[i].distance(to: seen[(i + size / 2) % size]) > 37)
        }
        // The simulated loop has no corner where phases pile up either.
        for i in 0..<size { #expect(seen[i].distance(to: seen[(i + size / 16) % size]) > 4) }
    }

    @Test func `no colour of the cycle is near the grey of no data`() {
        let grey = Lab(Ink.noData.rgb)
        for colour in colours { #expect(colour.distance(to: grey) > 20) }
    }

    @Test(arguments: [(-1.0, 0), (0.0, 64), (1.0, 0), (3.0, 0), (-0.5, 32), (0.999, 0), (100.0, 64)])
    func `a phase of any number of cycles has its entry`(halfTurns: Double, index: Int) {
        #expect(CyclicColourMap.index(phase: Float(halfTurns * .pi)) == index)
    }

    @Test func `greys under the probability are lighter than no data`() {
        let least = ProbabilityTint.greys.map { Lab($0).lightness }.min() ?? 0
        #expect(least > Lab(Ink.noData.rgb).lightness)
    }

    @Test func `a greater probability is darker`() {
        let middle = ProbabilityTint.tinted.map { Lab($0[ProbabilityTint.greys.count / 2]).lightness }
        for (less, more) in zip(middle, middle.dropFirst()) { #expect(more < less) }
    }

    @Test(arguments: [(0.0, 0), (0.0999, 0), (0.1, 1), (0.4999, 4), (0.5, 5), (0.8, 8), (1.0, 9), (-1.0, 0), (2.0, 9)])
    func `the tint's steps fall on the contours`(probability: Double, step: Int) {
        #expect(ProbabilityTint.step(probability) == step)
    }

    @Test func `the palette holds every colour of the maps`() {
        #expect(PalettePNG.palette.count <= 256)
        let palette = Set(PalettePNG.palette)
        #expect(palette.isSuperset(of: CyclicColourMap.colours + ProbabilityTint.tinted.flatMap(\.self) + [Ink.noData.rgb, 0xFFFFFF]))
    }
}

enum Deficiency: CaseIterable {
    case deuteranopia, protanopia, tritanopia

    private var matrix: [[Double]] {
        switch self {
        case .deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        case .protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        case .tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
        }
    }

    func simulate(_ rgb: UInt32) -> UInt32 {
        let linear = linearParts(rgb)
        return matrix.reduce(0) { sum, row in
            let x = min(max(zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 }, 0), 1)
            let encoded = x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055
            return sum << 8 | UInt32((encoded * 255).rounded())
        }
    }
}

/// CIELAB, for judging: the maps themselves are made in another space.
struct Lab {
    var lightness, a, b: Double

    init(_ rgb: UInt32) {
        let p = linearParts(rgb)
        let x = (0.4124564 * p[0] + 0.3575761 * p[1] + 0.1804375 * p[2]) / 0.95047
        let y = 0.2126729 * p[0] + 0.7151522 * p[1] + 0.0721750 * p[2]
        let z = (0.0193339 * p[0] + 0.1191920 * p[1] + 0.9503041 * p[2]) / 1.08883
        func f(_ t: Double) -> Double { t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116 }
        (lightness, a, b) = (116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z)))
    }

    func distance(to other: Lab) -> Double {
        let (l, a, b) = (lightness - other.lightness, a - other.a, b - other.b)
        return (l * l + a * a + b * b).squareRoot()
    }
}

private func linearParts(_ rgb: UInt32) -> [Double] {
    [16, 8, 0].map { shift in
        let x = Double(rgb >> UInt32(shift) & 255) / 255
        return x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4)
    }
}
