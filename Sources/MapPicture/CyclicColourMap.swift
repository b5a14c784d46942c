/// Colours for a wrapped phase: a closed loop through colour space, so that -pi and pi look the same and nothing else does.
///
/// The loop runs plum, red-orange, yellow, mint, blue and back to plum. It is made in three steps:
///
/// 1. Five anchors in OKLab. Their lightness and blue-yellow parts alone form a loop too. That plane is what a deuteranope or
///    protanope still sees, so no two parts of a cycle become one for them.
/// 2. A periodic Catmull-Rom spline through the anchors.
/// 3. Equal steps along it, in a metric that counts `a` and `b` twice (OKLab's lightness steps look smaller than its hue steps):
///    a tenth of a cycle is the same visible step anywhere.
enum CyclicColourMap {
    static let size = 128

    /// `0xRRGGBB`, entry `i` for the phase `-pi + 2 pi i / size`.
    static let colours: [UInt32] = loop.map(\.rgb)

    /// For each colour one of `ProbabilityTint.greys`, as light as the colour is: what lies under the probability.
    static let greyLevels: [Int] = {
        let light = loop.map(\.lightness)
        guard let low = light.min(), let high = light.max() else { return [] }
        return light.map { min(Int(($0 - low) / (high - low) * Double(ProbabilityTint.greys.count)), ProbabilityTint.greys.count - 1) }
    }()

    /// - Parameter phase: radians, finite; any number of cycles.
    static func index(phase: Float) -> Int {
        let cycles = (phase + .pi) / (2 * .pi)
        let part = cycles - cycles.rounded(.down)
        return Int((part * Float(size)).rounded()) % size
    }

    private static let anchors = [
        OKLabColour(0.43, 0.10, -0.06), OKLabColour(0.60, 0.14, 0.08), OKLabColour(0.82, 0.01, 0.15),
        OKLabColour(0.85, -0.10, 0.03), OKLabColour(0.62, -0.04, -0.14),
    ]

    private static let loop: [OKLabColour] = {
        let fine = (0..<4096).map { spline(at: Double($0) / 4096) }
        var lengths = [0.0]
        for i in fine.indices { lengths.append(lengths[i] + visibleStep(fine[i], fine[(i + 1) % fine.count])) }
        let whole = lengths[fine.count]
        var colours: [OKLabColour] = [], at = 0
        for i in 0..<size {
            let wanted = whole * Double(i) / Double(size)
            while lengths[at + 1] < wanted { at += 1 }
            let share = (wanted - lengths[at]) / (lengths[at + 1] - lengths[at])
            colours.append(fine[at].mixed(with: fine[(at + 1) % fine.count], share: share))
        }
        return colours
    }()

    private static func visibleStep(_ p: OKLabColour, _ q: OKLabColour) -> Double {
        let (l, a, b) = (p.lightness - q.lightness, 2 * (p.a - q.a), 2 * (p.b - q.b))
        return (l * l + a * a + b * b).squareRoot()
    }

    /// - Parameter place: 0 to 1 round the loop.
    private static func spline(at place: Double) -> OKLabColour {
        let count = anchors.count
        let first = Int(place * Double(count))
        let u = place * Double(count) - Double(first)
        let p = (-1...2).map { anchors[(first + $0 + count) % count] }
        func curve(_ part: (OKLabColour) -> Double) -> Double {
            let (a, b, c, d) = (part(p[0]), part(p[1]), part(p[2]), part(p[3]))
            return 0.5 * (2 * b + (c - a) * u + (2 * a - 5 * b + 4 * c - d) * u * u + (3 * b - a - 3 * c + d) * u * u * u)
        }
        return OKLabColour(curve(\.lightness), curve(\.a), curve(\.b))
    }
}

/// The tint that a probability lays over the greyed phase: from nothing over amber to a deep red, darker all the way.
///
/// It has ten steps, so that the steps' borders fall on the contours at 0.5 and 0.8.
enum ProbabilityTint {
    static let steps = 10

    /// The phase without its colours. All are lighter than no data, and none could be taken for a tint.
    static let greys: [UInt32] = (0..<9).map { OKLabColour(0.835 + 0.0185 * Double($0), 0, 0).rgb }

    /// `tinted[step][grey]`, step 0 being below 0.1.
    static let tinted: [[UInt32]] = (0..<steps).map { step in
        let p = Double(step) / Double(steps - 1)
        let tint = OKLabColour(0.86, 0.03, 0.12).mixed(with: OKLabColour(0.46, 0.18, 0.08), share: p).rgb
        return greys.map { blend(tint, on: $0, opacity: 0.7 * p * (2 - p)) }
    }

    static func step(_ probability: Double) -> Int { min(Int(max(probability, 0) * Double(steps) + 1e-6), steps - 1) }
}
