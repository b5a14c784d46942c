#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How well each pixel of a scene keeps its phase, and which pixels the processor leaves out.
struct SceneSurface {
    /// 0 to 1.
    var coherence: [Float]
    /// False is no data.
    var valid: [Bool]

    init(kind: SceneKind, terrain: SceneTerrain, using generator: inout SeededGenerator) {
        let side = terrain.side
        coherence = Self.ground(kind, side: side, using: &generator)
        Self.vegetation(kind, terrain, &coherence, using: &generator)
        if generator.chance(0.2) { Self.belt(terrain, &coherence, using: &generator) }
        if generator.chance(0.12) { Self.lakes(side: side, &coherence, using: &generator) }
        Self.speckle(&coherence, using: &generator)
        valid = Array(repeating: true, count: side * side)
        sea(terrain, using: &generator)
        if generator.chance(0.08) { maskIncoherent(side: side, using: &generator) }
        if generator.chance(0.05) { border(side: side, using: &generator) }
        if generator.chance(0.05) { gaps(side: side, using: &generator) }
    }

    private static func ground(_ kind: SceneKind, side: Int, using generator: inout SeededGenerator) -> [Float] {
        let base = Float(kind == .incoherent ? generator.uniform(0...0.3) : generator.uniform(0.4...0.95))
        let unevenness = Float(generator.uniform(0.02...0.2))
        return Upsampled.noise(side: side, cells: 6 + Int(generator.uniform() * 34), using: &generator).map {
            min(max(base + unevenness * $0, 0.02), 0.98)
        }
    }

    /// Plants grow in patches, more of them on high or on low ground.
    private static func vegetation(
        _ kind: SceneKind, _ terrain: SceneTerrain, _ coherence: inout [Float],
        using generator: inout SeededGenerator
    ) {
        let side = terrain.side
        // Much of the real deformation is seen through gaps in vegetation; of delay that follows the elevation, the clear cases are the hard ones.
        let exponent = kind == .deformation ? 0.8 : kind == .stratified ? 2.2 : 1.2
        let share = kind == .incoherent ? generator.uniform(0.5...1) : pow(generator.uniform(), exponent) * 0.9
        let field = SceneFields(side: side, slope: generator.uniform(1.6...3.4), longest: 270, using: &generator).first
        let byHeight = Float(generator.normal() * 0.6 / terrain.relief * 2)
        var plant = [Float](repeating: 0, count: side * side)
        for i in plant.indices { plant[i] = field[i] + byHeight * terrain.elevation[i] }
        let sorted = stride(from: 0, to: plant.count, by: 13).map { plant[$0] }.sorted()
        let limit = sorted[min(sorted.count - 1, Int(Double(sorted.count) * (1 - share)))]
        let sharpness = Float(generator.logUniform(4...40)),
            left = Float(generator.chance(0.75) ? generator.uniform(0...0.03) : generator.uniform(0...0.2))
        for i in plant.indices {
            let cover = 1 / (1 + exp((limit - plant[i]) * sharpness))
            coherence[i] = coherence[i] * (1 - cover) + min(left, coherence[i]) * cover
        }
    }

    /// Forest between two heights, or snow above one.
    private static func belt(_ terrain: SceneTerrain, _ coherence: inout [Float], using generator: inout SeededGenerator) {
        let low = generator.uniform(0.05...0.7), high = low + generator.uniform(0.1...0.9)
        let rough = Upsampled.noise(side: terrain.side, cells: 25, using: &generator)
        let left = Float(generator.chance(0.7) ? generator.uniform(0...0.03) : generator.uniform(0...0.15))
        for i in coherence.indices {
            let height = Double(terrain.elevation[i]) / terrain.relief + 0.05 * Double(rough[i])
            if height > low && height < high { coherence[i] = min(coherence[i], left) }
        }
    }

    private static func lakes(side: Int, _ coherence: inout [Float], using generator: inout SeededGenerator) {
        let shore = Upsampled.noise(side: side, cells: 40, using: &generator)
        for _ in 0..<1 + Int(generator.uniform() * 4) {
            let (x0, y0) = (generator.uniform() * Double(side), generator.uniform() * Double(side))
            let radius = generator.logUniform(4...50), stretch = generator.uniform(0.5...2)
            for y in 0..<side {
                for x in 0..<side {
                    let (dx, dy) = ((Double(x) - x0) * stretch, (Double(y) - y0) / stretch)
                    if (dx * dx + dy * dy).squareRoot() < radius * (1 + 0.25 * Double(shore[y * side + x])) { coherence[y * side + x] = 0 }
                }
            }
        }
    }

    /// No two neighbours are alike.
    private static func speckle(_ coherence: inout [Float], using generator: inout SeededGenerator) {
        let size = Float(generator.uniform(0.02...0.45))
        for i in stride(from: 0, to: coherence.count - 1, by: 2) {
            let (a, b) = generator.quickPair()
            coherence[i] = min(coherence[i] * exp(size * a), 0.99)
            coherence[i + 1] = min(coherence[i + 1] * exp(size * b), 0.99)
        }
    }

    /// Water keeps no phase. Its mask, where there is one, does not follow the coast exactly.
    private mutating func sea(_ terrain: SceneTerrain, using generator: inout SeededGenerator) {
        let side = terrain.side
        for i in coherence.indices where terrain.sea[i] { coherence[i] = 0 }
        guard terrain.sea.contains(true), generator.chance(0.45) else { return }
        // Pixels of noise that stay along the coast.
        let strip = generator.chance(0.45) ? 1 + Int(generator.uniform() * 6) : 0
        for y in 0..<side {
            for x in 0..<side where terrain.sea[y * side + x] {
                let near =
                    strip > 0
                    && [(strip, 0), (-strip, 0), (0, strip), (0, -strip)].contains { dx, dy in
                        let (u, v) = (min(max(x + dx, 0), side - 1), min(max(y + dy, 0), side - 1))
                        return !terrain.sea[v * side + u]
                    }
                if !near { valid[y * side + x] = false }
            }
        }
    }

    private mutating func maskIncoherent(side: Int, using generator: inout SeededGenerator) {
        let limit = Float(generator.uniform(0.05...0.25))
        for y in 1..<side - 1 {
            for x in 1..<side - 1 {
                let i = y * side + x
                let mean = (coherence[i] * 2 + coherence[i - 1] + coherence[i + 1] + coherence[i - side] + coherence[i + side]) / 6
                if mean < limit { valid[i] = false }
            }
        }
    }

    /// The end of the swath.
    private mutating func border(side: Int, using generator: inout SeededGenerator) {
        let angle = generator.uniform(0...(2 * .pi)), at = generator.uniform(0.05...0.42) * Double(side)
        for y in 0..<side {
            for x in 0..<side
            where (Double(x) - Double(side) / 2) * cos(angle) + (Double(y) - Double(side) / 2) * sin(angle) > at {
                valid[y * side + x] = false
            }
        }
    }

    /// Thin strips without data where bursts do not overlap.
    private mutating func gaps(side: Int, using generator: inout SeededGenerator) {
        let slope = generator.uniform(-0.3...0.3), width = generator.uniform(2...9), apart = generator.uniform(120...220)
        let first = generator.uniform(0...apart)
        for y in 0..<side {
            for x in 0..<side {
                let along = (Double(y) + slope * Double(x) + 1000 - first).truncatingRemainder(dividingBy: apart)
                if along < width { valid[y * side + x] = false }
            }
        }
    }
}
