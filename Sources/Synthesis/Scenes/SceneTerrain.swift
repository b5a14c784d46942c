#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The ground of one scene on a square of pixels, one value each.
struct SceneTerrain {
    let side: Int
    /// Metres above sea level; 0 over the sea.
    var elevation: [Float]
    var sea: [Bool]
    /// Column and row of the highest place away from the border.
    var summit: (x: Double, y: Double)
    /// Metres from the lowest to the highest land, without the last few in a thousand.
    var relief: Double

    init(side: Int, elevation: [Float], sea: [Bool]) {
        self.side = side
        self.elevation = elevation
        self.sea = sea
        let margin = side / 5
        var best = (value: -Float.infinity, x: side / 2, y: side / 2)
        for y in stride(from: margin, to: side - margin, by: 4) {
            for x in stride(from: margin, to: side - margin, by: 4) where elevation[y * side + x] > best.value {
                best = (elevation[y * side + x], x, y)
            }
        }
        summit = (Double(best.x), Double(best.y))
        let land = stride(from: 0, to: elevation.count, by: 7).filter { !sea[$0] }.map { elevation[$0] }.sorted()
        relief = land.isEmpty ? 50 : max(50, Double(land[land.count * 998 / 1000] - land[land.count * 2 / 100]))
    }

    /// Volcanoes on a rough plain, with gullies, calderas and, often, a coast.
    static func invented(side: Int, metresPerPixel: Double, using generator: inout SeededGenerator) -> SceneTerrain {
        let rough = SceneFields(side: side, slope: generator.uniform(3.4...4.4), longest: 360, using: &generator).first
        let fine = SceneFields(side: side, slope: generator.uniform(2.6...3.6), longest: 54, using: &generator).first
        let plain = generator.logUniform(15...250)
        let volcanoes = (0..<(generator.chance(0.1) ? 0 : 1 + Int(generator.uniform() * generator.uniform() * 4))).map { number in
            Edifice(number: number, side: side, metresPerPixel: metresPerPixel, using: &generator)
        }
        var elevation = [Float](repeating: 0, count: side * side)
        for y in 0..<side {
            for x in 0..<side {
                let (a, b) = (Double(rough[y * side + x]), Double(fine[y * side + x]))
                var height = plain * a
                for volcano in volcanoes { height += volcano.rise(x: Double(x), y: Double(y), rough: a, fine: b) }
                elevation[y * side + x] = Float(height)
            }
        }
        return flooded(side: side, elevation: elevation, share: generator.chance(0.65) ? 0 : pow(generator.uniform(), 1.5) * 0.95)
    }

    /// The lowest `share` of the ground becomes sea.
    private static func flooded(side: Int, elevation: [Float], share: Double) -> SceneTerrain {
        let sorted = stride(from: 0, to: elevation.count, by: 11).map { elevation[$0] }.sorted()
        let level = share > 0 ? sorted[Int(share * Double(sorted.count - 1))] : sorted[0] - 1
        let sea = elevation.map { $0 < level }
        return SceneTerrain(side: side, elevation: elevation.map { max(0, $0 - level) }, sea: sea)
    }
}

/// One volcano of an invented terrain; lengths in pixels, heights in metres.
private struct Edifice {
    let x: Double, y: Double
    let height: Double
    let radius: Double
    let exponent: Double
    let stretch: Double
    let turn: Double
    let calderaRadius: Double
    let calderaDepth: Double
    let gullies: Double
    let texture: Double
    let lobes: (count: Double, phase: Double, size: Double)

    init(number: Int, side: Int, metresPerPixel: Double, using generator: inout SeededGenerator) {
        let whole = Double(side)
        x = generator.uniform((number == 0 ? 0.25 : 0.05) * whole...(number == 0 ? 0.75 : 0.95) * whole)
        y = generator.uniform((number == 0 ? 0.25 : 0.05) * whole...(number == 0 ? 0.75 : 0.95) * whole)
        let shield = generator.chance(0.4)
        height = generator.logUniform(350...3300) * (number == 0 ? 1 : 0.6)
        radius = (shield ? generator.uniform(4000...17_000) : generator.uniform(2500...9000)) / metresPerPixel
        exponent = shield ? generator.uniform(1.3...2.4) : generator.uniform(0.75...1.3)
        stretch = generator.uniform(0.75...1.3)
        turn = generator.uniform(0...(.pi))
        let hasCaldera = generator.chance(shield ? 0.6 : 0.25)
        calderaRadius = hasCaldera ? generator.uniform(0.1...0.5) * radius : 0
        calderaDepth = generator.uniform(0.05...0.35) * height
        gullies = generator.uniform(0...0.14)
        texture = generator.logUniform(0.003...0.16)
        lobes = (Double(3 + Int(generator.uniform() * 12)), generator.uniform(0...6.3), generator.uniform(0...0.1))
    }

    func rise(x: Double, y: Double, rough: Double, fine: Double) -> Double {
        let (dx, dy) = (x - self.x, y - self.y)
        let u = (dx * cos(turn) + dy * sin(turn)) * stretch
        let v = (dy * cos(turn) - dx * sin(turn)) / stretch
        let distance = (u * u + v * v).squareRoot()
        guard distance < 5 * radius else { return 0 }
        let bent = distance * (1 + gullies * rough + lobes.size * sin(lobes.count * atan2(v, u) + lobes.phase + rough))
        let cone = height * exp(-pow(max(bent, 0) / radius, exponent)) * (1 + texture * fine)
        guard calderaRadius > 0 else { return cone }
        return cone - calderaDepth / (1 + exp((bent - calderaRadius) / (0.07 * calderaRadius)))
    }
}
