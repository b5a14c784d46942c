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
        var volcanoes = [Edifice]()
        for _ in 0..<(generator.chance(0.1) ? 0 : 1 + Int(generator.uniform() * generator.uniform() * 4)) {
            volcanoes.append(Edifice(beside: volcanoes.first, side: side, metresPerPixel: metresPerPixel, using: &generator))
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
        let coast = generator.uniform()
        let share = coast < 0.65 ? 0 : coast < 0.71 ? generator.uniform(0.85...0.97) : pow(generator.uniform(), 1.5) * 0.95
        return flooded(side: side, elevation: elevation, share: share)
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
    /// How the ground falls away from the summit, over the distance in radii.
    private enum Profile {
        /// exp(-r^e): from a spire (0.75) over a shield to a table with steep flanks (5), as the shields of the Galápagos are.
        case bell(exponent: Double)
        /// (1 - r)^e: a cone that ends where its plain begins, without a bell's long foot.
        case cone(exponent: Double)
    }

    private let x: Double, y: Double
    private let height: Double
    private let radius: Double
    private let profile: Profile
    private let stretch: Double
    private let turn: Double
    private let calderaRadius: Double
    private let calderaDepth: Double
    private let gullies: Double
    private let texture: Double
    private let lobes: (count: Double, phase: Double, size: Double)

    /// The first one stands in the middle of the scene, the others anywhere, or on the first one's rift.
    init(beside first: Edifice?, side: Int, metresPerPixel: Double, using generator: inout SeededGenerator) {
        let whole = Double(side)
        let shield = generator.chance(0.4)
        radius = (shield ? generator.uniform(4000...17_000) : generator.uniform(2500...9000)) / metresPerPixel
        height = generator.logUniform(350...3300) * (first == nil ? 1 : 0.6)
        profile =
            if shield {
                .bell(exponent: generator.chance(0.35) ? generator.uniform(2.4...5) : generator.uniform(1.3...2.4))
            } else if generator.chance(0.5) {
                .cone(exponent: generator.uniform(0.9...2.2))
            } else {
                .bell(exponent: generator.uniform(0.75...1.3))
            }
        if let first, generator.chance(0.5) {
            let along = generator.uniform(0.4...1.6) * first.radius * (generator.chance(0.5) ? 1 : -1)
            (x, y) = (first.x + along * cos(first.turn), first.y + along * sin(first.turn))
            turn = first.turn + 0.2 * generator.normal()
        } else {
            let middle = first == nil ? 0.25 : 0.05
            x = generator.uniform(middle * whole...(1 - middle) * whole)
            y = generator.uniform(middle * whole...(1 - middle) * whole)
            turn = generator.uniform(0...(.pi))
        }
        // Below 1 is longer along its turn; a volcano on a rift is a ridge.
        stretch = generator.chance(0.25) ? generator.logUniform(0.45...0.8) : generator.uniform(0.75...1.3)
        let hasCaldera = generator.chance(shield ? 0.6 : 0.3)
        calderaRadius = hasCaldera ? generator.uniform(0.1...0.6) * radius : 0
        calderaDepth = generator.uniform(0.05...0.5) * height
        // Deserts and young lava have smooth slopes.
        let rugged = generator.chance(0.35) ? 0.2 : 1
        gullies = generator.uniform(0...0.14) * rugged
        texture = generator.logUniform(0.003...0.16) * rugged
        lobes = (Double(3 + Int(generator.uniform() * 12)), generator.uniform(0...6.3), generator.uniform(0...0.1) * rugged)
    }

    func rise(x: Double, y: Double, rough: Double, fine: Double) -> Double {
        let (dx, dy) = (x - self.x, y - self.y)
        let u = (dx * cos(turn) + dy * sin(turn)) * stretch
        let v = (dy * cos(turn) - dx * sin(turn)) / stretch
        let distance = (u * u + v * v).squareRoot()
        guard distance < 5 * radius else { return 0 }
        let bent = distance * (1 + gullies * rough + lobes.size * sin(lobes.count * atan2(v, u) + lobes.phase + rough))
        let share =
            switch profile {
            case .bell(let exponent): exp(-pow(max(bent, 0) / radius, exponent))
            case .cone(let exponent): pow(max(0, 1 - max(bent, 0) / radius), exponent)
            }
        let flank = height * share * (1 + texture * fine)
        guard calderaRadius > 0 else { return flank }
        return flank - calderaDepth / (1 + exp((bent - calderaRadius) / (0.07 * calderaRadius)))
    }
}
