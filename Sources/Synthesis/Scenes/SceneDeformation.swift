#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A source drawn for a scene, and the line-of-sight motion that it gives.
struct SceneDeformation {
    let kind: SourceKind
    /// Column and row of the point above it.
    let place: (x: Double, y: Double)
    /// In words, with its sizes in metres.
    let summary: String
    /// Towards the satellite, scaled so that the greatest is 1; the strength comes from the fringes asked for.
    let motion: [Float]

    init(
        kind: SourceKind, odds: SceneOdds, place: (x: Double, y: Double), side: Int, metresPerPixel: Double, lineOfSight: LineOfSight,
        using generator: inout SeededGenerator
    ) {
        self.kind = kind
        self.place = place
        var parts: [(source: any DeformationSource, weight: Double, east: Double, north: Double)] = []
        if kind == .composite {
            parts.append((Self.draw(.mogi, odds, using: &generator), 1, 0, 0))
            let second: SourceKind = generator.chance(0.7) ? .dyke : .mogi
            parts.append(
                (
                    Self.draw(second, odds, using: &generator), generator.uniform(0.4...1) * (generator.chance(0.5) ? 1 : -1),
                    generator.uniform(-5000...5000), generator.uniform(-5000...5000)
                ))
        } else {
            parts.append((Self.draw(kind, odds, using: &generator), 1, 0, 0))
        }
        summary = parts.map { Self.describe($0.source) }.joined(separator: " and ")
        // The motion is smooth: every third pixel is enough, except right above a shallow source, where nothing is seen anyway.
        let coarse = Upsampled(side: side, step: 3) { x, y in
            parts.reduce(0) { sum, part in
                let motion = part.source.displacement(
                    east: (x - place.x) * metresPerPixel - part.east, north: (place.y - y) * metresPerPixel - part.north)
                return sum + part.weight * lineOfSight.component(of: motion)
            }
        }
        let greatest = coarse.values.reduce(Float(1e-12)) { max($0, abs($1)) }
        motion = coarse.values.map { $0 / greatest }
    }

    /// A source of unit strength with a depth and size as real ones have them (metres).
    private static func draw(_ kind: SourceKind, _ odds: SceneOdds, using generator: inout SeededGenerator) -> any DeformationSource {
        switch kind {
        case .mogi, .composite:
            return MogiSource(depth: depth(900...9000, odds, using: &generator), uplift: 1)
        case .pennyCrack:
            let depth = Self.depth(800...7000, odds, using: &generator)
            return PennyCrack(depth: depth, radius: depth * generator.uniform(0.3...1.3), maxOpening: 1)
        case .sill:
            let length = generator.logUniform(1000...7500)
            let dip = generator.uniform(0...18)
            let width = length * generator.uniform(0.35...1)
            let depth = max(Self.depth(600...6000, odds, using: &generator), width / 2 * sin(dip * radian) + 150)
            return OkadaRectangle(
                depth: depth, strike: generator.uniform(0...360), dip: dip, length: length, width: width, slip: .init(opening: 1))
        case .dyke:
            return OkadaRectangle.dyke(
                top: generator.logUniform(150...3000), strike: generator.uniform(0...360), dip: generator.uniform(62...90),
                length: generator.logUniform(1500...12_000), width: generator.uniform(1000...6000), opening: 1)
        case .earthquake:
            let width = generator.uniform(2000...14_000)
            let dip = generator.uniform(25...88)
            let rake = generator.uniform(0...(2 * .pi))
            return OkadaRectangle(
                depth: generator.uniform(300...5000) + width / 2 * sin(dip * radian), strike: generator.uniform(0...360), dip: dip,
                length: width * generator.uniform(1...2.5), width: width, slip: .init(alongStrike: cos(rake), upDip: sin(rake)))
        }
    }

    /// Metres. Naturally with a density that falls with the power 1.5 of the depth: the volume that one fringe takes grows with its square, and
    /// large volumes are rare. Deep sources of many fringes are as common as shallow ones otherwise, and wide rings are nearly always air.
    static func depth(_ range: ClosedRange<Double>, _ odds: SceneOdds, using generator: inout SeededGenerator) -> Double {
        switch odds {
        case .even: return generator.logUniform(range)
        case .natural:
            let share = generator.uniform()
            return pow((1 - share) / range.lowerBound.squareRoot() + share / range.upperBound.squareRoot(), -2)
        }
    }

    private static func describe(_ source: any DeformationSource) -> String {
        func metres(_ value: Double) -> String { String(Int(value.rounded())) }
        switch source {
        case let mogi as MogiSource: return "Mogi source \(metres(mogi.depth)) m deep"
        case let crack as PennyCrack: return "penny crack \(metres(crack.depth)) m deep, radius \(metres(crack.radius)) m"
        case let plane as OkadaRectangle:
            let what = plane.slip.opening == 0 ? "fault" : plane.dip > 45 ? "dyke" : "sill"
            return
                "\(what) \(metres(plane.depth)) m deep, \(metres(plane.length)) x \(metres(plane.width)) m, strike \(metres(plane.strike)), dip \(metres(plane.dip))"
        default: return "\(source)"
        }
    }
}

/// A smooth field from values every `step` pixels, bilinear between them.
struct Upsampled {
    let values: [Float]

    init(side: Int, step: Int, _ value: (_ x: Double, _ y: Double) -> Double) {
        let nodes = (side - 1) / step + 2
        var grid = [Float](repeating: 0, count: nodes * nodes)
        for j in 0..<nodes {
            for i in 0..<nodes { grid[j * nodes + i] = Float(value(Double(i * step), Double(j * step))) }
        }
        var values = [Float](repeating: 0, count: side * side)
        for y in 0..<side {
            let (j, fy) = (y / step, Float(y % step) / Float(step))
            for x in 0..<side {
                let (i, fx) = (x / step, Float(x % step) / Float(step))
                let at = j * nodes + i
                let top = grid[at] * (1 - fx) + grid[at + 1] * fx
                let bottom = grid[at + nodes] * (1 - fx) + grid[at + nodes + 1] * fx
                values[y * side + x] = top * (1 - fy) + bottom * fy
            }
        }
        self.values = values
    }

    /// A random field of mean 0 and about unit variance that changes over `cells`-ths of the scene.
    static func noise(side: Int, cells: Int, using generator: inout SeededGenerator) -> [Float] {
        let nodes = cells + 4
        let grid = (0..<nodes * nodes).map { _ in Float(generator.normal()) }
        let scale = Double(cells) / Double(side)
        // Smoothed by a quadratic B-spline, which leaves no lattice to see; its variance is about 0.3.
        func weights(_ f: Float) -> (Float, Float, Float) { (0.5 * (1 - f) * (1 - f), 0.75 - (f - 0.5) * (f - 0.5), 0.5 * f * f) }
        return Upsampled(side: side, step: 3) { x, y in
            let (u, v) = (x * scale, y * scale)
            let (i, j) = (Int(u), Int(v))
            let (a, b) = (weights(Float(u) - Float(i)), weights(Float(v) - Float(j)))
            func row(_ k: Int) -> Float {
                let at = min(k, nodes - 1) * nodes + i
                return a.0 * grid[at] + a.1 * grid[at + 1] + a.2 * grid[at + 2]
            }
            return Double((b.0 * row(j) + b.1 * row(j + 1) + b.2 * row(j + 2)) * 1.8)
        }.values
    }
}
